"""Kiosks without screen, camera and printer: the real desk, store and sync daemon, and many rows in little time.

For the journeys in which what is behind the desk goes wrong. What they all end with is `Desks.assert_alike`.
"""

import csv
import subprocess
import threading
import time

from base import Journey
import venue

# Failures are many here, and each is to be got over soon: a second is as good as the half minute of a kiosk.
PACE = ("[pace]\nlisten_for_ms = 2000\nheartbeat_every_ms = 2000\nback_off_first_ms = 50\nback_off_most_ms = {most}\n")


class Desk(venue.Kiosk):
    def __init__(self, hub, folder, name, back_off_most_ms=500, **settings):
        self._pace = PACE.format(most=back_off_most_ms)
        self.shown = {}  # seq -> hash of each row whose decision was shown
        self.failures = []  # what the desk said instead, in order
        self._desk = None
        self._stop = threading.Event()
        self._thread = None
        super().__init__(hub, folder, name, "main", display=None, **settings)

    def _assets(self):
        pass

    def _write_settings(self, *_):
        (self.folder / "syncd.toml").write_text(
            f"store = \"{self.store}\"\nhub = \"http://{self.way}\"\ntoken_file = \"{self.folder / 'token'}\"\n{self._pace}")

    def start_desk(self):
        self._log = open(self.folder / "desk.log", "ab")
        self._desk = subprocess.Popen([venue.program("lanyard-desk"), str(self.store)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=self._log, text=True)

    def admit(self, text):
        """What the desk answers to a code; a row that was shown is held against it for ever."""
        self._desk.stdin.write(text + "\n")
        self._desk.stdin.flush()
        said = self._desk.stdout.readline().strip()
        what, *rest = said.split(" ")
        if what in ("admitted", "exited", "refused"):
            self.shown[int(rest[0])] = rest[1]
        elif what != "badge":
            self.failures.append(said or "the desk is gone")
        return said

    def keep_busy(self, texts, chance, pause):
        """Shows it codes at random, with a pause of up to `pause` seconds between two, until `rest`."""
        self._stop.clear()
        dice = venue.random.Random(chance.random())

        def work():
            while not self._stop.is_set() and self._desk.poll() is None:
                self.admit(dice.choice(texts))
                self._stop.wait(dice.uniform(0, pause))

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def rest(self):
        if self._thread:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def stop(self):
        self.rest()
        super().stop()
        self.stop_desk()

    def stop_desk(self):
        if self._desk:
            self._desk.stdin.close()
            self._desk.wait(timeout=venue.patience(30))
            self._desk.stdout.close()
            self._log.close()
            self._desk = None

    def journal(self):
        return {(device, seq): (digest, hub_seq, standing) for device, seq, digest, hub_seq, standing in self.query(
            "SELECT device, seq, lower(hex(hash)), hub_seq, standing FROM journal")}

    def said(self, text):
        """How often its daemon's log has this."""
        return (self.folder / "syncd.log").read_text(errors="replace").count(text)


class Desks(Journey):
    def open_hub(self, name="hub"):
        """Where everyone may enter again and again, so that each look is a row."""
        event = venue.event_with(self.folder / "event.toml", ('mode = "entry_and_exit"', 'mode = "unlimited"'),
                                 ('badge = "on_first_entry"', 'badge = "none"'))
        return self.hub(name, event=event)

    def desk(self, hub, name, **settings):
        desk = Desk(hub, self.folder / name, name, **settings)
        self.addCleanup(desk.stop)
        desk.start_daemon()
        desk.wait_roster()
        desk.start_desk()
        return desk

    @staticmethod
    def at_hub(hub):
        return list(csv.DictReader(hub.run("journal", "export").splitlines()))

    def wait_alike(self, hub, desks, seconds=60):
        """Until the hub has every desk's rows, and every desk the others'."""
        def alike():
            if any(desk.query("SELECT 1 FROM journal WHERE standing = 0 LIMIT 1") for desk in desks):
                return False
            count = len(self.at_hub(hub))
            return all(desk.query("SELECT count(*) FROM journal")[0][0] == count for desk in desks)

        began = time.monotonic()
        venue.wait_until("the desks and the hub to have the same rows", alike, seconds)
        return time.monotonic() - began

    def assert_alike(self, hub, desks):
        """Rows at the kiosks = rows at the hub, none twice, none changed, none lost; returns how many."""
        rows = self.at_hub(hub)
        known = {(row["device"], int(row["seq"])): (row["hash"], int(row["hub_seq"]), 1) for row in rows}
        self.assertEqual(len(known), len(rows), "a row stands twice at the hub")
        self.assertEqual(len({row["id"] for row in rows}), len(rows), "an id stands twice at the hub")
        for desk in desks:
            mine = desk.journal()
            self.assertEqual(mine.keys() - known.keys(), set(), f"{desk.name} has rows that the hub lacks")
            self.assertEqual(known.keys() - mine.keys(), set(), f"the hub has rows that {desk.name} lacks")
            self.assertEqual({key: (mine[key], known[key]) for key in known if mine[key] != known[key]}, {},
                             f"rows differ between {desk.name} and the hub")
            own = desk.device()
            seqs = sorted(seq for device, seq in known if device == own)
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)), f"the sequence of {desk.name} has a gap")
            self.assertEqual({seq: digest for seq, digest in desk.shown.items() if known.get((own, seq), ("",))[0] != digest},
                             {}, f"decisions that {desk.name} has shown have no row")
            self.assertEqual(desk.said("the hub lacks rows"), 0, "the hub has lost rows that it had acknowledged")
        hub.run("journal", "verify")
        return len(rows)
