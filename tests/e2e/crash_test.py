"""The kiosk is killed again and again, and never lacks a row whose green was shown."""

import os
import signal
import time
import unittest
from collections import Counter

from base import Journey
import venue

# Of each kill, a new start: some 1.5 s.
KILLS = int(os.environ.get("LANYARD_KILLS", "100"))


class Crash(Journey):
    def test_no_green_lacks_its_row_and_the_hub_has_each_row_once(self):
        chance = venue.seeded("crash")
        # Everyone may enter again and again, so that each look at the camera is a new row.
        event = venue.event_with(self.folder / "event.toml", ('mode = "entry_and_exit"', 'mode = "unlimited"'),
                                 ('badge = "on_first_entry"', 'badge = "none"'))
        hub = self.hub(event=event)
        codes = hub.credentials()
        people = [p["id"] for p in venue.roster().values()
                  if p["status"] == "approved" and p["category"] == "delegate" and not p["valid_from"]
                  and p["id"] in codes][:30]
        kiosk = self.kiosk(hub, "north", "main", fps=20, loop=True, extra="[visit]\nresult_at_least_ms = 0\n")
        for number, picture in enumerate(self.pictures(codes[who] for who in people)):
            for look in range(2):
                (kiosk.frames / f"{number:03d}{look}.png").symlink_to(picture)

        greens_shown = 0
        for kill in range(KILLS):
            mark = kiosk.mark()
            kiosk.start_app()
            # Any moment: while it starts, while it decides and writes, while it greets.
            if kill % 3:
                kiosk.wait_event("a green", lambda e: e["screen"] == "admitted", since=mark, seconds=30)
            time.sleep(chance.uniform(0, 0.8))
            self.assertEqual(kiosk.stop_app(signal.SIGKILL), -signal.SIGKILL)
            if kill % 7 == 3:  # the daemon dies now and then, too
                kiosk.stop_daemon(signal.SIGKILL)
                kiosk.start_daemon()
            greens = Counter()
            last = None
            for said in kiosk.events:
                if said["screen"] == "admitted" and (said["attendee"], said.get("source"), said["since_frame_ms"]) != last:
                    last = (said["attendee"], said.get("source"), said["since_frame_ms"])
                    greens[said["attendee"]] += 1
            rows = Counter(row[2] for row in kiosk.own_rows() if row[1] == "admitted")
            lacking = {who: (count, rows[who]) for who, count in greens.items() if rows[who] < count}
            self.assertFalse(lacking, f"greens without rows (shown, journalled) after kill {kill}: {lacking}")
            greens_shown = sum(greens.values())
        self.assertGreater(greens_shown, KILLS, "too few greens to say anything")

        kiosk.wait_synced(60)
        own = kiosk.own_rows()
        self.assertEqual([row[0] for row in own], list(range(1, len(own) + 1)), "the sequence has a gap")
        at_hub = [(row["device"], row["seq"]) for row in hub.rows() if row["device"] == kiosk.device()]
        self.assertEqual(len(at_hub), len(set(at_hub)), "the hub holds a row twice")
        self.assertEqual(sorted(seq for _, seq in at_hub), [row[0] for row in own])
        hub.run("journal", "verify")
        print(f"{KILLS} kills, {greens_shown} greens shown, {len(own)} rows", flush=True)


if __name__ == "__main__":
    unittest.main()
