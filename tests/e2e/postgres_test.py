"""The hub's data in PostgreSQL: two hubs, a database that is killed under them, and a hub that moves there."""

import csv
import subprocess
import sys
import time
import unittest
from pathlib import Path

from base import Journey
import venue

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import postgres_server  # noqa: E402

KILLS = 4
DEVICES = 8


def words(path):
    return [line.split() for line in path.read_text(encoding="ascii").splitlines()]


@unittest.skipUnless(postgres_server.programs(), "PostgreSQL's server is not installed")
class Postgres(Journey):
    def setUp(self):
        super().setUp()
        self.server = postgres_server.Server()
        self.addCleanup(self.server.remove)
        self.server.start()

    def journal(self, hub):
        return list(csv.DictReader(hub.run("journal", "export").splitlines()))

    def test_what_two_hubs_acknowledged_outlives_a_database_that_is_killed_under_them(self):
        one = self.hub("one", database=self.server.url())
        two = self.hub("two", beside=one)
        codes = [one.add_device(f"device {n}", "main") for n in range(DEVICES + 1)]
        acknowledged, feed = self.folder / "acknowledged", self.folder / "feed"
        load = subprocess.Popen(
            [venue.program("lanyard-hub-load"), "--hub", f"http://{one.address}", "--hub", f"http://{two.address}",
             "--batch", "7", "--seconds", str(KILLS * 3 + 5), "--acknowledged", str(acknowledged), "--feed", str(feed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(load.kill)
        load.stdin.write("\n".join(codes) + "\n")
        load.stdin.close()
        chance = venue.seeded("postgres")
        for kill in range(KILLS):
            time.sleep(chance.uniform(1.5, 2.5))
            self.server.kill()
            time.sleep(chance.uniform(0.1, 0.6))
            self.server.start()
            if kill == 1:
                two.stop(venue.signal.SIGKILL)
                two.start()
        self.assertEqual(load.wait(timeout=venue.patience(180)), 0, load.stderr.read())
        print(load.stdout.read().strip(), flush=True)
        load.stdout.close()
        load.stderr.close()

        rows = self.journal(two)
        at_hub = {(row["device"], row["seq"]): (row["hub_seq"], row["hash"]) for row in rows}
        self.assertEqual(len(at_hub), len(rows), "a row stands twice")
        promised = {(device, seq): (hub_seq, digest) for device, seq, hub_seq, digest in words(acknowledged)}
        self.assertGreater(len(promised), 100)
        self.assertEqual({key: at_hub.get(key) for key in promised}, promised)
        # The follower's cursor passed none, whenever it was committed.
        self.assertEqual([tuple(line) for line in words(feed)],
                         [(row["device"], row["seq"], row["hub_seq"]) for row in rows])
        one.run("journal", "verify")
        self.assertEqual(one.alerts(), [])

    def test_a_hub_moves_to_the_database_and_its_kiosks_notice_nothing(self):
        old = self.hub("old")
        codes = old.credentials()
        north, south = (self.kiosk(old, name, "main") for name in ("north", "south"))
        for kiosk in (north, south):
            kiosk.start_app()
            kiosk.wait_ready()
        self.assertEqual(self.show(north, codes["A0002"])["screen"], "admitted")
        self.assertEqual(self.show(south, codes["A0008"])["screen"], "admitted")
        for kiosk in (north, south):
            kiosk.wait_synced(60)
        venue.wait_until("the row at the other kiosk", lambda: south.query(
            "SELECT 1 FROM journal WHERE kind = 'admitted' AND attendee = 'A0002'"), 30)
        epochs = [kiosk.query("SELECT value FROM setting WHERE name = 'epoch'") for kiosk in (north, south)]
        old.stop()
        before = self.journal(old)  # not while kiosks can still send a row of their own accord
        self.assertEqual(self.show(north, codes["A0009"])["screen"], "admitted")  # while there is no hub

        moved = subprocess.run([venue.program("lanyard-hub"), "--database", self.server.url(), "migrate", "--from",
                                str(old.data)], capture_output=True, text=True, check=False, timeout=venue.patience(60))
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.assertNotIn("DIFFER", moved.stdout)
        self.assertIn(f"journal\t{len(before)}\t{len(before)}\tsame", moved.stdout)
        new = venue.Hub(self.folder / "new", beside=old)
        new.where = ["--database", self.server.url()]
        self.assertEqual(self.journal(new), before)

        new.address = old.address
        new.start()
        self.addCleanup(new.stop)
        venue.wait_until("the row at the other kiosk", lambda: south.query(
            "SELECT 1 FROM journal WHERE kind = 'admitted' AND attendee = 'A0009'"), 60)
        self.assertEqual(self.show(south, codes["A0009"])["rule"], "presence.inside")
        for kiosk in (north, south):
            kiosk.wait_synced(60)
        self.assertEqual([kiosk.query("SELECT value FROM setting WHERE name = 'epoch'") for kiosk in (north, south)],
                         epochs)
        after = self.journal(new)
        self.assertEqual(after[:len(before)], before)
        self.assertEqual(len({(row["device"], row["seq"]) for row in after}), len(after))
        new.run("journal", "verify")
        self.assertEqual(new.alerts(), [])

    def test_the_environment_names_the_database_and_an_id_one_of_its_events(self):
        def hub(*arguments, database=self.server.url()):
            done = subprocess.run([venue.program("lanyard-hub"), *arguments], capture_output=True, text=True, check=False,
                                  env=dict(venue.os.environ, LANYARD_DATABASE=database), timeout=venue.patience(60))
            return done.returncode, done.stdout + done.stderr

        second = venue.event_with(self.folder / "second.toml", ('id = "forum-2026"', 'id = "second"'))
        self.assertEqual(hub("device", "list")[0], 1)  # there is no hub yet
        self.assertEqual(hub("init", "--event", str(venue.DEMO / "event.toml"))[0], 0)
        self.assertEqual(hub("init", "--event", str(venue.DEMO / "event.toml"))[0], 2)
        self.assertEqual(hub("device", "add", "North", "--checkpoint", "main")[0], 0)
        self.assertEqual(hub("init", "--event", str(second))[0], 0)
        status, said = hub("device", "list")
        self.assertEqual(status, 1)
        self.assertIn("forum-2026, second", said)
        self.assertIn("north", hub("--event-id", "forum-2026", "device", "list")[1])
        self.assertNotIn("north", hub("device", "list", "--event-id", "second")[1])
        self.assertEqual(hub("--event-id", "third", "device", "list")[0], 1)
        # A folder that is said goes before the environment; two places at once are one too many.
        self.assertIn("no such hub", hub("--data", str(self.folder / "none"), "device", "list")[1])
        self.assertEqual(hub("--data", "x", "--database", self.server.url(), "device", "list")[0], 2)
        self.assertEqual(hub("device", "list", database="/var/lib/lanyard-hub")[0], 2)
        status, said = hub("device", "list", database="postgresql://lanyard:geheim@127.0.0.1:1/lanyard")
        self.assertEqual(status, 1)
        self.assertNotIn("geheim", said)

    def test_a_server_that_would_lose_what_it_acknowledged_is_warned_of(self):
        careless = postgres_server.Server({"fsync": "off"})
        self.addCleanup(careless.remove)
        careless.start()
        for server, warned in ((careless, True), (self.server, False)):
            done = subprocess.run([venue.program("lanyard-hub"), "--database", server.url(), "init", "--event",
                                   str(venue.DEMO / "event.toml")], capture_output=True, text=True, check=True,
                                  timeout=venue.patience(60))
            self.assertEqual("fsync = off" in done.stderr, warned)


if __name__ == "__main__":
    unittest.main()
