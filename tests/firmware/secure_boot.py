"""A firmware with Secure Boot and no keys yet: it takes the house's key from the disk, and from then on starts nothing else."""
import mmap
import pathlib
import ssl
import subprocess
import time
import unittest

import pictures
from world import GIVEN, World, say

HERE = pathlib.Path(__file__).resolve().parent


class SecureBoot(World):
    SECONDS = 600
    # Of the kernel's command line, as it stands on the disk, and what somebody would make of it who has the disk in hand.
    SAID, FORGED = b"systemd.import_credentials=no ", b"systemd.import_credentials=yes"

    @classmethod
    def setUpClass(cls):
        if not GIVEN.certificate:
            raise unittest.SkipTest("no --certificate")
        cls.skip_if_late()
        World.leave_to_another()
        World.new_folder(cls)
        # No helper gets in: what the firmware hands in is not taken any more.
        World.new_machine(cls, secure=True, without_agent=True)

    def seconds_to_the_screen(self, timeout):
        """From power on until it asks for its code; None: it does not come up."""
        kiosk, began = self.kiosk, time.monotonic()
        kiosk.power_on()
        try:
            while time.monotonic() - began < timeout:
                time.sleep(2)
                try:
                    pictures.compare(kiosk.screen("secure"), HERE / "set-up.pgm")
                except AssertionError:
                    continue
                return time.monotonic() - began
            return None
        finally:
            kiosk.cut_power()

    def overwrite(self, was, by):
        """On the machine's disk, whichever kernel says it."""
        with open(GIVEN.image, "rb") as image, mmap.mmap(image.fileno(), 0, access=mmap.ACCESS_READ) as all_of_it:
            at = all_of_it.find(was)
            self.assertGreater(at, 0)
        new = self.folder / "overwrite"
        new.write_bytes(by)
        subprocess.run(["qemu-io", "-f", "qcow2", "-c", f"write -s {new} {at} {len(by)}", str(self.kiosk.disk)], check=True,
                       capture_output=True)

    def test_01_it_takes_the_key_of_the_house_and_starts(self):
        took = self.seconds_to_the_screen(300)
        self.assertIsNotNone(took, "it does not come up")
        say(f"keys taken and up after {took:.0f} s")
        certificate = ssl.PEM_cert_to_DER_cert(pathlib.Path(GIVEN.certificate).read_text(encoding="ascii"))
        # As the platform's key, as the key of keys, and as what programs are signed by.
        self.assertGreaterEqual((self.folder / "vars.fd").read_bytes().count(certificate), 3)

    def test_02_a_kernel_whose_command_line_was_changed_does_not_start(self):
        kiosk = self.kiosk
        self.overwrite(self.SAID, self.FORGED)
        kiosk.power_on()
        said = kiosk.folder / "serial.log"
        kiosk.wait("the refusal", lambda: b"Access denied" in said.read_bytes(), 120)
        kiosk.wait("nothing else", lambda: b"No bootable option" in said.read_bytes(), 60)
        kiosk.cut_power()
        self.overwrite(self.SAID, self.SAID)
        self.assertIsNotNone(self.seconds_to_the_screen(300), "the disk of before starts no more")
