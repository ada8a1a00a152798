"""Why: a decision of a real kiosk is explained at the hub, and whatever was done to its row is found."""

import sqlite3
import subprocess
import unittest

from base import Journey
import venue


class Why(Journey):
    def setUp(self):
        super().setUp()
        self.venue_hub = self.hub()
        self.north = self.kiosk(self.venue_hub, "north", "main")
        self.north.start_app()
        self.north.wait_ready()

    def hub_says(self, *arguments):
        """Exit status and what was printed."""
        done = subprocess.run([venue.program("lanyard-hub"), "--data", str(self.venue_hub.data), *arguments],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def meddle(self, *statements):
        """With the hub's file, as somebody who has it in hand and knows how."""
        with sqlite3.connect(self.venue_hub.data / "hub.db") as file:
            for trigger in ("journal_keeps_rows", "journal_keeps_contents"):
                file.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            for statement in statements:
                file.execute(statement)
        file.close()

    def told(self, device):
        with sqlite3.connect(self.venue_hub.data / "hub.db") as file:
            found = file.execute("SELECT last_seq - unsent FROM device WHERE id = ?", (device,)).fetchone()
        file.close()
        return found[0]

    def test_a_row_is_explained_by_the_rules_of_its_time_and_meddling_shows(self):
        codes = self.venue_hub.credentials()
        self.assertEqual(self.show(self.north, codes["A0002"])["screen"], "admitted")
        self.north.wait_event("idle", lambda e: e["screen"] == "idle" and e is self.north.events[-1])
        blocked = self.venue_hub.run("credential", "issue", "A0017").strip().split(",", 1)[1]
        self.assertEqual(self.show(self.north, blocked)["rule"], "status.blocked")
        self.north.wait_synced()
        device = self.north.device()
        admitted, refused = [f"{device}:{row[0]}" for row in self.north.own_rows() if row[1] in ("admitted", "refused")][:2]

        status, said = self.hub_says("journal", "explain", admitted)
        self.assertEqual(status, 0, said)
        self.assertIn("rule: admit.main.everyone", said)
        self.assertIn("decided again from these facts: the same", said)
        status, said = self.hub_says("journal", "explain", refused)
        self.assertEqual(status, 0, said)
        self.assertIn("the way on: protocol_desk", said)
        self.assertNotIn(venue.roster()["A0017"]["name"], said)

        status, said = self.hub_says("inside")
        self.assertEqual(status, 0, said)
        self.assertIn("A0002,", said)
        self.assertEqual(self.hub_says("inside", "--count")[1].strip(), "1")

        # Another policy from now on: the old row is still of the old one.
        changed = venue.event_with(self.folder / "stricter.toml", ('id = "main.everyone"', 'id = "main.everybody"'))
        self.venue_hub.run("event", "import", str(changed), "--rehearse", "day 1 10:00")
        status, said = self.hub_says("journal", "explain", admitted)
        self.assertEqual(status, 0, said)
        self.assertEqual(self.hub_says("journal", "verify")[0], 0)

        seq = refused.split(":")[1]
        self.meddle(f"UPDATE journal SET record = replace(record, '\"kind\":\"refused\"', '\"kind\":\"admitted\"')"
                    f" WHERE seq = {seq} AND device = '{device}'")
        status, said = self.hub_says("journal", "explain", refused)
        self.assertEqual(status, 1, said)
        self.assertIn("ALTERED", said)
        status, said = self.hub_says("journal", "verify")
        self.assertEqual(status, 1, said)
        self.assertIn("its contents were changed", said)

    def test_a_removed_row_and_one_at_the_end_are_found_missing(self):
        codes = self.venue_hub.credentials()
        for who in ("A0002", "A0003", "A0006"):
            self.assertEqual(self.show(self.north, codes[who])["screen"], "admitted")
        self.north.wait_synced()
        rows = [row[0] for row in self.north.own_rows()]
        device = self.north.device()
        venue.wait_until("the kiosk's word of how many it sent", lambda: self.told(device) >= rows[-1], 60)
        self.north.stop()  # it would send again what the hub lost
        self.meddle(f"DELETE FROM journal WHERE device = '{device}' AND seq = {rows[1]}")
        status, said = self.hub_says("journal", "verify")
        self.assertEqual(status, 1, said)
        self.assertIn("the row is missing", said)
        self.meddle(f"DELETE FROM journal WHERE device = '{device}' AND seq >= {rows[1]}")
        status, said = self.hub_says("journal", "verify")
        self.assertEqual(status, 1, said)
        self.assertIn("rows that the device had sent are missing", said)


if __name__ == "__main__":
    unittest.main()
