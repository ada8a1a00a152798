"""A turnstile and a lamp at the machine: what becomes of them when the kiosk, the gate or the cable goes."""
import re

from world import World


class Gate(World):
    """A turnstile and a lamp on a chip on USB, which the kernel's own driver for it finds (relay.py)."""

    SECONDS = 420
    # By section of gate.toml. On is 0 V at the lamp that says stop, as on many a relay board.
    TURNSTILE, READY, STOP = 0, 1, 3
    OFF = (False, False, False)
    PULSE_S = 6
    LOG = "/run/relay"
    SETTINGS = f"""chip = "label:mcp2221_gpio"
[turnstile]
line = {TURNSTILE}
pulse_ms = {PULSE_S * 1000}
[ready]
line = {READY}
[stop]
line = {STOP}
active_low = true
"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kiosk = cls.kiosk
        cls.plug()
        kiosk.put("/run/gate.toml", cls.SETTINGS.encode())
        # Crashes of the class before are not to come to safe mode in this one.
        kiosk.run("install -m 0640 -g lanyard-gate /run/gate.toml /etc/lanyard/gate.toml && rm -f /run/lanyard-kiosk/starts && "
                  "cp -a /etc/lanyard/kiosk.toml /etc/lanyard/kiosk.toml.before && "
                  "printf '\\n[gate]\\nsocket = \"/run/lanyard-gate.sock\"\\n' >>/etc/lanyard/kiosk.toml && "
                  "systemctl start lanyard-gate.socket lanyard-gate.service && systemctl restart lanyard-kiosk")
        kiosk.wait_screen("idle", timeout=120)

    @classmethod
    def tearDownClass(cls):
        """The next class has the kiosk as it was."""
        cls.kiosk.run("mv /etc/lanyard/kiosk.toml.before /etc/lanyard/kiosk.toml; systemctl stop lanyard-gate.service lanyard-gate.socket; "
                      "rm -f /etc/lanyard/gate.toml; systemctl stop relay; systemctl restart lanyard-kiosk")
        super().tearDownClass()

    @classmethod
    def plug(cls):
        cls.kiosk.run("modprobe -a uhid hid-mcp2221 && systemd-run -q --unit=relay --collect chroot /run/kit python3 -u /relay.py "
                      + cls.LOG)

    @classmethod
    def lines(cls):
        """Each change: when, by the machine's own clock, and whether turnstile, ready and stop were on."""
        changes = []
        for line in cls.kiosk.run(f"cat {cls.LOG}").splitlines():
            at, high = line.split()
            changes.append((float(at), (high[cls.TURNSTILE] == "1", high[cls.READY] == "1", high[cls.STOP] == "0")))
        return changes

    def wait_lines(self, what, holds, timeout=60):
        return self.kiosk.wait(f"{what}; it is {self.lines()[-1]}", lambda: holds(self.lines()[-1][1]), timeout)

    def pulses(self):
        """Each, in seconds; None: it is under way."""
        found, since = [], None
        for at, (is_open, _, _) in self.lines():
            if is_open and since is None:
                since = at
            elif not is_open and since is not None:
                found.append(at - since)
                since = None
        return found + ([None] if since is not None else [])

    def let_in(self):
        """Somebody, whose answer may still be on the screen."""
        who = self.people.pop(0)
        said = self.kiosk.hold_up(self.codes[who])
        self.assertEqual(said["screen"], "admitted", said)
        return who

    def test_01_the_lamp_is_green_and_nobody_but_the_gate_may_touch_the_chip(self):
        kiosk = self.kiosk
        self.wait_lines("green", lambda on: on == (False, True, False))
        self.assertEqual(kiosk.run("stat -c '%U:%G %a' /dev/gpiochip*").split("\n")[0], "root:lanyard-gate 660")
        self.assertNotIn("lanyard-gate", kiosk.run("id -nG lanyard").split())
        said = kiosk.run("systemd-analyze security --no-pager lanyard-gate | tail -n 1")
        self.assertLessEqual(float(re.search(r"([0-9.]+) (OK|MEDIUM|SAFE|EXPOSED|UNSAFE)", said).group(1)), 1.5, said)

    def test_02_who_is_admitted_has_one_pulse_and_who_is_refused_none(self):
        who = self.let_in()
        self.kiosk.wait("the pulse to end", lambda: self.pulses() and self.pulses()[-1] is not None, 60)
        self.assertEqual(len(self.pulses()), 1)
        self.assertGreaterEqual(self.pulses()[0], self.PULSE_S - 0.01)
        self.kiosk.wait_screen("idle", timeout=90)
        mark = len(self.lines())
        self.kiosk.scene.show(self.codes[who])
        self.kiosk.wait_screen("refused", timeout=60)
        self.kiosk.scene.show(None)
        self.kiosk.wait_screen("idle", timeout=90)
        self.assertIn((False, False, True), [on for _, on in self.lines()[mark:]])
        self.assertEqual(len(self.pulses()), 1)

    def test_03_a_kiosk_that_hangs_leaves_nothing_on(self):
        kiosk = self.kiosk
        self.let_in()
        kiosk.run("pkill -STOP -x lanyard-kiosk")
        # Its own watchdog takes longer.
        self.wait_lines("nothing", lambda on: on == self.OFF, 14)
        kiosk.wait_screen("idle", timeout=120)
        self.wait_lines("green again", lambda on: on == (False, True, False))

    def test_04_a_gate_that_crashes_in_the_middle_of_a_pulse_is_shut_and_back(self):
        kiosk, before = self.kiosk, len(self.pulses())
        restarts = int(kiosk.run("systemctl show -P NRestarts lanyard-gate"))
        self.let_in()
        kiosk.wait("the pulse", lambda: len(self.pulses()) > before, 30, every=0.1)
        kiosk.run("pkill -KILL -x lanyard-gate")
        kiosk.wait("the end of it", lambda: self.pulses()[-1] is not None, 30)
        kiosk.wait("the restart", lambda: int(kiosk.run("systemctl show -P NRestarts lanyard-gate")) > restarts, 30)
        kiosk.wait_screen("idle", timeout=90)
        self.wait_lines("green again", lambda on: on == (False, True, False))
        self.assertEqual(len(self.pulses()), before + 1)  # and not once more

    def test_05_a_chip_that_is_pulled_out_is_said_and_taken_again(self):
        kiosk, before = self.kiosk, len(self.pulses())
        kiosk.run("systemctl stop relay")
        who = self.let_in()
        kiosk.wait("the row at the hub", lambda: self.row_at_hub(who), 60)
        kiosk.wait("the alert", lambda: [row for row in self.hub.rows() if row.get("rule") == "gate.stayed_shut"], 60)
        self.assertEqual(len(self.pulses()), before)
        kiosk.wait_screen("idle", timeout=90)
        mark = len(self.lines())
        self.plug()
        kiosk.wait("green again", lambda: (False, True, False) in [on for _, on in self.lines()[mark:]], 60)
