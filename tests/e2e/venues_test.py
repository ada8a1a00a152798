"""Kiosks, venues' hubs and a centre: any of the hubs dies and any line is cut, and all end up with the same rows."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import time
import unittest

from desks import Desks
from proxy import Proxy
import paper
import venue

KILLS = int(os.environ.get("LANYARD_KILLS", "100")) // 5
VENUES = ("expo", "fair")
DESKS = 2


class Venues(Desks):
    def open_venues(self, centre):
        """Two hubs under the centre, each behind a line that can be cut, with two desks each, of the same names."""
        self.centre = centre
        self.lines, self.hubs, self.desks = {}, {}, {}
        for name in VENUES:
            line = Proxy(centre.address, venue.random.Random(self.chance.random()))
            self.addCleanup(line.stop)
            self.lines[name] = line
            self.hubs[name] = self.hub(name, under=(centre, name, line.address))
            self.desks[name] = [self.named_desk(name, f"desk-{n}") for n in range(DESKS)]

    def named_desk(self, where, name):
        folder = self.folder / f"{where}-desks"
        folder.mkdir(exist_ok=True)
        self.folder, outer = folder, self.folder
        try:
            return self.desk(self.hubs[where], name)
        finally:
            self.folder = outer

    @staticmethod
    def hashes(hub):
        return {(row["device"], int(row["seq"])): row["hash"] for row in Desks.at_hub(hub)}

    def wait_all_alike(self, seconds=180):
        """Until every hub has the same rows and each desk all of them; returns how many, and after how long."""
        began = time.monotonic()

        def alike():
            rows = self.hashes(self.centre)
            return rows if all(self.hashes(hub) == rows for hub in self.hubs.values()) else None

        for name in VENUES:
            for desk in self.desks[name]:
                desk.wait_synced(60)
        rows = venue.wait_until("the hubs to have the same rows", alike, seconds)
        for name in VENUES:
            self.wait_alike(self.hubs[name], self.desks[name])
            self.assertEqual(self.assert_alike(self.hubs[name], self.desks[name]), len(rows))
        self.centre.run("journal", "verify")
        return len(rows), time.monotonic() - began

    def test_all_hubs_and_desks_have_the_same_rows_whichever_hub_dies_and_whichever_line_is_cut(self):
        self.chance = venue.seeded("venues")
        centre = self.open_hub("centre")
        codes = list(centre.credentials().values())
        self.open_venues(centre)
        everywhere = [desk for desks in self.desks.values() for desk in desks]
        for desk in everywhere:
            desk.keep_busy(codes, self.chance, pause=0.05)
        for kill in range(KILLS):
            time.sleep(self.chance.uniform(0, 1))
            cut = self.chance.choice(VENUES)
            self.lines[cut].set(self.chance.choice(["refuse", "cut", "again", None]))
            victim = self.centre if kill % 2 else self.hubs[self.chance.choice(VENUES)]
            victim.stop(signal.SIGKILL)
            time.sleep(self.chance.uniform(0, 0.5))
            victim.start()
            self.lines[cut].set(None)
        for desk in everywhere:
            desk.rest()
        rows, seconds = self.wait_all_alike()
        self.assertEqual([failure for desk in everywhere for failure in desk.failures], [])
        self.assertEqual(centre.alerts()[1:], [], "where everybody comes and goes freely nothing is contradicted")
        venue.wait_until("the uplinks to have nothing left", lambda: all(
            hub.run("uplink").splitlines()[1].split("\t")[2::2] == ["online", "0"] for hub in self.hubs.values()))
        print(f"{KILLS} kills; {rows} rows of {len(everywhere)} desks at {len(VENUES)} venues, the same everywhere "
              f"{seconds:.1f} s after the last", flush=True)

    def test_a_badge_admitted_twice_is_one_alert_everywhere_within_a_venue_and_between_two(self):
        self.chance = venue.seeded("venues alerts")
        event = venue.event_with(self.folder / "event.toml", ('badge = "on_first_entry"', 'badge = "none"'))
        centre = self.hub("centre", event=event)
        self.open_venues(centre)
        expo, fair = self.desks["expo"], self.desks["fair"]
        for name in VENUES:
            self.lines[name].set("refuse")
        expo[1].stop_daemon()  # so that it hears of nobody
        admitted = []
        for text in centre.credentials().values():
            if len(admitted) < 2 and expo[0].admit(text).startswith("admitted"):
                admitted.append(text)
        within, between = admitted
        self.assertRegex(expo[1].admit(within), "^admitted")
        self.assertRegex(fair[0].admit(between), "^admitted")
        expo[1].start_daemon()
        for desk in (expo[0], expo[1], fair[0]):
            desk.wait_synced()
        for name in VENUES:
            self.lines[name].set(None)
        self.wait_all_alike()
        wanted = {"hub": 1, "expo": 1}
        for hub in (centre, *self.hubs.values()):
            rows = [row for row in self.at_hub(hub) if row["kind"] == "alert"]
            self.assertEqual({who: sum(row["device"] == who for row in rows) for who in wanted}, wanted)
            self.assertEqual(len(rows), sum(wanted.values()))

    def test_a_venue_joins_by_a_pinned_key_and_leaves_event_roster_and_keys_to_the_centre(self):
        centre = venue.Hub(self.folder / "centre").start("--tls")
        self.addCleanup(centre.stop)
        pin = re.search(r"sha256//\S+", centre.process.log.read_text()).group(0)
        hub = self.hub("expo", under=(centre, "expo", "", "--hub", f"https://{centre.address}", "--pin", pin))
        self.desk(hub, "desk-1")

        def uplink():
            return hub.run("uplink").splitlines()[1].split("\t")

        venue.wait_until("the uplink", lambda: uplink()[1:3] == ["expo", "online"])
        venue.wait_until("the kiosk's key at the centre", lambda: "expo.desk-1" in centre.run("key", "list"))
        self.assertIn("expo.desk-1\tdesk-1\tmain\tat its venue", centre.run("device", "list"))
        event, roster = str(venue.DEMO / "event.toml"), str(venue.DEMO / "roster.csv")
        for command in (["event", "import", event], ["roster", "import", roster], ["key", "next"], ["key", "use", "0"],
                        ["key", "retire", "0"], ["key", "import-pretix", roster]):
            with self.assertRaisesRegex(venue.VenueError, "is a venue's"):
                hub.run(*command)
        with self.assertRaisesRegex(venue.VenueError, "is there already"):
            hub.run("init", "--event", event)
        with self.assertRaisesRegex(venue.VenueError, "at most 27"):
            hub.run("device", "add", "x" * 28, "--checkpoint", "main")
        with self.assertRaisesRegex(venue.VenueError, "takes no orders"):
            centre.run("device", "restart", "expo")
        with self.assertRaisesRegex(venue.VenueError, "order it at its hub"):
            centre.run("device", "wipe", "expo.desk-1")
        with self.assertRaisesRegex(venue.VenueError, "is a venue's"):
            hub.run("photo", "import", str(self.folder))
        with self.assertRaisesRegex(venue.VenueError, "is a venue's"):
            hub.run("person", "erase", "A0002", "--yes")
        with self.assertRaisesRegex(venue.VenueError, "has joined no other"):
            centre.run("uplink")
        centre.run("device", "revoke", "expo")
        venue.wait_until("the uplink to be shut out", lambda: "shut out" in uplink()[2], 40)
        self.assertNotIn("expo", centre.run("key", "list"))

    def test_photos_and_notices_of_the_centre_reach_the_kiosks_of_a_venue_and_go_again(self):
        self.chance = venue.seeded("venues photos")
        centre = self.hub("centre")
        portraits = self.folder / "portraits"
        portraits.mkdir()
        people = sorted(centre.credentials())[:12]
        for number, who in enumerate(people):
            grey = [bytes([number * 20]) * 40] * 50
            (portraits / f"{who}.png").write_bytes(paper.png_grey(grey))
        centre.run("photo", "import", str(portraits))
        self.open_venues(centre)
        hub, (desk, other) = self.hubs["expo"], self.desks["expo"]

        def photos(of):
            return of.query("SELECT count(*) FROM photo")[0][0]

        def notices(of):
            found = of.query("SELECT CAST(value AS TEXT) FROM setting WHERE name = 'orders'")
            return [one["text"]["en"] for one in json.loads(found[0][0] or "{}").get("notices", [])] if found else []

        venue.wait_until("the photos at a venue's kiosk", lambda: photos(desk) == len(people), 90)
        without = {line.split("\t")[0] for line in centre.run("photo", "missing").splitlines()}
        self.assertEqual({line.split("\t")[0] for line in hub.run("photo", "missing").splitlines()}, without)
        self.assertFalse(without & set(people))

        centre.run("notice", "add", "lunch", "--text", "en=Lunch is served in Hall B")
        hub.run("notice", "add", "lunch", "--text", "en=The lift is out of order")
        wanted = ["Lunch is served in Hall B", "The lift is out of order"]
        venue.wait_until("both notices", lambda: notices(desk) == wanted, 60)
        venue.wait_until("the centre's alone", lambda: notices(self.desks["fair"][0]) == wanted[:1], 60)
        listed = [line.split("\t") for line in hub.run("notice", "list").splitlines()[1:]]
        self.assertEqual([(line[0], line[4], line[5]) for line in listed],
                         [("lunch", wanted[1], "here"), ("lunch", wanted[0], "at the centre")])
        centre.run("device", "out-of-service", "expo.desk-1")

        # The line is down, the centre changes its mind, and the venue's hub dies: what holds then is what counts.
        self.lines["expo"].set("refuse")
        hub.run("notice", "remove", "lunch")
        with self.assertRaisesRegex(venue.VenueError, "is the centre's, and is removed there"):
            hub.run("notice", "remove", "lunch")
        venue.wait_until("the centre's to stay", lambda: notices(desk) == wanted[:1], 60)
        self.assertEqual(photos(other), len(people))
        centre.run("notice", "remove", "lunch")
        centre.run("notice", "add", "bus", "--text", "en=The last bus leaves at 22:00")
        hub.stop(signal.SIGKILL)
        hub.start()
        self.lines["expo"].set(None)
        venue.wait_until("the notice that holds", lambda: notices(desk) == ["The last bus leaves at 22:00"], 90)
        with self.assertRaisesRegex(venue.VenueError, "there is no notice"):
            hub.run("notice", "remove", "lunch")

        def is_closed(which):
            found = which.query("SELECT CAST(value AS TEXT) FROM setting WHERE name = 'orders'")
            return "out_of_service" in found[0][0]

        venue.wait_until("the other desk to be closed by the centre", lambda: is_closed(other), 120)
        self.assertFalse(is_closed(desk))
        self.assertIn("out of service, by the centre", hub.run("device", "list"))

        # Whose photo nobody needs any more it is gone everywhere.
        centre.run("person", "erase", people[0], "--yes")
        venue.wait_until("the photo to be gone", lambda: photos(desk) == len(people) - 1, 90)
        self.assertNotIn(people[0], hub.run("photo", "missing"))

    def test_a_venue_whose_token_is_renewed_and_whose_hub_dies_over_it_keeps_its_line(self):
        self.chance = venue.seeded("venues token")
        centre = self.open_hub("centre")
        codes = list(centre.credentials().values())
        self.open_venues(centre)
        hub = self.hubs["expo"]

        def in_database(of, sql):
            with contextlib.closing(sqlite3.connect(of.data / "hub.db", timeout=20)) as database, database:
                return database.execute(sql).fetchall()

        tokens = set()
        for renewal in range(4):
            tokens.add(in_database(hub, "SELECT token FROM uplink")[0][0])
            in_database(centre, "UPDATE device SET token_since = 0 WHERE id = 'expo'")  # as a week ago
            venue.wait_until("another token", lambda: in_database(hub, "SELECT token FROM uplink")[0][0] not in tokens, 60)
            if renewal % 2:
                hub.stop(signal.SIGKILL)
                hub.start()
            for desks in self.desks.values():
                desks[0].admit(self.chance.choice(codes))
            self.wait_all_alike()
        last, before = in_database(hub, "SELECT token, token_before FROM uplink")[0]
        self.assertIn(before, tokens)
        log = (hub.folder / "hub.log").read_text()
        for token in (last, *tokens):
            self.assertNotIn(token, log)
        self.assertEqual(hub.run("uplink").splitlines()[1].split("\t")[2], "online")


if __name__ == "__main__":
    unittest.main()
