"""Each badge comes out once: a real IPP printer with everything that goes wrong with one, and a kiosk that is killed
again and again among its badges. At the end the printer's sheets and the kiosk's journal say the same.

LANYARD_BADGES: how many; 500 for the whole of it.
"""

import collections
import os
import queue
import random
import sqlite3
import subprocess
import threading
import time
import unittest
from pathlib import Path

from base import Journey
import paper
import venue

ASSETS = Path(__file__).resolve().parents[2] / "assets"


class PrintDesk:
    """A kiosk's journal and printers, without its screen."""

    def __init__(self, folder, people, uris, hold_ms, env=None):
        self._env = env
        self.store = folder / "store.db"
        self.said = queue.Queue()
        self._log = open(folder / "print.log", "ab")
        self._command = [venue.program("lanyard-print"), "run", str(self.store), str(ASSETS / "badges/label-62x100.svg"),
                         str(hold_ms), *uris]
        subprocess.run([venue.program("lanyard-print"), "furnish", str(self.store), str(people)], check=True, timeout=60)
        self.start()

    def start(self):
        self.process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
                                        text=True, env=self._env)
        self._ready = False
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()

    def is_at_work(self):
        """Since it was started last, it has said that it is ready."""
        return self._ready

    def _listen(self, process):
        with process.stdout as said:
            for line in said:
                self._ready = self._ready or line == "ready\n"
                self.said.put(line.split())

    def order(self, who):
        try:
            self.process.stdin.write(who + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # killed meanwhile: asked again later

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._listener.join()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def stop(self):
        self.kill()
        self._log.close()

    def rows(self, kind):
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=30) as db:
            return [row[0] for row in db.execute("SELECT attendee FROM journal WHERE kind = ?", (kind,))]


class Badges(Journey):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(int(os.environ.get("LANYARD_SEED", "20261129")))

    def printer(self, name, **settings):
        printer = paper.FaultyPrinter(self.folder / name, **settings)
        self.addCleanup(printer.stop)
        return printer

    def settle(self, desk, people, seconds, between=lambda: None):
        """Orders what is not printed yet, again and again, as people do who come back for their badge."""
        deadline = time.monotonic() + venue.patience(seconds)
        asked = collections.Counter()
        while True:
            missing = [who for who in people if who not in set(desk.rows("badge_printed"))]
            if not missing:
                return asked
            if time.monotonic() > deadline:
                self.fail(f"{len(missing)} badges are not out: {missing[:10]}")
            for who in missing[:20]:
                desk.order(who)
                asked[who] += 1
            time.sleep(0.2)
            between()

    def assert_each_once(self, desk, people, printers):
        # A sheet may have come out of a job whose end the kiosk has yet to see.
        time.sleep(0.5)
        sheets = collections.Counter()
        for printer in printers:
            sheets.update(printer.sheets())
        self.assertEqual([who for who in people if sheets[who] != 1], [], "not exactly one sheet")
        self.assertEqual(sum(sheets.values()), len(people), "sheets of nobody")
        printed = collections.Counter(desk.rows("badge_printed"))
        self.assertEqual(printed, sheets)

    def test_each_badge_comes_out_once_whatever_the_printer_does_and_wherever_the_kiosk_is_killed(self):
        count = int(os.environ.get("LANYARD_BADGES", "60"))
        printer = self.printer("printer", faults=True)
        desk = PrintDesk(self.folder, count, [printer.uri], hold_ms=4000)
        self.addCleanup(desk.stop)
        people = [f"P{10001 + i}" for i in range(count)]
        kills = 0
        next_kill = time.monotonic() + 1

        def go_wrong():
            nonlocal kills, next_kill
            # One that is killed while it starts, again and again, prints nothing, on a busy machine.
            if not desk.is_at_work():
                next_kill = max(next_kill, time.monotonic() + self.chance.uniform(0.3, 1))
            if time.monotonic() < next_kill:
                return
            desk.kill()
            kills += 1
            time.sleep(self.chance.uniform(0, 0.3))
            desk.start()
            if self.chance.random() < 0.15:
                printer.go_offline(self.chance.uniform(0.3, 2))
            next_kill = time.monotonic() + self.chance.uniform(0.3, 3)

        self.settle(desk, people, 60 + 4 * count, go_wrong)
        self.assertGreaterEqual(kills, 5)
        self.assert_each_once(desk, people, [printer])
        print(f"{count} badges, {kills} kills, faults: {dict(printer.faults_met())}", flush=True)

    def test_a_neighbour_prints_what_a_printer_without_paper_cannot(self):
        own = self.printer("own")
        neighbour = self.printer("neighbour")
        desk = PrintDesk(self.folder, 6, [own.uri, neighbour.uri], hold_ms=60000)
        self.addCleanup(desk.stop)
        own.take_paper_out()
        people = [f"P{10001 + i}" for i in range(6)]
        for who in people:
            desk.order(who)
        # The first went to the printer before that said anything, and this one's jobs cannot be taken back.
        venue.wait_until("the others' badges", lambda: len(desk.rows("badge_printed")) == 5, 90)
        own.put_paper_in()
        venue.wait_until("all badges", lambda: len(desk.rows("badge_printed")) == 6, 90)
        self.assert_each_once(desk, people, [own, neighbour])
        self.assertEqual(own.sheets(), ["P10001"])

    def test_a_page_that_waits_for_paper_comes_out_once_there_is_some_and_is_told_of_meanwhile(self):
        printer = self.printer("printer")
        desk = PrintDesk(self.folder, 2, [printer.uri], hold_ms=60000)
        self.addCleanup(desk.stop)
        printer.take_paper_out()
        ordered = time.monotonic()
        desk.order("P10001")
        said = []
        venue.wait_until("the word of it", lambda: self.heard(desk, said, "held"), 20)
        print(f"held up after {time.monotonic() - ordered:.2f} s", flush=True)
        self.assertEqual(printer.sheets(), [])
        printer.put_paper_in()
        venue.wait_until("the badge", lambda: self.heard(desk, said, "printed"), 20)
        self.assert_each_once(desk, ["P10001"], [printer])

    def test_a_printer_is_found_on_the_network_and_printed_to_by_its_name(self):
        if not paper.AnnouncedPrinter.can_be_had():
            self.skipTest("avahi-daemon is not here, or this is not root")
        printer = paper.AnnouncedPrinter(self.folder / "printer")
        self.addCleanup(printer.stop)
        bus = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": printer.bus_address}

        def found():
            said = subprocess.run([venue.program("lanyard-kiosk"), "printers"], capture_output=True, text=True, env=bus,
                                  timeout=60, check=False)
            return [line.split("\t") for line in said.stdout.splitlines()]
        venue.wait_until("the printer on the network", found, 60)
        where, name, _ = next(line for line in found() if line[1] == "Badges")
        self.assertIn("._tcp.local", where)
        desk = PrintDesk(self.folder, 1, [where], hold_ms=60000, env=bus)
        self.addCleanup(desk.stop)
        desk.order("P10001")
        venue.wait_until("the badge", lambda: desk.rows("badge_printed") == ["P10001"], 60)
        self.assertEqual(len(printer.pages()), 1)

    @staticmethod
    def heard(desk, said, what):
        while not desk.said.empty():
            said.append(desk.said.get())
        return any(line[0] == what for line in said)


if __name__ == "__main__":
    unittest.main()
