"""Hand scanners: a real serial line, with a scanner played at its other end."""

import os
import pty
import subprocess
import tty
import unittest

from base import Journey
import venue


class Scanner:
    """A serial line under a name that stays, however often the plug is pulled and put back."""

    def __init__(self, path):
        self.path = path
        self.plug_in()

    def plug_in(self):
        self.own, self.theirs = pty.openpty()
        tty.setraw(self.theirs)
        self.path.symlink_to(os.ttyname(self.theirs))

    def pull(self):
        self.path.unlink()
        os.close(self.own)
        os.close(self.theirs)

    def scan(self, text):
        os.write(self.own, text.encode() + b"\r")


class HandScanner(Journey):
    def start(self, name="north", source=None):
        scanner = Scanner(self.folder / "ttyACM0")
        self.addCleanup(scanner.pull)
        hub = self.hub()
        codes = hub.credentials()
        kiosk = self.kiosk(hub, name, "main", extra=f"[[hand_scanner]]\ndevice = \"serial:{scanner.path}\"\n")
        kiosk.start_app(*(["--camera", source] if source else []))
        kiosk.wait_ready()
        self.wait_there(kiosk, 1)
        return scanner, codes, kiosk

    @staticmethod
    def wait_there(kiosk, times):
        log = kiosk.folder / "kiosk.log"
        venue.wait_until("the scanner to be there", lambda: log.read_text().count("hand scanner 1: there") >= times)

    @staticmethod
    def answer(kiosk, mark):
        return kiosk.wait_event("an answer", lambda e: e["screen"] in ("admitted", "refused") and "source" in e,
                                since=mark)

    def test_a_badge_scanned_by_hand_admits_beside_the_camera(self):
        scanner, codes, kiosk = self.start()
        mark = kiosk.mark()
        scanner.scan(codes["A0002"])
        said = self.answer(kiosk, mark)
        self.assertEqual((said["screen"], said["attendee"]), ("admitted", "A0002"))
        self.assertEqual(said["source"], f"serial:{scanner.path}")
        kiosk.wait_event("the idle screen", lambda e: e["screen"] == "idle" and e is kiosk.events[-1])
        self.assertEqual(self.show(kiosk, codes["A0005"])["attendee"], "A0005")
        self.assertEqual([row[1:3] for row in kiosk.own_rows() if row[1] == "admitted"],
                         [("admitted", "A0002"), ("admitted", "A0005")])

    def test_codes_one_after_the_other_wait_for_the_answer_before_them(self):
        scanner, codes, kiosk = self.start(source="none")
        mark = kiosk.mark()
        scanner.scan(codes["A0002"])
        self.assertEqual(self.answer(kiosk, mark)["attendee"], "A0002")
        scanner.scan(codes["A0005"])  # while the welcome is still on the screen
        kiosk.wait_event("the second welcome", lambda e: e.get("attendee") == "A0005", since=mark)
        scanner.scan(codes["A0005"])  # the trigger held too long
        scanner.scan("\x1b[2J")
        scanner.scan("@SETUPE1")
        scanner.scan(codes["A0008"])
        kiosk.wait_event("the third welcome", lambda e: e.get("attendee") == "A0008", since=mark)
        self.assertEqual([row[1:3] for row in kiosk.own_rows() if row[1] in ("admitted", "refused")],
                         [("admitted", who) for who in ("A0002", "A0005", "A0008")])

    def test_a_plug_that_is_pulled_is_named_and_shown_where_there_is_no_camera_and_heals(self):
        scanner, codes, kiosk = self.start(source="none")
        mark = kiosk.mark()
        scanner.pull()
        kiosk.wait_event("out of order, C1", lambda e: e.get("fault") == "C1", since=mark)
        self.assertIn(f"hand scanner: {scanner.path}: ", kiosk.log_tail())
        mark = kiosk.mark()
        scanner.plug_in()
        kiosk.wait_event("the idle screen", lambda e: e["screen"] == "idle", since=mark)
        mark = kiosk.mark()
        scanner.scan(codes["A0002"])
        self.assertEqual(self.answer(kiosk, mark)["attendee"], "A0002")

    def test_check_names_each_scanner_and_whether_it_can_be_opened(self):
        scanner = Scanner(self.folder / "ttyACM0")
        self.addCleanup(scanner.pull)
        settings = self.folder / "kiosk.toml"
        settings.write_text(f"[camera]\nsource = \"none\"\n[[hand_scanner]]\ndevice = \"serial:{scanner.path}\"\n"
                            f"[[hand_scanner]]\ndevice = \"hid:/dev/input/no-such-scanner\"\n")
        done = subprocess.run([venue.program("lanyard-kiosk"), "--config", str(settings), "check"], capture_output=True,
                              text=True, check=False, timeout=venue.patience(60))
        lines = [line for line in done.stdout.splitlines() if line.split()[1] == "scanner"]
        self.assertEqual(len(lines), 2, done)
        self.assertRegex(lines[0], f"^ok +scanner +serial:{scanner.path}")
        self.assertRegex(lines[1], "^fail +scanner +/dev/input/no-such-scanner: cannot be opened: No such file")


if __name__ == "__main__":
    unittest.main()
