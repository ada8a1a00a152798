"""A panel that was made to lie, and hangs upright: its picture is turned, and so is what is touched."""
import pathlib

import pictures
from world import World

HERE = pathlib.Path(__file__).resolve().parent


class Turned(World):
    SECONDS = 420
    LYING = (1920, 1080)

    @classmethod
    def setUpClass(cls):
        cls.skip_if_late()
        World.leave_to_another()
        cls.open(cls, panel=cls.LYING)
        cls.set_up(lambda: cls.hold_code_up("--turned", "90"))
        # What was on top points to the right.
        cls.kiosk.on_panel = lambda x, y: (y, cls.LYING[1] - x)

    def test_01_it_shows_what_one_that_stands_upright_shows(self):
        pictures.compare(pictures.as_seen_turned(self.kiosk.screen("turned")), HERE / "idle.pgm")

    def test_02_a_finger_touches_what_it_is_on(self):
        self.kiosk.press("language.fr")
        self.kiosk.wait_screen("idle", language="fr")

    def test_03_a_badge_is_admitted_on_it(self):
        self.admit_somebody()
