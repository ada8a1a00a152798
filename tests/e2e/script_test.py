"""The screens walked through without hands: `lanyard-kiosk --script`."""

import csv
import json
import os
import subprocess
import unittest
from pathlib import Path

from base import Journey
import venue

SCRIPTS = Path(__file__).resolve().parent / "scripts"
SHORT_PIN = "2718"


class Script(Journey):
    def opened_hub(self):
        return self.hub()

    def setUp(self):
        super().setUp()
        self.venue_hub = self.opened_hub()
        hashed = subprocess.run([venue.program("lanyard-kiosk"), "hash-pin"], input=SHORT_PIN, capture_output=True,
                                text=True, check=True).stdout.strip()
        self.north = self.kiosk(self.venue_hub, "north", "main",
                                extra=f"[sound]\ndevice = \"none\"\n[[staff]]\nid = \"practised\"\npin_hash = '{hashed}'\n")
        self.shots = self.folder / "shots"

    def play(self, text, *extra):
        script = self.folder / "walk.script"
        script.write_text(text)
        env = dict(os.environ, DISPLAY=self.north.display, ASAN_OPTIONS="detect_leaks=0")
        env.pop("WAYLAND_DISPLAY", None)
        return subprocess.run([venue.program("lanyard-kiosk"), "--config", str(self.north.folder / "kiosk.toml"),
                               "--script", str(script), "--screenshots", str(self.shots), *extra],
                              env=env, capture_output=True, text=True, check=False, timeout=venue.patience(120))

    def items(self, name):
        return [json.loads(line) for line in (self.shots / f"{name}.json").read_text().splitlines()]

    def labels(self, name):
        return [item["label"] for item in self.items(name)]


class Walks(Script):
    def test_a_lost_badge_is_printed_anew_with_eight_touches_besides_the_letters(self):
        played = self.play((SCRIPTS / "reprint.script").read_text())
        self.assertEqual(played.returncode, 0, played.stderr)
        self.assertIn("9 touches, and 4 of letters", played.stdout)  # the ninth leaves staff mode
        self.assertEqual(len(list(self.north.printed.glob("badge-A0002-2-*.pdf"))), 1)
        self.assertEqual(self.north.query("SELECT attendee, operator FROM journal WHERE kind = 'reissued'"),
                         [("A0002", "practised")])
        self.assertIn("Mānuka Te Whaiti-Pōtae", self.labels("search"))
        self.assertTrue((self.shots / "printed.png").read_bytes().startswith(b"\x89PNG"))

    def test_a_visit_is_played_in_moments_and_leaves_nothing_behind(self):
        code = self.venue_hub.credentials()["A0002"]
        played = self.play((SCRIPTS / "visit.script").read_text().replace("CODE", code))
        self.assertEqual(played.returncode, 0, played.stderr)
        french = self.items("idle-large-fr")
        self.assertEqual({item["language"] for item in french if item["id"] == "title"}, {"fr"})
        chosen = {item["id"] for item in french if item.get("chosen")}
        self.assertEqual(chosen, {"language.fr", "contrast", "large-type"})
        self.assertIn("Mānuka Te Whaiti-Pōtae", self.labels("welcome"))
        self.assertEqual(len(self.north.query("SELECT 1 FROM journal WHERE kind = 'admitted'")), 1)
        self.assertEqual(len(self.north.query("SELECT 1 FROM journal WHERE kind = 'refused'")), 1)

    def test_a_script_that_cannot_be_played_says_where(self):
        played = self.play("until idle\ntouch no.such.control\n")
        self.assertEqual(played.returncode, 1)
        self.assertIn("walk.script:2: waited in vain for \"no.such.control\"; the screen is idle-en", played.stderr)
        played = self.play("dance\nwait forever\nshot ../x\n")
        self.assertEqual(played.returncode, 78)  # it could not begin
        for line in ("walk.script:1: 'dance'", "walk.script:2: wait", "walk.script:3: shot"):
            self.assertIn(line, played.stderr)


PREVIEW = """\
until idle
show CODE
until badge_preview
expect Please check your badge
expect Your name on it
shot preview
touch name.1
shot chosen
touch print
until admitted
expect Please take your badge below
wait 60
until idle
show OTHER
until badge_preview
wait 1
touch wrong
until admitted
expect Ваш бейдж исправят здесь
shot incorrect
wait 60
until idle
show OTHER
until badge_preview
wait 60
until idle
"""


class Preview(Script):
    """Where the event shows people their badge before it is printed."""

    def opened_hub(self):
        event = venue.event_with(self.folder / "event.toml", ("reprints = 3", "badge_preview = true\nreprints = 3"))
        people = self.folder / "roster.csv"
        with open(venue.DEMO / "roster.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["badge_names"] = "Manuka Pōtae; Mānuka T." if row["id"] == "A0002" else ""
        with open(people, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return self.hub(event=event, roster=people)

    def test_a_badge_is_looked_at_named_and_printed_or_staff_are_called(self):
        codes = self.venue_hub.credentials()
        played = self.play(PREVIEW.replace("CODE", codes["A0002"]).replace("OTHER", codes["A0003"]))
        self.assertEqual(played.returncode, 0, played.stderr)
        chosen = {item["id"] for item in self.items("chosen") if item.get("chosen")}
        self.assertIn("name.1", chosen)
        self.assertEqual(self.north.query("SELECT attendee, detail FROM journal WHERE kind = 'badge_requested'"),
                         [("A0002", "Manuka Pōtae")])
        self.assertEqual(len(list(self.north.printed.glob("badge-A0002-1-*.pdf"))), 1)
        self.assertEqual(self.north.query("SELECT detail FROM journal WHERE rule = 'badge.incorrect'"),
                         [("A0003 says that their badge is wrong",)])
        self.assertEqual(len(self.north.query("SELECT 1 FROM journal WHERE kind = 'admitted'")), 2)


del Script


if __name__ == "__main__":
    unittest.main()
