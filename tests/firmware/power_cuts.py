"""The plug is pulled at any moment, again and again; what was green is on the disk."""
import os
import random
import time

import pictures
from world import World, say

CUTS = int(os.environ.get("LANYARD_CUTS", "5"))


class PowerCuts(World):
    SECONDS = 240 + 160 * CUTS

    def show_next(self, until):
        """Who is next is held up until then, and returned if they were seen in green: they, and not whoever came before."""
        who = self.people.pop(0)
        self.kiosk.scene.show(self.codes[who])
        while time.monotonic() < until:
            if pictures.is_green(self.kiosk.screen("load")) and (self.kiosk.shown() or {}).get("attendee") == who:
                return who
        return None

    def under_load(self, chance, share, begins_green):
        """Those who were seen in green until the power is cut. With `begins_green` that moment is drawn from when somebody was,
        as a machine that is slow may come to nobody before; and else from now."""
        green = []
        if begins_green:
            who = self.show_next(time.monotonic() + 120)
            self.assertIsNotNone(who, "nobody was admitted in two minutes")
            green.append(who)
        until = time.monotonic() + chance.uniform(2, 25)
        # The next one is held up in their place at once: the kiosk is always at it.
        while time.monotonic() < until and len(green) < share:
            green.append(self.show_next(until))
        time.sleep(max(0, until - time.monotonic()))
        return [who for who in green if who]

    def test_01_no_row_whose_green_was_seen_is_missing(self):
        chance = random.Random(int(os.environ.get("LANYARD_SEED", "1")))
        kiosk, green = self.kiosk, []
        share = len(self.people) // CUTS  # enough for all cuts
        for cut in range(CUTS):
            green += self.under_load(chance, share, begins_green=cut % 2 == 0)
            kiosk.cut_power()
            say(f"cut {cut + 1} of {CUTS}: {len(green)} seen in green so far")
            kiosk.power_on()
            kiosk.come_up()
            kiosk.wait_screen("idle", timeout=180)
            self.assertEqual(kiosk.run("journalctl -b -k --no-pager -o cat | grep -ciE 'EXT4-fs (error|warning)' || true").strip(), "0")
        for who in green:
            kiosk.wait(f"the row of {who} at the hub", lambda w=who: self.row_at_hub(w), 120)
        self.assertGreaterEqual(len(green), (CUTS + 1) // 2)
        self.hub.run("journal", "verify")
