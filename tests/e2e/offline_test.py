"""The hub is away, and two kiosks are apart: nothing is lost, and what does not fit is named."""

import unittest

from base import Journey
import venue


class Offline(Journey):
    def test_a_hub_that_is_away_for_the_whole_day_gets_every_row_in_the_end(self):
        hub = self.hub()
        codes = hub.credentials()
        kiosk = self.kiosk(hub, "north", "main")
        hub.stop()
        kiosk.start_app()
        kiosk.wait_ready()
        people = ["A0002", "A0005", "A0100", "A0008"]
        shown = [self.show(kiosk, codes[who])["screen"] for who in people]
        self.assertIn("admitted", shown)
        self.assertIn("refused", shown)
        # The kiosk is switched off and on again, still alone.
        kiosk.stop_app()
        kiosk.stop_daemon()
        kiosk.start_daemon()
        mark = kiosk.mark()
        kiosk.start_app()
        kiosk.wait_event("idle again", lambda e: e["screen"] == "idle", since=mark)
        again = self.show(kiosk, codes["A0002"])
        self.assertEqual(again["rule"], "presence.inside")

        hub.start()
        kiosk.wait_synced(60)
        own = [(row[0], row[1]) for row in kiosk.own_rows()]
        at_hub = sorted((row["seq"], row["kind"]) for row in hub.rows() if row["device"] == kiosk.device())
        self.assertEqual(at_hub, own)
        hub.run("journal", "verify")

    def test_one_badge_at_two_kiosks_apart_gives_both_rows_and_one_named_alert(self):
        hub = self.hub()
        codes = hub.credentials()
        kiosks = [self.kiosk(hub, name, "main") for name in ("north", "south")]
        for kiosk in kiosks:
            kiosk.stop_daemon()  # they cannot hear of each other
            kiosk.start_app()
            kiosk.wait_ready()
            self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        for kiosk in kiosks:
            kiosk.start_daemon()
        for kiosk in kiosks:
            kiosk.wait_synced(60)
        venue.wait_until("the alert", hub.alerts)
        admitted = [row for row in hub.rows() if row["kind"] == "admitted" and row["attendee"] == "A0002"]
        self.assertEqual({row["device"] for row in admitted}, {kiosk.device() for kiosk in kiosks})
        alerts = [row for row in hub.rows() if row["kind"] == "alert" and row["device"] == "hub"]
        self.assertEqual(len(alerts), 1, alerts)
        self.assertEqual(alerts[0]["rule"], "double_entry")
        for named in ("A0002", *(kiosk.device() for kiosk in kiosks)):
            self.assertIn(named, alerts[0]["detail"])
        # Both kiosks get to know of the other's row, and of the alert.
        for kiosk in kiosks:
            venue.wait_until("the alert at the kiosk", lambda k=kiosk: k.query(
                "SELECT 1 FROM journal WHERE kind = 'alert' AND device = 'hub'"), 30)
            self.assertEqual(len(kiosk.query("SELECT 1 FROM journal WHERE kind = 'admitted' AND attendee = 'A0002'")), 2)

    def test_a_second_kiosk_knows_of_an_entry_that_the_first_has_just_seen(self):
        hub = self.hub()
        codes = hub.credentials()
        north, south = (self.kiosk(hub, name, "main") for name in ("north", "south"))
        for kiosk in (north, south):
            kiosk.start_app()
            kiosk.wait_ready()
        self.assertEqual(self.show(north, codes["A0002"])["screen"], "admitted")
        venue.wait_until("the row at the other kiosk", lambda: south.query(
            "SELECT 1 FROM journal WHERE kind = 'badge_printed' AND attendee = 'A0002'"), 30)
        self.assertEqual(self.show(south, codes["A0002"])["rule"], "presence.inside")
        self.assertEqual(hub.alerts(), [])


if __name__ == "__main__":
    unittest.main()
