"""Staff at a real kiosk: by their own PIN, what their role may, each action a row with their name on it."""

import subprocess
import unittest

from base import Journey
import venue

STEWARD = ("A0102", "14142")
ACCREDITATION = ("A0068", "27182")


class Staff(Journey):
    def setUp(self):
        super().setUp()
        self.venue_hub = self.hub()
        self.codes = self.venue_hub.credentials()
        self.north = self.kiosk(self.venue_hub, "north", "main")
        self.south = self.kiosk(self.venue_hub, "south", "main")
        for kiosk in (self.north, self.south):
            kiosk.start_app()
            kiosk.wait_ready()

    def enter(self, staff):
        self.north.enter_staff_mode(staff[1])
        self.north.last("the search", screen="staff_search")

    def open_record(self, attendee):
        self.north.search(attendee.lower())
        self.north.touch(f"search.hit.{attendee}")
        return self.north.last("the record", screen="staff_record", attendee=attendee)

    def back_to_search(self):
        self.north.touch("back")
        self.north.last("the search", screen="staff_search")
        for left in range(4, -1, -1):
            self.north.touch("search.erase")
            self.north.last(f"{left} letters", letters=left)

    def rows(self, kind):
        return self.north.query("SELECT attendee, operator, rule, detail FROM journal WHERE kind = ? ORDER BY seq", kind)

    def at_south(self, what, sql, *values):
        venue.wait_until(f"{what} at the other kiosk", lambda: self.south.query(sql, *values), 30)

    def test_a_steward_admits_by_hand_and_undoes_it_but_neither_admits_the_blocked_nor_stops_badges(self):
        self.enter(STEWARD)
        record = self.open_record("A0002")
        self.assertNotIn("record.stop", record["controls"])
        self.assertNotIn("record.hand_over", record["controls"])
        self.north.touch("record.admit")
        self.north.touch("reason.code_unreadable")
        self.north.last("the admission", outcome="done", working=False)
        self.assertEqual(self.rows("admitted"), [("A0002", "A0102", "admit.main.everyone", "code_unreadable")])
        self.at_south("the admission", "SELECT 1 FROM presence WHERE attendee = 'A0002' AND inside = 1")

        self.north.touch("record.undo")
        self.north.touch("confirm")
        venue.wait_until("the undoing", lambda: self.rows("annulled"))
        self.assertEqual(self.rows("annulled"), [("A0002", "A0102", "staff.undo", "")])
        self.at_south("the undoing", "SELECT 1 FROM presence WHERE attendee = 'A0002' AND inside = 0")
        self.assertEqual(self.show(self.south, self.codes["A0002"])["screen"], "admitted")

        self.back_to_search()
        self.open_record("A0017")
        self.north.touch("record.admit")
        self.north.touch("reason.known_by_sight")
        venue.wait_until("the refusal", lambda: self.rows("refused"))
        self.assertEqual(self.rows("refused"), [("A0017", "A0102", "status.blocked", "known_by_sight")])
        self.assertEqual(len(self.rows("admitted")), 2)  # with the one that the other kiosk sent

    def test_a_liaison_takes_a_delegations_badges_on_one_receipt_and_stopped_badges_die_everywhere(self):
        theirs = sorted(a for a, who in venue.roster().items()
                        if who["delegation"] == "min-newzealand" and who["status"] == "approved")
        self.enter(ACCREDITATION)
        self.open_record("A0002")
        self.north.touch("record.hand_over")
        self.north.touch("hand_over.delegation")
        self.north.last("the delegation", screen="staff_hand_over", people=len(theirs))
        self.north.touch(f"hand_over.{theirs[-1]}")
        self.north.touch("hand_over.confirm")
        number = self.north.wait_event("the receipt", lambda e: e.get("receipt"))["receipt"]
        given = self.rows("handed_over")
        self.assertEqual([row[0] for row in given], theirs[:-1])
        self.assertEqual({row[1:] for row in given}, {("A0068", "collect.bulk", number)})
        venue.wait_until("the badges", lambda: len(list(self.north.printed.glob("*.pdf"))) == len(given), 60)
        self.north.wait_synced()
        receipt = subprocess.run([venue.program("lanyard-hub"), "--data", str(self.venue_hub.data), "journal", "receipt",
                                  number], capture_output=True, text=True, check=True).stdout
        for who in theirs[:-1]:
            self.assertIn(venue.roster()[who]["name"], receipt)
        self.assertNotIn(venue.roster()[theirs[-1]]["name"], receipt)

        self.north.touch("back")
        self.north.last("the record", screen="staff_record")
        self.north.touch("record.stop")
        self.north.touch("reason.lost")
        venue.wait_until("the stop", lambda: self.rows("stopped"))
        self.assertEqual(self.rows("stopped"), [("A0002", "A0068", "stop.lost", "")])
        self.at_south("the stop", "SELECT 1 FROM journal WHERE kind = 'stopped'")
        self.assertEqual(self.show(self.south, self.codes["A0002"])["rule"], "credential.replaced")

    def test_a_substitute_comes_in_for_the_absent_and_the_evacuation_list_has_them(self):
        self.enter(ACCREDITATION)
        self.open_record("A0023")  # their accreditation is not complete
        self.north.touch("record.substitute")
        self.north.last("the search for whom", screen="staff_search")
        self.north.search("a0002")
        self.north.touch("search.hit.A0002")
        self.north.touch("confirm")
        venue.wait_until("the substitution", lambda: self.rows("substituted"))
        self.assertEqual(self.rows("substituted"), [("A0023", "A0068", "staff.substitute", "")])
        self.at_south("the substitution", "SELECT 1 FROM journal WHERE kind = 'substituted'")
        self.assertEqual(self.show(self.south, self.codes["A0002"])["rule"], "status.substituted")
        self.north.touch("record.admit")
        self.north.touch("reason.face_checked")
        venue.wait_until("the admission", lambda: self.rows("admitted"))
        self.assertEqual(self.rows("admitted")[0][:2], ("A0023", "A0068"))
        self.back_to_search()
        self.north.touch("search.evacuation")
        self.north.last("the list", screen="staff_inside", inside=1)


if __name__ == "__main__":
    unittest.main()
