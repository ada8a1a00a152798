"""The office far from the doors: a kiosk set up by one code, closed and opened, restarted, and shut out when it is stolen."""

import json
import re
import subprocess
import unittest
import urllib.request

from base import Journey
import paper
import venue


class CodedKiosk(venue.Kiosk):
    """Its settings do not say where the hub is: the code does."""

    def _write_daemon_settings(self):
        (self.folder / "syncd.toml").write_text(f"store = \"{self.store}\"\ntoken_file = \"{self.folder / 'token'}\"\n"
                                                "[pace]\nheartbeat_every_ms = 500\n")

    def _enrol(self, checkpoint):
        self.enrol_by(said=self.hub.enrolment_of(self.name, checkpoint))

    def orders(self):
        found = self.query("SELECT CAST(value AS TEXT) FROM setting WHERE name = 'orders'")
        return json.loads(found[0][0]) if found else {}


class SecureHub(venue.Hub):
    def start(self):
        super().start("--tls", "--metrics", "127.0.0.1:0")
        self.metrics = re.search(r"http://\S+", self.process.next_line()).group(0)
        self.pin = re.search(r"sha256//\S+", (self.folder / "hub.log").read_text()).group(0)
        return self

    def enrolment_of(self, name, checkpoint):
        said = self.run("device", "add", name, "--checkpoint", checkpoint, "--hub", f"https://{self.address}/", "--pin",
                        self.pin, "--qr")
        text, drawing = said.split("\n", 1)
        self.drawn = (text, drawing)
        return text


def picture_of(drawing, path, module=6):
    """A terminal's half blocks as pixels."""
    halves = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}
    lines = []
    for line in re.sub(r"\x1b\[[0-9;]*m", "", drawing).splitlines():
        for half in (0, 1):
            lines += [b"".join(bytes([0 if halves[c][half] else 255]) * module for c in line)] * module
    path.write_bytes(paper.png_grey(lines))
    return path


class Office(Journey):
    def set_up(self):
        hub = SecureHub(self.folder / "hub").start()
        self.addCleanup(hub.stop)
        display = venue.Display(self.folder, 720, 1280)
        self.addCleanup(display.stop)
        kiosk = CodedKiosk(hub, self.folder / "north", "north", "main", display.name, window=(720, 1280))
        self.addCleanup(kiosk.stop)
        kiosk.start_daemon()
        kiosk.wait_roster()
        kiosk.start_app()
        kiosk.wait_ready()
        return hub, kiosk

    def test_a_kiosk_is_set_up_by_one_code_and_does_as_the_office_says(self):
        hub, kiosk = self.set_up()
        text, drawing = hub.drawn
        read = subprocess.run([venue.program("lanyard-scan"), str(picture_of(drawing, self.folder / "code.png"))],
                              capture_output=True, text=True, check=True).stdout
        self.assertEqual(read.rstrip("\n").split("\t")[1], text)

        codes = hub.credentials()
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        kiosk.wait_synced()
        metrics = urllib.request.urlopen(hub.metrics, timeout=10).read().decode()
        self.assertIn('lanyard_devices{standing="enrolled"} 1', metrics)
        self.assertIn('lanyard_http_answers_total{path="/v1/journal",status="2xx"}', metrics)
        self.assertTrue(metrics.endswith("# EOF\n"))

        hub.run("notice", "add", "lunch", "--text", "en=Lunch is served in Hall B", "--text", "zh=午餐在B厅")
        venue.wait_until("the notice", lambda: kiosk.orders().get("notices"))
        self.assertIn("午餐在B厅", hub.run("notice", "list"))
        mark = kiosk.mark()
        hub.run("device", "out-of-service", "north")
        closed = kiosk.wait_event("the closed screen", lambda e: e["screen"] == "out_of_order", since=mark)
        self.assertEqual(closed["fault"], "S1")
        self.assertIn("out of service", hub.run("device", "list"))
        mark = kiosk.mark()
        hub.run("device", "in-service", "--all")
        kiosk.wait_event("the idle screen", lambda e: e["screen"] == "idle", since=mark)
        hub.run("device", "restart", "north")
        venue.wait_until("the app to end", lambda: not kiosk.app.alive(), 20)
        self.assertEqual(kiosk.stop_app(), 0)
        mark = kiosk.mark()
        kiosk.start_app()
        kiosk.wait_event("the idle screen", lambda e: e["screen"] == "idle", since=mark)

    def test_a_stolen_kiosk_forgets_all_and_its_last_rows_are_recovered(self):
        hub, kiosk = self.set_up()
        codes = hub.credentials()
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        kiosk.wait_synced()
        kiosk.stop_daemon()
        kiosk.wait_event("the idle screen", lambda e: e["screen"] == "idle", since=kiosk.mark())
        self.assertEqual(self.show(kiosk, codes["A0005"])["attendee"], "A0005")
        folder = kiosk.store.parent

        def bytes_of_store():
            return b"".join(path.read_bytes() for path in folder.glob("store.db*"))

        person = next(line for line in hub.run("roster", "export").splitlines() if line.startswith("A0005"))
        name = person.split(",")[1].strip('"').split(" ")[-1].encode()
        self.assertIn(name, bytes_of_store())

        # Taken for retired at first.
        hub.run("device", "revoke", "north", "--keep-badges")
        self.assertIn("north\tverifies", hub.run("key", "list"))
        hub.run("device", "revoke", "north")
        self.assertNotIn("north\tverifies", hub.run("key", "list"))
        mark = kiosk.mark()
        kiosk.start_daemon()
        gone = kiosk.wait_event("the closed screen", lambda e: e["screen"] == "out_of_order", since=mark, seconds=10)
        self.assertEqual(gone["fault"], "W1")
        venue.wait_until("the daemon to end", lambda: not kiosk.daemon.alive(), 20)
        self.assertEqual(kiosk.stop_daemon(), None)
        kiosk.stop_app()
        self.assertNotIn(name, bytes_of_store())
        self.assertNotIn(b"A0005", bytes_of_store())

        sealed = sorted(folder.glob("undelivered-*.sealed"))
        self.assertEqual(len(sealed), 1)
        self.assertNotIn(b"A0005", sealed[0].read_bytes())
        self.assertEqual([row["attendee"] for row in hub.rows() if row["kind"] == "admitted"], ["A0002"])
        hub.run("journal", "recover", str(sealed[0]))
        self.assertEqual([row["attendee"] for row in hub.rows() if row["kind"] == "admitted"], ["A0002", "A0005"])
        hub.run("journal", "verify")
        hub.run("journal", "recover", str(sealed[0]))  # a second time does no harm
        self.assertEqual(len([row for row in hub.rows() if row["kind"] == "admitted"]), 2)


class GoingHome(Journey):
    """The daemon alone: it is the part that forgets."""

    def test_one_daemon_carries_a_store_and_says_when_all_is_forgotten(self):
        hub = SecureHub(self.folder / "hub").start()
        self.addCleanup(hub.stop)
        folder = self.folder / "north"
        folder.mkdir()
        (folder / "syncd.toml").write_text(f"store = \"{folder / 'store.db'}\"\ntoken_file = \"{folder / 'token'}\"\n"
                                           "[pace]\nheartbeat_every_ms = 500\n")
        syncd = [venue.program("lanyard-syncd"), "--config", str(folder / "syncd.toml")]
        subprocess.run([*syncd, "enrol"], input=hub.enrolment_of("north", "main") + "\n", text=True, check=True,
                       capture_output=True, timeout=venue.patience(60))
        daemon = venue.Process(syncd, folder / "syncd.log")
        self.addCleanup(daemon.stop)
        venue.wait_until("a heartbeat", lambda: "never" not in hub.run("device", "list"), 30)
        second = subprocess.run(syncd, capture_output=True, text=True, check=False, timeout=venue.patience(20))
        self.assertEqual(second.returncode, 1)
        self.assertIn("another lanyard-syncd carries", second.stderr)
        self.assertTrue(daemon.alive())

        hub.run("device", "wipe", "north")
        venue.wait_until("the daemon to end", lambda: not daemon.alive(), 30)
        self.assertIn("\thas forgotten all\t", hub.run("device", "list"))
        self.assertEqual(sorted(path.name for path in folder.glob("token*")), ["token"])
        metrics = urllib.request.urlopen(hub.metrics, timeout=10).read().decode()
        self.assertIn('lanyard_devices{standing="forgotten"} 1', metrics)


if __name__ == "__main__":
    unittest.main()
