"""The machine is given another version by its hub: it keeps a good one, and leaves one that does not come up by itself."""
import pathlib
import shutil
import time
import unittest

from world import GIVEN, World, say


class Updates(World):
    SECONDS = 1500

    @classmethod
    def setUpClass(cls):
        if not GIVEN.updates:
            raise unittest.SkipTest("no --updates")
        super().setUpClass()
        cls.offered = cls.folder / "offered"
        shutil.rmtree(cls.offered, ignore_errors=True)
        cls.offered.mkdir(parents=True)
        cls.hub.stop()
        cls.hub.start("--updates", str(cls.offered), "--update-window", "00:00-00:00")

    @classmethod
    def offer(cls, name):
        """As the office does: the list last."""
        (cls.offered / "SHA256SUMS").unlink(missing_ok=True)
        for old in cls.offered.iterdir():
            old.unlink()
        files = sorted((pathlib.Path(GIVEN.updates) / name).iterdir(), key=lambda file: file.name == "SHA256SUMS")
        for file in files:
            (cls.offered / file.name).symlink_to(file.resolve())

    def runs(self):
        return self.kiosk.run(". /usr/lib/os-release; printf %s $IMAGE_VERSION")

    def started_anew(self, before):
        """Once it has been started since, which may be more than once."""
        self.comes_to("another start", lambda: self.boot() != before, 1200)

    def at_hub(self):
        return self.hub.run("device", "list")

    def assert_at_work(self):
        self.kiosk.come_up()
        self.kiosk.wait_screen("idle", timeout=180)
        who = self.admit_somebody()
        self.kiosk.wait("the row at the hub", lambda: self.row_at_hub(who), 120)

    def test_01_a_good_version_is_installed_and_kept(self):
        before, boot, began = self.runs(), self.boot(), time.monotonic()
        self.offer("good")
        self.started_anew(boot)
        say(f"another version is started {time.monotonic() - began:.0f} s after it was offered")
        self.assertNotEqual(self.runs(), before)
        self.assert_at_work()
        self.kiosk.wait("its trial to end", lambda: self.kiosk.run(
            "ls /boot/EFI/Linux").split().count(f"lanyard_{self.runs()}.efi"), 240)
        self.kiosk.wait("the hub to know", lambda: f"image {self.runs()}" in self.at_hub(), 120)

    def test_02_a_version_that_does_not_come_up_is_left_by_itself(self):
        before, boot, began = self.runs(), self.boot(), time.monotonic()
        self.offer("bad")
        self.started_anew(boot)
        self.assertNotEqual(self.runs(), before)
        say(f"the bad version is started after {time.monotonic() - began:.0f} s")
        self.comes_to("the version before", lambda: self.runs() == before, 900)
        say(f"and has been left after {time.monotonic() - began:.0f} s")
        self.assert_at_work()
        self.kiosk.wait("the hub to know", lambda: f"image {before}, left " in self.at_hub(), 180)

    def test_03_a_version_that_another_signed_is_not_installed(self):
        before, boot = self.runs(), self.boot()
        self.offer("foreign")
        said = self.kiosk.wait("the refusal", lambda: "9.9.9 cannot be installed" in (said := self.kiosk.run(
            "journalctl -b -u lanyard-update --no-pager -o cat")) and said, 300)
        self.assertIn("Signature verification failed", said)
        self.kiosk.wait("the hub to know", lambda: "left 9.9.9" in self.at_hub(), 120)
        self.assertEqual((self.runs(), self.boot()), (before, boot))
