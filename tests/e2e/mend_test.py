"""A kiosk's database is damaged while its programs run: it mends itself, and no check-in is lost that can be read."""

import contextlib
import signal
import sqlite3
import time
import unittest

from desks import Desks
import venue

PAGE = 4096


class Mend(Desks):
    def empty_log(self, kiosk):
        """What the log has of a page goes before what the file has, and would hide the damage."""
        with contextlib.closing(sqlite3.connect(kiosk.store, timeout=10)) as db:
            venue.wait_until("an empty log", lambda: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, 30)

    def damage(self, kiosk, pages):
        """Zeros, as a disk may give that has lost some of its blocks; counted from 1, as SQLite does."""
        self.empty_log(kiosk)
        with open(kiosk.store, "r+b") as file:
            for page in pages:
                file.seek((page - 1) * PAGE)
                file.write(bytes(PAGE))

    def ways_to_rows(self, kiosk):
        """The head with the schema, and all pages by which the journal's rows are found; but none with a row in it."""
        found = kiosk.query("SELECT pageno FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE type = 'index'"
                            " AND tbl_name = 'journal') OR (name = 'journal' AND pagetype = 'internal')")
        return [1, *(number for (number,) in found)]

    def aside(self, kiosk):
        return list(kiosk.store.parent.glob(kiosk.store.name + ".aside-*"))

    def waits(self, kiosk):
        return kiosk.store.with_name(kiosk.store.name + ".to-mend").exists()

    def keep_daemon(self, kiosk):
        """Begins it again when it has ended, as its service does."""
        if not kiosk.daemon.alive():
            kiosk.daemon = None
            kiosk.start_daemon()

    def reports(self, hub):
        return [row["detail"] for row in self.at_hub(hub) if row["rule"] == "store.mended"]

    def decisions(self, hub, kiosk):
        return [row for row in self.at_hub(hub) if row["device"] == kiosk.device()
                and row["kind"] in ("admitted", "exited", "refused")]

    def wait_mended(self, hub, kiosk, count, work=lambda: None):
        """Until it is, and the hub has been told of each time; `work` goes on meanwhile."""
        def is_mended():
            self.keep_daemon(kiosk)
            work()
            return len(self.aside(kiosk)) >= count and not self.waits(kiosk)
        venue.wait_until("the store to be mended", is_mended, 60)

        def is_told():
            self.keep_daemon(kiosk)
            return len(self.reports(hub)) >= count
        venue.wait_until("the report at the hub", is_told, 60)
        kiosk.wait_synced(60)

    def assert_nothing_lost(self, hub, desk):
        rows = self.decisions(hub, desk)
        self.assertGreaterEqual(len(rows), len(desk.shown))
        self.assertEqual(len({row["id"] for row in rows}), len(rows), "a row stands twice at the hub")
        at_kiosk = {row[0] for row in desk.query("SELECT id FROM journal")}
        self.assertEqual({row["id"] for row in self.at_hub(hub)} - at_kiosk, set())
        hub.run("journal", "verify")

    def begin(self):
        hub = self.open_hub()
        codes = list(hub.credentials().values())
        desk = self.desk(hub, "north")
        for code in codes[:80] * 3:
            desk.admit(code)
        desk.wait_synced(60)
        return hub, desk, codes

    def test_a_store_that_is_damaged_at_work_is_mended_while_people_come(self):
        hub, desk, codes = self.begin()
        for count in (1, 2):
            self.damage(desk, self.ways_to_rows(desk))
            self.wait_mended(hub, desk, count, work=lambda: [desk.admit(code) for code in codes[:10]])
        desk.wait_roster()
        self.assertRegex(desk.admit(codes[0]), "^(admitted|exited|refused)")
        desk.wait_synced(60)
        self.assert_nothing_lost(hub, desk)

    def test_rows_that_no_hub_has_yet_outlive_the_damage(self):
        hub, desk, codes = self.begin()
        hub.stop()
        for code in codes[:30]:
            desk.admit(code)
        desk.stop_daemon()
        desk.stop_desk()
        self.damage(desk, self.ways_to_rows(desk))
        desk.start_desk()
        desk.admit(codes[0])  # mends; without the hub there is no list to decide by
        hub.start()
        desk.start_daemon()
        self.wait_mended(hub, desk, 1)
        self.assert_nothing_lost(hub, desk)
        self.assertEqual(len(self.decisions(hub, desk)), len(desk.shown))
        self.assertIn(" 0 are lost", self.reports(hub)[0])

    def test_a_daemon_that_is_killed_while_it_mends_goes_on_with_it(self):
        hub, desk, codes = self.begin()
        desk.stop_daemon()
        desk.stop_desk()
        self.damage(desk, self.ways_to_rows(desk))
        chance = venue.seeded("mend")
        for _ in range(8):
            desk.start_daemon()
            time.sleep(chance.uniform(0, 0.1))
            desk.stop_daemon(signal.SIGKILL)
        desk.start_daemon()
        self.wait_mended(hub, desk, 1)
        self.assertEqual(len(self.aside(desk)), 1)
        desk.start_desk()
        self.assert_nothing_lost(hub, desk)
        self.assertEqual(len(self.decisions(hub, desk)), len(desk.shown))

    def test_the_kiosk_shows_the_idle_screen_again_and_admits(self):
        hub = self.hub()
        codes = hub.credentials()
        kiosk = self.kiosk(hub, "north", "main")
        kiosk.start_app()
        kiosk.wait_ready()
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        kiosk.wait_event("idle", lambda e: e["screen"] == "idle" and e is kiosk.events[-1])
        self.damage(kiosk, self.ways_to_rows(kiosk))
        mark = kiosk.mark()
        kiosk.hold_up(self.pictures([codes["A0005"]]) * 3)  # whatever becomes of it
        self.wait_mended(hub, kiosk, 1)
        kiosk.hold_up([self.blank()])
        kiosk.wait_event("idle again", lambda e: e["screen"] == "idle" and e is kiosk.events[-1], since=mark, seconds=60)
        self.assertEqual(self.show(kiosk, codes["A0110"])["screen"], "admitted")
        kiosk.wait_synced(60)
        admitted = {row["attendee"] for row in self.decisions(hub, kiosk) if row["kind"] == "admitted"}
        self.assertLessEqual({"A0002", "A0110"}, admitted)
        hub.run("journal", "verify")


if __name__ == "__main__":
    unittest.main()
