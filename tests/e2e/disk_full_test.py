"""Full disks, a kiosk's and the hub's: nothing is shown that was not written, and all goes on by itself."""

import signal
import time
import unittest

from desks import Desks
from small_disk import SmallDisk, enter_own_mounts
import venue

CYCLES = 8
HUB_CYCLES = 5  # each takes the seconds until the hub's log has no room left in the pages that it has
FULL = "the disk is full"


class DiskFull(Desks):
    def small_disk(self, name, megabytes):
        disk = SmallDisk(self.folder / name, megabytes)
        self.addCleanup(disk.remove)
        return disk

    def assert_written_as_shown(self, desk):
        """No decision without its row, and no row of a decision that was never shown."""
        own = desk.device()
        rows = {seq: digest for (device, seq), (digest, _, _) in desk.journal().items() if device == own}
        self.assertEqual(rows, desk.shown)

    def test_a_kiosk_whose_disk_is_full_shows_nothing_that_it_has_not_written(self):
        chance = venue.seeded("disk_full.kiosk")
        hub = self.open_hub()
        codes = list(hub.credentials().values())
        disk = self.small_disk("disk", 16)
        north = self.desk(hub, "north", store=disk.folder / "store.db")
        south = self.desk(hub, "south")  # whose rows come to a disk that is full
        desks = [north, south]
        for desk in desks:
            desk.keep_busy(codes, chance, pause=0.03)
        for cycle in range(CYCLES):
            time.sleep(chance.uniform(0.2, 0.8))
            failed, shown = len(north.failures), len(north.shown)
            disk.fill(but_pages=chance.choice((0, 0, 1, 3, 20)))
            # The log of what is to be written has room for some rows in the pages that it has; then it has not.
            venue.wait_until("the disk to be full", lambda n=failed: len(north.failures) > n, 30)
            time.sleep(chance.uniform(0, 0.7))
            if cycle % 4 == 1:  # switched off and on: a store is opened on a full disk
                north.rest()
                north.stop_desk()
                north.start_desk()
                north.keep_busy(codes, chance, pause=0.03)
            if cycle % 4 == 3:
                north.stop_daemon(signal.SIGKILL)
                north.start_daemon()
                time.sleep(0.5)
            shown = len(north.shown)
            disk.free()
            if not north.daemon.alive():  # it could not open its store; systemd starts it again
                self.assertEqual(north.daemon.process.poll(), 1)
                self.assertGreater(north.said("lanyard-syncd: "), 0)
                north.daemon = None
                north.start_daemon()
            venue.wait_until("the desk to go on", lambda n=shown: len(north.shown) > n, 30)
        for desk in desks:
            desk.rest()
        seconds = self.wait_alike(hub, desks)
        rows = self.assert_alike(hub, desks)
        for desk in desks:
            self.assert_written_as_shown(desk)
            self.assertTrue(desk.daemon.alive())
        self.assertEqual(south.failures, [])
        self.assertEqual({failure for failure in north.failures if FULL not in failure}, set())
        self.assertGreater(north.said(FULL), 0, "the daemon had nothing to write while the disk was full")
        print(f"the kiosk's disk full {CYCLES} times: {len(north.shown)} decisions shown and {len(north.failures)} that could not"
              f" be; {rows} rows, the same everywhere {seconds:.1f} s after the last", flush=True)

    def test_a_hub_whose_disk_is_full_takes_nothing_and_later_all(self):
        chance = venue.seeded("disk_full.hub")
        disk = self.small_disk("hub/data", 24)
        hub = self.open_hub()
        codes = list(hub.credentials().values())
        desks = [self.desk(hub, f"desk-{n}") for n in range(3)]
        for desk in desks:
            desk.keep_busy(codes, chance, pause=0.03)
        started = 0
        for cycle in range(HUB_CYCLES):
            time.sleep(chance.uniform(0.2, 0.8))
            said = sum(desk.said("the hub answers 503") for desk in desks)
            disk.fill(but_pages=chance.choice((0, 0, 1, 3, 20)))
            venue.wait_until("the hub to refuse", lambda n=said: sum(d.said("the hub answers 503") for d in desks) > n, 30)
            time.sleep(chance.uniform(0, 0.7))
            self.assertTrue(hub.process.alive())
            if cycle % 3 == 2:  # it dies besides, and is started while there is no room
                hub.stop(signal.SIGKILL)
                started += self.start_on_full_disk(hub)
            disk.free()
            if hub.process is None:
                hub.start()
            marks = {desk: max(desk.shown) for desk in desks}
            venue.wait_until("the hub to take rows again", lambda m=marks: all(desk.query(
                "SELECT count(*) FROM journal WHERE standing = 1 AND device = ? AND seq <= ?", desk.device(), seq)[0][0] == seq
                for desk, seq in m.items()), 60)
        for desk in desks:
            desk.rest()
        seconds = self.wait_alike(hub, desks)
        rows = self.assert_alike(hub, desks)
        for desk in desks:
            self.assert_written_as_shown(desk)
            self.assertEqual(desk.failures, [], "a desk was held up by the hub's disk")
            self.assertTrue(desk.daemon.alive())
        print(f"the hub's disk full {HUB_CYCLES} times, {started} of its starts on it came up; {rows} rows, the same everywhere "
              f"{seconds:.1f} s after the last", flush=True)

    def start_on_full_disk(self, hub):
        """Whether it came up; if not, it has said why and ended."""
        process = venue.Process([venue.program("lanyard-hub"), *hub.where, "serve", "--listen", hub.address],
                                hub.folder / "start.log")
        venue.wait_until("the hub to start or to give up", lambda: not process.alive() or not process.lines.empty(), 30)
        if process.alive():
            hub.process = process
            return True
        self.assertEqual(process.process.wait(), 1)
        self.assertIn(FULL, process.log.read_text(errors="replace"))
        with self.assertRaises(venue.VenueError):  # which names the exit
            process.stop()
        return False

    def test_a_kiosk_that_is_switched_on_with_a_full_disk_is_out_of_order_until_there_is_room(self):
        hub = self.hub()
        codes = hub.credentials()
        disk = self.small_disk("disk", 16)
        kiosk = self.kiosk(hub, "north", "main", store=disk.folder / "store.db")
        kiosk.start_app()
        kiosk.wait_ready()
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        kiosk.stop_app()
        kiosk.stop_daemon()  # the last to close the store: its log and its index go
        disk.fill()
        mark = kiosk.mark()
        kiosk.start_app()
        kiosk.wait_event("out of order, D1", lambda e: e.get("fault") == "D1", since=mark, seconds=40)
        disk.free()
        kiosk.wait_event("idle", lambda e: e["screen"] == "idle" and e is kiosk.events[-1], since=mark, seconds=40)
        self.assertEqual(self.show(kiosk, codes["A0008"])["screen"], "admitted")
        kiosk.start_daemon()
        kiosk.wait_synced(60)
        self.assertEqual({row["attendee"] for row in hub.rows() if row["kind"] == "admitted"}, {"A0002", "A0008"})


if __name__ == "__main__":
    enter_own_mounts()
    unittest.main()
