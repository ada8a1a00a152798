"""Between kiosks and hub stands a proxy that cuts, swallows, alters and delays: no row is lost, and none comes twice."""

import time
import unittest
from collections import Counter

from desks import Desks
from proxy import Proxy
import venue

DESKS = 4
BACKLOG = 450
SLOW = 14_000  # bytes a second


class BadNetwork(Desks):
    def setUp(self):
        super().setUp()
        self.chance = venue.seeded("bad_network")
        self.the_hub = self.open_hub()
        self.codes = list(self.the_hub.credentials().values())
        self.proxies = []
        self.desks = []
        for n in range(DESKS):
            proxy = Proxy(self.the_hub.address, venue.random.Random(self.chance.random()))
            self.addCleanup(proxy.stop)
            self.proxies.append(proxy)
            self.desks.append(self.desk(self.the_hub, f"desk-{n}", way=proxy.address))

    def set_all(self, *faults, **settings):
        """One fault each, in turn."""
        for n, proxy in enumerate(self.proxies):
            proxy.set(faults[n % len(faults)], **settings)

    def wait_recovered(self, seconds):
        """Until all that the desks have written by now is at the hub, and known at the other desks; how long that took."""
        began = time.monotonic()
        marks = {desk.device(): max(desk.shown, default=0) for desk in self.desks}
        venue.wait_until("the rows at the hub and at the others", lambda: all(
            desk.query("SELECT count(*) FROM journal WHERE device = ? AND seq <= ? AND standing = 1", device, mark)[0][0] == mark
            for desk in self.desks for device, mark in marks.items()), seconds)
        return time.monotonic() - began

    def finish(self):
        for desk in self.desks:
            desk.rest()
        self.wait_alike(self.the_hub, self.desks, 90)
        rows = self.assert_alike(self.the_hub, self.desks)
        self.assertEqual([failure for desk in self.desks for failure in desk.failures], [])
        for desk in self.desks:
            self.assertEqual(desk.said("rejects"), 0, "the hub has rejected a row for what the network did")
            self.assertTrue(desk.daemon.alive())
        done = sum((proxy.done for proxy in self.proxies), start=Counter())
        print(f"{rows} rows of {DESKS} desks, the same everywhere; {sum(p.carried for p in self.proxies) // 1000} kB carried; "
              + ", ".join(f"{count} {fault}" for fault, count in sorted(done.items())), flush=True)
        return done

    def test_what_is_cut_altered_or_said_twice_is_at_the_hub_once(self):
        for desk in self.desks:
            desk.keep_busy(self.codes, self.chance, pause=0.05)
        for fault in ("cut", "alter", "again", "refuse"):
            self.set_all(fault)
            time.sleep(6 if fault != "refuse" else 3)
            self.set_all(None)
            self.wait_recovered(45)
        # And all of them in turn, each for a moment.
        for _ in range(15):
            for proxy in self.proxies:
                proxy.set(self.chance.choice(("cut", "alter", "again", "refuse", None)))
            time.sleep(self.chance.uniform(0.1, 0.8))
        self.set_all(None)
        done = self.finish()
        for fault, least in (("cut", 50), ("alter", 50), ("again", 100), ("refuse", 20)):
            self.assertGreater(done[fault], least, fault)

    def test_half_open_connections_are_given_up_and_a_slow_line_brings_a_backlog_through(self):
        silent, swallow, slow, good = range(DESKS)
        for n in (slow, good):
            self.desks[n].stop_daemon()
            for _ in range(BACKLOG):
                self.desks[n].admit(self.chance.choice(self.codes))
        for n in (silent, swallow):
            self.desks[n].keep_busy(self.codes, self.chance, pause=0.1)
        # One never gets a request through, and one never an answer. The third gets either, but all rows in one body would
        # take longer than the half minute that a request has: its own.
        self.proxies[silent].set("silent")
        self.proxies[swallow].set("swallow")
        self.proxies[slow].set("slow", bytes_a_second=SLOW)
        for n in (good, slow):
            self.desks[n].start_daemon()
        time.sleep(5)
        for n in (silent, swallow):
            self.proxies[n].set(None)  # for new connections; those that are half-open stay so
            self.desks[n].rest()  # or the slow line never has an end of it
        seconds = self.wait_recovered(120)
        done = self.finish()
        for fault in ("silent", "swallow", "slow"):
            self.assertGreater(done[fault], 0, fault)
        self.assertGreater(self.desks[slow].said("Timeout was reached"), 0, "the line was not slow enough")
        print(f"recovered within {seconds:.0f} s, at {SLOW} bytes a second still", flush=True)


if __name__ == "__main__":
    unittest.main()
