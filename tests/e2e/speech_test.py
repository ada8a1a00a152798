"""A kiosk that is listened to: its sound goes to a file by ALSA's own device, and its keypad is a keyboard."""

import array
import unittest

from base import Journey
import venue


class Speech(Journey):
    def setUp(self):
        super().setUp()
        self.venue_hub = self.hub()
        self.codes = self.venue_hub.credentials()
        self.sound = self.folder / "heard.raw"
        self.north = self.kiosk(self.venue_hub, "north", "main",
                                extra=f"[sound]\ndevice = \"file:FILE={self.sound},FORMAT=raw\"\n")
        self.north.start_app()
        self.north.wait_ready()

    def heard(self):
        """How many samples are not silence."""
        samples = array.array("h")
        if self.sound.exists():
            data = self.sound.read_bytes()
            samples.frombytes(data[:len(data) // 2 * 2])
        return sum(1 for sample in samples if abs(sample) > 300)

    def test_its_key_has_the_screen_read_a_key_stops_it_and_a_badge_is_told(self):
        self.assertEqual(self.heard(), 0)
        self.north.key("F1")
        venue.wait_until("the idle screen to be read", lambda: self.heard() > 22050)
        first = self.heard()
        self.north.key("Right")
        venue.wait_until("what the keypad came to", lambda: self.heard() > first)
        before = self.heard()
        self.assertEqual(self.show(self.north, self.codes["A0002"])["screen"], "admitted")
        venue.wait_until("the welcome", lambda: self.heard() > before + 11025)
        self.assertEqual(self.north.log_tail().count("[warning]"), 0, self.north.log_tail())

    def test_one_touch_of_its_button_does_it_too(self):
        # It comes up once the voice has been tried.
        self.north.wait_event("its button", lambda e: "speech" in e["controls"])
        self.north.touch("speech")
        venue.wait_until("the idle screen to be read", lambda: self.heard() > 22050)


if __name__ == "__main__":
    unittest.main()
