"""A machine becomes a kiosk: one code of the hub's sets it up, and what is wrong with a code changes nothing."""

import subprocess
import unittest

from base import Journey
import venue


class SetUp(Journey):
    def setUp(self):
        super().setUp()
        self.at_hub = self.hub()
        self.machine = self.folder / "machine"
        for name in ("etc", "net", "line/in"):
            (self.machine / name).mkdir(parents=True)
        (self.machine / "etc/syncd.toml").write_text(
            f"store = \"{self.machine}/store.db\"\ntoken_file = \"{self.machine}/etc/token\"\n")

    def code(self, *options, name="North gate", checkpoint="main"):
        return self.at_hub.run("device", "add", name, "--checkpoint", checkpoint, "--hub",
                               f"http://{self.at_hub.address}", *options).splitlines()[0]

    def set_up(self, code, *options):
        m = self.machine
        return subprocess.run([venue.program("lanyard-setup"), "--config", str(m / "etc/kiosk.toml"), "--gate-config",
                               str(m / "etc/gate.toml"), "--syncd-config", str(m / "etc/syncd.toml"), "--folder", str(m / "line"), "--patience", "0", *options],
                              input=code, capture_output=True, text=True, check=False, timeout=venue.patience(60))

    def status(self):
        return (self.machine / "line/status").read_text().splitlines()[0]

    def test_one_code_makes_a_kiosk_of_a_machine(self):
        code = self.code("--language", "fr", "--panel-mm", "546", "--printer", "ipp://192.0.2.8/ipp/print", "--address",
                         "192.0.2.20/24", "--time", "ntp.example")
        m = self.machine
        done = self.set_up(code, "--network", str(m / "net"), "--time", str(m / "net"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.strip(), "north-gate")
        self.assertEqual(self.status(), "done")
        settings = (m / "etc/kiosk.toml").read_text()
        self.assertIn('language = "fr"', settings)
        self.assertIn('uri = "ipp://192.0.2.8/ipp/print"', settings)
        self.assertIn("Address=192.0.2.20/24", (m / "net/kiosk.network").read_text())
        self.assertEqual((m / "net/kiosk.sources").read_text(), "server ntp.example iburst\n")
        self.assertEqual((m / "etc/token").stat().st_mode & 0o777, 0o600)

        # Whoever holds up another code to a kiosk at work changes nothing of it.
        again = self.set_up(self.code("--language", "ar", name="South gate"))
        self.assertEqual(again.returncode, 1)
        self.assertIn("set up already", again.stderr)
        self.assertEqual((m / "etc/kiosk.toml").read_text(), settings)

    def test_a_code_names_the_turnstile_and_the_lamp(self):
        chip, gate = self.folder / "chip", self.machine / "etc/gate.toml"
        chip.mkdir()
        done = self.set_up(self.code("--gate", f"label:{chip}", "--gate-turnstile", "0", "--gate-ready", "1",
                                     "--gate-active-low", "--gate-pulse-ms", "3000"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('socket = "/run/lanyard-gate.sock"', (self.machine / "etc/kiosk.toml").read_text())
        tried = subprocess.run([venue.program("lanyard-gate-fake"), "--config", str(gate), "--off"], capture_output=True,
                               text=True, check=False, timeout=venue.patience(20))
        self.assertEqual(tried.returncode, 0, tried.stderr)
        self.assertTrue((chip / "levels").exists())
        # The same machine at another entrance, which has none.
        (self.machine / "store.db").unlink()
        self.assertEqual(self.set_up(self.code(name="South gate")).returncode, 0)
        self.assertFalse(gate.exists())
        self.assertNotIn("[gate]", (self.machine / "etc/kiosk.toml").read_text())

    def test_a_code_counts_once(self):
        code = self.code()
        self.assertEqual(self.set_up(code).returncode, 0)
        (self.machine / "store.db").rename(self.machine / "gone.db")
        again = self.set_up(code)
        self.assertEqual(again.returncode, 1, again.stderr)
        self.assertEqual(self.status(), "refused")

    def test_a_hub_that_does_not_answer_is_told_and_the_code_still_counts(self):
        code = self.code()
        self.at_hub.stop()
        self.assertEqual(self.set_up(code).returncode, 1)
        self.assertEqual(self.status(), "no-hub")
        self.assertFalse((self.machine / "etc/kiosk.toml").exists())
        self.at_hub.start()
        self.assertEqual(self.set_up(code).returncode, 0)

    def test_what_is_no_code_changes_nothing(self):
        for text in ("", "L1:ABC", "lanyard-enrol:K7QF@https://hub language=../..", "lanyard-enrol:K7QF@https://hub x=1",
                     "\0" * 5000, "lanyard-enrol:K7QF@https://hub language=tlh"):
            with self.subTest(text=text[:40]):
                self.assertEqual(self.set_up(text).returncode, 1)
                self.assertEqual(self.status(), "not-a-code")
                self.assertFalse((self.machine / "etc/kiosk.toml").exists())
                self.assertFalse((self.machine / "etc/token").exists())

    def test_settings_that_a_kiosk_could_not_follow_are_refused_at_the_hub(self):
        for options in (["--panel-mm", "12"], ["--wifi", "Forum", "--dns", "nowhere"], ["--staff", "desk"],
                        ["--printer", "a\"b"], ["--gate", "label:x"], ["--gate-ready", "1"],
                        ["--gate", "label:x", "--gate-ready", "1", "--gate-stop", "1"]):
            with self.subTest(options=options), self.assertRaises(venue.VenueError):
                self.code(*options)
        with self.assertRaises(venue.VenueError):
            self.at_hub.run("device", "add", "x", "--checkpoint", "main", "--language", "fr")


if __name__ == "__main__":
    unittest.main()
