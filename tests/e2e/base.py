"""What every journey starts with: a folder, and an end to all that was started, whatever happened."""

import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import paper
import venue  # noqa: E402


class Journey(unittest.TestCase):
    def setUp(self):
        keep = tempfile.TemporaryDirectory(prefix="lanyard-")
        self.addCleanup(keep.cleanup)
        self.folder = Path(keep.name)

    def hub(self, name="hub", **settings):
        hub = venue.Hub(self.folder / name, **settings).start()
        self.addCleanup(hub.stop)
        return hub

    def kiosk(self, hub, name, checkpoint, **settings):
        """Enrolled, with a roster, on a screen of its own; neither its app nor its daemon is under way."""
        display = venue.Display(self.folder, 720, 1280)
        self.addCleanup(display.stop)
        kiosk = venue.Kiosk(hub, self.folder / name, name, checkpoint, display.name, window=(720, 1280), **settings)
        self.addCleanup(kiosk.stop)
        kiosk.start_daemon()
        kiosk.wait_roster()
        return kiosk

    def pictures(self, texts):
        """A picture of a code for each text, once each."""
        folder = self.folder / "codes"
        folder.mkdir(exist_ok=True)
        made = []
        for text in texts:
            path = folder / f"{len(list(folder.iterdir())):05d}.png"
            made.append(paper.code_picture(text, path))
        return made

    def blank(self):
        path = self.folder / "blank.png"
        return path if path.exists() else paper.blank_picture(path)

    def show(self, kiosk, text, seconds=20):
        """Holds a code up until the kiosk has given its answer, and puts it away; returns what it showed."""
        mark = kiosk.mark()
        picture = self.pictures([text])
        deadline = time.monotonic() + venue.patience(seconds)
        while True:
            kiosk.hold_up(picture * 3)
            try:
                said = kiosk.wait_event("an answer", lambda e: e["screen"] in ("admitted", "refused") and "source" in e,
                                        since=mark, seconds=1.5)
                break
            except venue.VenueError:
                if time.monotonic() > deadline:
                    raise
        kiosk.hold_up([self.blank()])
        return said
