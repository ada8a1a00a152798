"""A turnstile and a lamp: the kiosk, lanyard-gate and the socket between them are the real ones, and the chip is a folder."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from base import Journey
import venue

OFF, READY, BUSY, STOP = "0000", "0100", "0010", "0001"


class Gate:
    """lanyard-gate under way, and what its lines are."""

    def __init__(self, folder, pulse_ms=400):
        self.folder = folder
        self.folder.mkdir()
        self.socket = folder / "gate.sock"
        self.chip = folder / "chip"
        self.chip.mkdir()
        self.settings = folder / "gate.toml"
        self.wire(pulse_ms)
        self.process = None

    def wire(self, pulse_ms):
        self.settings.write_text(f"chip = \"label:{self.chip}\"\n[turnstile]\nline = 0\npulse_ms = {pulse_ms}\n"
                                 "[ready]\nline = 1\n[busy]\nline = 2\n[stop]\nline = 3\n")

    def start(self):
        self.process = venue.Process([venue.program("lanyard-gate-fake"), "--config", str(self.settings),
                                      "--socket", str(self.socket)], self.folder / "gate.log")
        venue.wait_until("the gate to listen", self.socket.exists)
        return self

    def stop(self, sig=signal.SIGTERM):
        status = None
        if self.process:
            status = self.process.stop(sig)
            self.process = None
        return status

    def switch_off(self):
        return subprocess.run([venue.program("lanyard-gate-fake"), "--config", str(self.settings), "--off"],
                              capture_output=True, text=True, check=False, timeout=venue.patience(20))

    def levels(self):
        try:
            return (self.chip / "levels").read_text().strip()
        except FileNotFoundError:
            return ""

    def driven(self):
        """Each change: when, in milliseconds of the steady clock, and the levels."""
        lines = (self.chip / "driven").read_text().splitlines()
        return [(int(at), levels) for at, levels in (line.split() for line in lines)]

    def pulses(self):
        """From when and for how long, in milliseconds, the turnstile was told to open."""
        found, since = [], None
        for at, levels in self.driven():
            if levels[0] == "1" and since is None:
                since = at
            elif levels[0] == "0" and since is not None:
                found.append((since, at - since))
                since = None
        if since is not None:
            found.append((since, None))
        return found

    def wait(self, levels, seconds=20.0):
        venue.wait_until(f"the lines to be {levels}; they are {self.levels()}", lambda: self.levels() == levels, seconds)


class AtTheGate(Journey):
    def setUp(self):
        super().setUp()
        self.venue_hub = self.hub()
        self.gate = Gate(self.folder / "gate")
        self.addCleanup(self.gate.stop)
        self.north = self.kiosk(self.venue_hub, "north", "main",
                                extra=f"[sound]\ndevice = \"none\"\n[gate]\nsocket = \"{self.gate.socket}\"\n")
        self.codes = self.venue_hub.credentials()
        self.north.hold_up([self.blank()])

    def begin(self):
        self.north.start_app()
        self.north.wait_event("the idle screen", lambda e: e["screen"] == "idle", seconds=60)
        self.gate.wait(READY)

    def alerts(self):
        return [rule for (rule,) in self.north.query("SELECT rule FROM journal WHERE kind = 'alert' ORDER BY seq")]

    def test_who_is_admitted_has_one_pulse_and_who_is_refused_none(self):
        self.gate.start()
        self.begin()
        said = self.show(self.north, self.codes["A0002"])
        self.assertEqual(said["screen"], "admitted")
        venue.wait_until("the pulse to end", lambda: self.gate.pulses() and self.gate.pulses()[-1][1])
        ((_, length),) = self.gate.pulses()
        self.assertGreaterEqual(length, 400)
        # The screen is drawn anew many times until it is idle again, and each of them opens nothing.
        self.north.wait_event("the idle screen", lambda e: e["screen"] == "idle", since=self.north.mark(), seconds=30)
        self.gate.wait(READY)
        mark = self.north.mark()
        self.north.hold_up(self.pictures([self.codes["A0002"]]) * 3)
        self.north.wait_event("a refusal", lambda e: e["screen"] == "refused", since=mark, seconds=30)
        self.gate.wait(STOP)
        self.assertEqual(len(self.gate.pulses()), 1)
        self.assertEqual(len(self.north.query("SELECT 1 FROM journal WHERE kind = 'admitted'")), 1)
        self.assertEqual(self.alerts(), [])
        # Nobody says anything any more: nothing is lit.
        self.north.stop_app()
        self.gate.wait(OFF)

    def test_a_kiosk_that_hangs_or_dies_leaves_nothing_on(self):
        self.gate.wire(pulse_ms=10_000)
        self.gate.start()
        self.begin()
        self.show(self.north, self.codes["A0002"])
        self.assertEqual(self.gate.levels()[0], "1")
        process = self.north.app.process
        process.send_signal(signal.SIGSTOP)
        try:
            self.gate.wait(OFF)
            self.assertLess(self.gate.pulses()[0][1], 10_000)  # it was cut off
        finally:
            process.send_signal(signal.SIGCONT)
        venue.wait_until("the lamp to be lit again", lambda: self.gate.levels() != OFF)
        self.assertEqual(len(self.gate.pulses()), 1)
        self.north.stop_app(signal.SIGKILL)
        self.gate.wait(OFF)

    def test_a_gate_that_crashes_in_the_middle_of_a_pulse_is_shut_by_what_runs_after_it(self):
        self.gate.wire(pulse_ms=10_000)
        self.gate.start()
        self.begin()
        self.show(self.north, self.codes["A0002"])
        self.gate.stop(signal.SIGKILL)
        self.assertEqual(self.gate.levels()[0], "1")  # as a chip's lines stay
        self.assertEqual(self.gate.switch_off().returncode, 0)
        self.assertEqual(self.gate.levels(), OFF)
        # And when it is started anew, the kiosk finds it by itself, and the pulse is not given once more.
        self.gate.wire(pulse_ms=400)
        self.gate.start()
        venue.wait_until("the lamp", lambda: self.gate.levels() in (READY, BUSY, STOP))
        self.assertEqual(len(self.gate.pulses()), 1)
        said = self.show(self.north, self.codes["A0003"], seconds=40)
        self.assertEqual(said["screen"], "admitted")
        venue.wait_until("the second pulse", lambda: len(self.gate.pulses()) == 2)

    def test_the_gate_that_is_stopped_in_the_middle_of_a_pulse_shuts_it(self):
        self.gate.wire(pulse_ms=10_000)
        self.gate.start()
        self.begin()
        self.show(self.north, self.codes["A0002"])
        self.assertEqual(self.gate.levels()[0], "1")
        self.assertEqual(self.gate.stop(), 0)
        self.assertEqual(self.gate.levels(), OFF)

    def test_check_tries_the_gate_and_says_why_it_cannot_be_opened(self):
        def gate_line():
            done = subprocess.run([venue.program("lanyard-kiosk"), "check", "--config", str(self.north.folder / "kiosk.toml")],
                                  capture_output=True, text=True, check=False, timeout=venue.patience(60))
            return next(line for line in done.stdout.splitlines() if line.split()[1] == "gate")
        self.assertRegex(gate_line(), "^fail +gate +it cannot be reached: No such file")
        self.gate.start()
        self.assertRegex(gate_line(), "^ok +gate .*its lines can be driven")
        self.gate.wait(OFF)
        (self.gate.chip / "pulled-out").touch()
        venue.wait_until("the gate to notice", lambda: "pulled out" in (self.gate.folder / "gate.log").read_text())
        self.assertRegex(gate_line(), "^fail +gate +its lines cannot be driven")

    def test_without_its_gate_the_kiosk_admits_and_says_that_it_stayed_shut(self):
        self.north.start_app()
        self.north.wait_event("the idle screen", lambda e: e["screen"] == "idle", seconds=60)
        said = self.show(self.north, self.codes["A0002"])
        self.assertEqual(said["screen"], "admitted")
        venue.wait_until("the alert", lambda: "gate.stayed_shut" in self.alerts())
        venue.wait_until("the other alert", lambda: "gate.away" in self.alerts())
        # It comes later, and has nothing to make up for.
        self.gate.start()
        self.gate.wait(READY, seconds=60)
        self.assertEqual(self.gate.pulses(), [])

    def test_a_gate_whose_chip_was_pulled_out_says_so_and_takes_it_again(self):
        self.gate.start()
        self.begin()
        (self.gate.chip / "pulled-out").touch()
        self.show(self.north, self.codes["A0002"])
        venue.wait_until("the alert", lambda: "gate.stayed_shut" in self.alerts())
        (self.gate.chip / "pulled-out").unlink()
        venue.wait_until("the lamp", lambda: self.gate.levels() == READY)
        self.assertEqual(self.gate.pulses(), [])


@unittest.skipUnless(shutil.which("systemd-socket-activate"), "systemd is not installed")
class BySystemd(Journey):
    def test_what_waited_in_systemds_socket_opens_nothing_and_what_is_new_does(self):
        gate = Gate(self.folder / "gate")
        systemd = venue.Process(["systemd-socket-activate", "--seqpacket", "-l", str(gate.socket),
                                 venue.program("lanyard-gate-fake"), "--config", str(gate.settings)], self.folder / "gate.log")
        self.addCleanup(systemd.stop)
        venue.wait_until("the socket", gate.socket.exists)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as kiosk:
            kiosk.settimeout(venue.patience(20))
            kiosk.connect(str(gate.socket))

            def ask(number, ago_ms):
                # kiosk/gate/gate_word.hpp
                kiosk.send(struct.pack("=cBHIq", b"P", 0, 0, number, time.monotonic_ns() // 1_000_000 - ago_ms))
                return kiosk.recv(64)[:1]
            self.assertEqual(ask(1, 2000), b"N")
            self.assertEqual(ask(2, 0), b"G")
            self.assertEqual(gate.levels(), "1000")
        gate.wait(OFF)
        self.assertEqual(len(gate.pulses()), 1)


class ByHand(unittest.TestCase):
    """The program that is shipped, which knows no chip but a real one."""

    def run_gate(self, settings, *arguments):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(settings)
            file.flush()
            return subprocess.run([venue.program("lanyard-gate"), "--config", file.name, *arguments], capture_output=True,
                                  text=True, check=False, timeout=venue.patience(20),
                                  env={k: v for k, v in os.environ.items() if not k.startswith("LISTEN_")})

    def test_wrong_settings_are_named_and_no_restart_would_mend_them(self):
        done = self.run_gate("chip = \"/dev/gpiochip0\"\n[turnstile]\nline = -1\n")
        self.assertEqual(done.returncode, 78)
        self.assertIn(":3: turnstile.line", done.stderr)

    def test_a_chip_that_is_not_there_cannot_be_switched_off(self):
        done = self.run_gate("chip = \"label:there-is-no-such-chip\"\n[turnstile]\nline = 0\n", "--off")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no chip calls itself there-is-no-such-chip", done.stderr)

    def test_without_a_socket_it_says_how_to_have_one(self):
        done = self.run_gate("chip = \"label:there-is-no-such-chip\"\n[turnstile]\nline = 0\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--socket", done.stderr)


if __name__ == "__main__":
    unittest.main()
