"""What each of the firmware's tests begins with: a hub and a printer outside, and a machine that nobody has set up."""
import argparse
import atexit
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
import paper  # noqa: E402
import venue  # noqa: E402
from kiosk import Kiosk  # noqa: E402
from machine import Gone  # noqa: E402

GIVEN = argparse.Namespace()  # of the command line: image, kit, folder, certificate, updates
PIN = "4711"
# As the machine in QEMU sees this one.
HERE_FROM_INSIDE = "10.0.2.2"

# Minutes of a quarter of an hour, and of five, for seconds: from the first start on, as a machine is not started anew for it.
SOON = {
    "lanyard-healthy.service": "[Service]\nEnvironment=LANYARD_HEALTHY_AFTER_S=30\n",
    "lanyard-update.service": "[Service]\nEnvironment=LANYARD_IDLE_FOR_S=5\n",
}


def say(text):
    print(f"   {time.strftime('%T')} {text}", flush=True)


class World(unittest.TestCase):
    """A hub and a printer outside, and a kiosk: one for all tests, one class after the other, for a start takes a minute.
    Whoever wants its own says open(cls) in setUpClass."""

    SECONDS = 300  # what it takes, at most, on two cores without virtualisation: begun only where there is as much left

    @classmethod
    def setUpClass(cls):
        cls.skip_if_late()
        if not hasattr(World, "kiosk"):
            cls.open(World)
        cls.get_ready()

    @classmethod
    def skip_if_late(cls):
        left = float(os.environ.get("LANYARD_UNTIL", "inf")) - time.time()
        if left < cls.SECONDS:
            say(f"{cls.__name__}: NOT RUN, as it takes {cls.SECONDS} s and there are {max(0, left):.0f} left")
            raise unittest.SkipTest("no time left")

    @staticmethod
    def leave_to_another():
        """Off with the machine of all, while a class has one of its own: two would be late for everything."""
        if hasattr(World, "kiosk") and World.kiosk.is_on():
            World.kiosk.cut_power()

    @staticmethod
    def new_folder(owner):
        owner.folder = pathlib.Path(GIVEN.folder) / owner.__name__
        shutil.rmtree(owner.folder, ignore_errors=True)
        owner.folder.mkdir(parents=True)

    @staticmethod
    def open(owner, **machine):
        """A hub, a printer and a new machine, as attributes of that class; gone with this process."""
        World.new_folder(owner)
        owner.hub = venue.Hub(owner.folder / "hub").start()
        atexit.register(lambda: owner.hub.stop())
        owner.codes = owner.hub.credentials()
        # Those who are admitted as nobody has been; a test takes whom it needs.
        listed = venue.roster()
        owner.people = [who for who in sorted(owner.codes) if listed[who]["status"] == "approved"
                        and listed[who]["category"] == "delegate"]
        if not hasattr(World, "printer"):  # one for all, as there is one such port, and the firewall lets through no other
            World.printer = paper.IppPrinter(owner.folder / "printer", port=631)
            atexit.register(World.printer.stop)
        owner.is_set_up = False
        World.new_machine(owner, **machine)

    @staticmethod
    def new_machine(owner, **machine):
        owner.kiosk = Kiosk(GIVEN.image, GIVEN.kit, owner.folder, **machine)
        for unit, text in SOON.items():
            owner.kiosk.drop_in(unit, text)
        atexit.register(lambda: owner.kiosk.is_on() and owner.kiosk.cut_power())
        owner.kiosk.new_disk()

    @classmethod
    def owner(cls):
        return next(one for one in cls.__mro__ if "kiosk" in vars(one))

    @classmethod
    def get_ready(cls):
        """On, set up, and idle."""
        if not cls.is_set_up:
            if cls.kiosk.is_on():  # another class failed to
                cls.kiosk.cut_power()
                cls.kiosk.new_disk()
            return cls.set_up()
        if not cls.kiosk.is_on():
            cls.kiosk.power_on()
            cls.kiosk.come_up()
        return cls.kiosk.wait_screen("idle", timeout=180)

    @classmethod
    def seen_from_inside(cls, address):
        return re.sub(r"127\.0\.0\.1|localhost", HERE_FROM_INSIDE, address)

    @classmethod
    def setup_code(cls, *more, name="North gate", checkpoint="main"):
        hashed = subprocess.run([venue.program("lanyard-kiosk"), "hash-pin"], input=PIN, capture_output=True, text=True,
                                      check=True).stdout.strip()
        return cls.hub.run("device", "add", name, "--checkpoint", checkpoint, "--hub",
                           "http://" + cls.seen_from_inside(cls.hub.address), "--language", "en", "--panel-mm", "546",
                           "--printer", cls.seen_from_inside(cls.printer.uri), "--staff", "front-desk", "--pin-hash",
                           hashed, *more).splitlines()[0]

    @classmethod
    def set_up(cls, hand_over=None):
        """From a new disk to the idle screen; the code is held up to the camera, if nobody says how else it gets there."""
        kiosk = cls.kiosk
        kiosk.power_on()
        kiosk.come_up()
        kiosk.wait_screen("set_up", timeout=300, stage="waiting")
        kiosk.screen("set-up")
        put_away = (hand_over or cls.hold_code_up)()
        kiosk.wait("the code to be read", lambda: (s := kiosk.shown()) and s.get("stage") not in ("waiting", None), 120)
        put_away()
        kiosk.wait_screen("idle", timeout=300)
        cls.owner().is_set_up = True

    @classmethod
    def hold_code_up(cls, *more):
        """Before the camera; `more`: words of `device add`."""
        cls.kiosk.scene.show(cls.setup_code(*more))
        return lambda: cls.kiosk.scene.show(None)

    @classmethod
    def plug_code_in(cls, *more):
        """In a file on a USB stick; `more` as above."""
        stick = cls.folder / "stick.img"
        subprocess.run(["truncate", "-s", "64M", str(stick)], check=True)
        subprocess.run(["mkfs.vfat", "-n", "OFFICE", str(stick)], check=True, capture_output=True)
        subprocess.run(["mcopy", "-i", str(stick), "-", "::lanyard-setup.txt"], input=(cls.setup_code(*more) + "\r\n").encode(),
                       check=True)
        cls.kiosk.plug_in_stick(stick)
        return lambda: cls.kiosk.qmp("device_del", id="stick")

    def comes_to(self, what, holds, timeout):
        """Of a machine that may be starting anew, again and again: whoever is there is asked."""
        def is_so():
            try:
                self.kiosk.wait_for_agent(20)
                return holds()
            except (Gone, OSError, AssertionError):
                self.kiosk._agent = None
                return False
        self.kiosk.wait(what, is_so, timeout)

    def boot(self):
        return self.kiosk.run("cat /proc/sys/kernel/random/boot_id")

    def admit_somebody(self):
        """The proof that it works; whoever it was has a row at the hub, or will have."""
        who = self.people.pop(0)
        said = self.kiosk.hold_up(self.codes[who])
        self.assertEqual(said["screen"], "admitted", said)
        self.kiosk.wait_screen("idle", timeout=90)
        return who

    def row_at_hub(self, attendee, kind="admitted"):
        return [row for row in self.hub.rows() if row["kind"] == kind and row.get("attendee") == attendee]
