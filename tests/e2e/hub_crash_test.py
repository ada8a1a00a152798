"""The hub is killed again and again while it takes rows, and lacks none that it acknowledged."""

import os
import signal
import time
import unittest

from desks import Desks
import venue

KILLS = int(os.environ.get("LANYARD_KILLS", "100"))
DESKS = 4


class HubCrash(Desks):
    def test_kiosks_and_hub_have_the_same_rows_after_a_hundred_kills(self):
        chance = venue.seeded("hub_crash")
        hub = self.open_hub()
        codes = list(hub.credentials().values())
        desks = [self.desk(hub, f"desk-{n}", back_off_most_ms=200) for n in range(DESKS)]
        for desk in desks:
            desk.keep_busy(codes, chance, pause=0.02)
        taken = 0  # kills before which the hub had taken rows since its last start
        before = 0
        for kill in range(KILLS):
            # Any moment: while it starts, while it takes the backlog, or one row after the other.
            if kill % 4:
                rows = self.taken(desks)
                venue.wait_until("the hub to take rows", lambda r=rows: self.taken(desks) > r)
            time.sleep(chance.uniform(0, 0.3))
            hub.stop(signal.SIGKILL)
            rows = self.taken(desks)
            taken += rows > before
            before = rows
            if kill % 10 == 7:  # a daemon dies with it now and then
                desks[kill % DESKS].stop_daemon(signal.SIGKILL)
                desks[kill % DESKS].start_daemon()
            hub.start()
        for desk in desks:
            desk.rest()
        seconds = self.wait_alike(hub, desks)
        rows = self.assert_alike(hub, desks)
        self.assertGreater(taken, KILLS // 2, "the hub was rarely killed while it took rows")
        self.assertEqual([failure for desk in desks for failure in desk.failures], [])
        print(f"{KILLS} kills, {taken} of them of a hub that took rows; {rows} rows of {DESKS} desks, the same everywhere "
              f"{seconds:.1f} s after the last", flush=True)

    @staticmethod
    def taken(desks):
        """Rows that the hub has acknowledged, as the desks' stores say."""
        return sum(desk.query("SELECT count(*) FROM journal WHERE standing = 1 AND device ="
                              " (SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device')")[0][0] for desk in desks)


if __name__ == "__main__":
    unittest.main()
