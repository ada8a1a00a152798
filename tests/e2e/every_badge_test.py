"""Every delegate of the demo roster comes to the main entrance, badge in hand, and is told what the roster says."""

import re
import unittest
from pathlib import Path

from base import Journey
from demo import expected_at_main
import venue


class EveryBadge(Journey):
    def test_every_demo_badge_through_the_replay_camera_gives_the_expected_verdict(self):
        # Where nobody is inside yet, and each comes once: no re-entry, and badges are for another test.
        hub = self.hub(event=venue.event_with(self.folder / "event.toml", ('badge = "on_first_entry"', 'badge = "none"')))
        people = venue.roster()
        codes = {p["id"]: p["credential"] for p in people.values() if p["credential"]} | hub.credentials()
        # Whom the hub issues nothing, and who was sent no code, cannot come; some set-up crews have dates of their own.
        coming = [p for p in people.values() if p["id"] in codes and not re.match(r"\d{4}-", p["valid_from"])]
        self.assertGreater(len(coming), 300)
        if venue.patience(1) > 1:  # under a sanitizer a delegate's pictures take seconds
            coming = coming[::8]
            print(f"every_badge: {len(coming)} of them, as everything is slow here", flush=True)
        crowd = venue.People(self.folder / "people", codes)
        film = crowd.arrive([("north", p["id"], "badge") for p in coming], "all", clean=True, fps=5)
        self.addCleanup(film.stop)

        kiosk = self.kiosk(hub, "north", "main", fps=25, extra="[visit]\nresult_at_least_ms = 0\n")
        kiosk.start_app()
        kiosk.wait_ready()
        # Of each arrival one frame, held still: a queue in a hurry.
        for turn, (arrival, person) in enumerate(zip(film.arrivals("north"), coming, strict=True)):
            mark = kiosk.mark()
            kiosk.hold_up([film.frames(arrival)[int(arrival["first_held_frame"])]])
            said = kiosk.wait_event(f"an answer for {person['id']}", lambda e: e["screen"] in ("admitted", "refused")
                                    and "source" in e and e.get("attendee") == person["id"], since=mark)
            self.assertEqual(said["rule"], expected_at_main(person), person)
            self.assertEqual(Path(said["source"]).name, f"{turn:06d}.jpg")
        verdicts = [(row[2], row[3]) for row in kiosk.own_rows()]
        self.assertEqual(verdicts, [(p["id"], expected_at_main(p)) for p in coming])


if __name__ == "__main__":
    unittest.main()
