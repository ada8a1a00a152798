"""A lost badge: staff find the person, a real IPP printer prints anew, the old badge is dead everywhere."""

import unittest

from base import Journey
import paper
import venue


class Reprint(Journey):
    def test_a_reprinted_badge_works_and_its_predecessor_does_not(self):
        hub = self.hub()
        codes = hub.credentials()
        printer = paper.IppPrinter(self.folder / "printer")
        self.addCleanup(printer.stop)
        north = self.kiosk(hub, "north", "main", printer=printer.uri)
        hall = self.kiosk(hub, "hall", "plenary")
        for kiosk in (north, hall):
            kiosk.start_app()
            kiosk.wait_ready()
        who = "A0002"
        person = venue.roster()[who]
        first = self.show(north, codes[who])
        self.assertEqual(first["screen"], "admitted")
        # The printer takes its time, up to 15 s: longer than the welcome stays on the screen.
        venue.wait_until("the badge on paper", lambda: north.query(
            "SELECT 1 FROM journal WHERE kind = 'badge_printed' AND attendee = ?", who), 60)
        self.assertEqual(len(printer.pages()), 1)
        printed_first = paper.read_page(printer.pages()[0], self.folder)
        north.wait_event("idle", lambda e: e["screen"] == "idle" and e is north.events[-1])

        # A wrong PIN opens nothing; the right one does.
        north.enter_staff_mode("99999999")
        north.wait_event("the refusal", lambda e: e.get("wrong") and e is north.events[-1])
        north.enter_pin()
        north.search(venue_letters(person["name_sort"]))
        north.touch(f"search.hit.{who}")
        north.last("the record", screen="staff_record")
        north.touch("record.reprint")
        north.touch("reason.lost")
        north.wait_event("the reprint", lambda e: e.get("reprint") == "printed" and e.get("generation") == 2, seconds=40)
        north.touch("leave")

        self.assertEqual(len(printer.pages()), 2)
        printed_again = paper.read_page(next(p for p in printer.pages() if p != printer.pages()[0]), self.folder)
        self.assertNotEqual(printed_first, printed_again)
        venue.wait_until("the reissue at the hall", lambda: hall.query(
            "SELECT 1 FROM journal WHERE kind = 'reissued' AND attendee = ?", who))
        # Every code of the first generation is dead, at the hall and at the entrance: the printed and the sent one.
        for kiosk in (hall, north):
            kiosk.wait_event("idle", lambda e, k=kiosk: e["screen"] == "idle" and e is k.events[-1])
            for dead in (printed_first, codes[who]):
                self.assertEqual(self.show(kiosk, dead)["rule"], "credential.replaced")
        self.assertEqual(self.show(hall, printed_again)["screen"], "admitted")
        self.assertEqual(self.show(north, printed_again)["rule"], "presence.inside")

        kinds = [(row[1], row[3], row[4]) for row in north.own_rows() if row[2] == who]
        self.assertIn(("reissued", "reprint.lost", 2), kinds)
        self.assertIn(("badge_printed", "badge.reprint", 2), kinds)
        entered = north.query("SELECT operator FROM journal WHERE kind = 'staff_entered'")
        self.assertEqual(entered, [("front-desk",)])
        self.assertEqual(len(north.query("SELECT 1 FROM journal WHERE rule = 'staff.wrong_pin'")), 1)

    def test_whoever_meets_a_printer_without_paper_is_told_and_the_badge_comes_out_once_there_is_some(self):
        hub = self.hub()
        codes = hub.credentials()
        printer = paper.IppPrinter(self.folder / "printer")
        self.addCleanup(printer.stop)
        north = self.kiosk(hub, "north", "main", printer=printer.uri)
        north.start_app()
        north.wait_ready()
        printer.take_paper_out()
        mark = north.mark()
        self.assertEqual(self.show(north, codes["A0002"])["screen"], "admitted")
        north.wait_event("that the badge is held up", lambda e: e.get("badge") == "held", since=mark, seconds=40)
        # On the same screen, before it goes.
        shown = [e["screen"] for e in north.events[mark:]]
        self.assertNotIn("idle", shown[shown.index("admitted"):])
        alerts = north.query("SELECT detail FROM journal WHERE rule = 'printer.held_up'")
        self.assertEqual(alerts, [("the printer is out of paper",)])
        # Nobody gets a second one meanwhile, and nobody else has to wait for the first.
        north.wait_event("idle", lambda e: e["screen"] == "idle" and e is north.events[-1], seconds=40)
        self.assertEqual(self.show(north, codes["A0002"])["rule"], "presence.inside")
        north.wait_event("idle", lambda e: e["screen"] == "idle" and e is north.events[-1], seconds=40)
        mark = north.mark()
        self.assertEqual(self.show(north, codes["A0003"])["screen"], "admitted")
        north.wait_event("the badge owed", lambda e: e.get("badge") == "owed", since=mark, seconds=40)
        printer.put_paper_in()
        venue.wait_until("the badge on paper", lambda: north.query(
            "SELECT 1 FROM journal WHERE kind = 'badge_printed' AND attendee = 'A0002'"), 40)
        north.wait_event("idle", lambda e: e["screen"] == "idle" and e is north.events[-1], seconds=40)
        settled = self.show(north, codes["A0003"])
        self.assertEqual((settled["screen"], settled["rule"]), ("admitted", "badge.owed"))
        venue.wait_until("the other badge", lambda: len(north.query(
            "SELECT 1 FROM journal WHERE kind = 'badge_printed'")) == 2, 40)
        self.assertEqual(len(printer.pages()), 2)

    def test_a_printer_that_is_away_leaves_the_badge_owed_and_any_kiosk_can_settle_it(self):
        hub = self.hub()
        codes = hub.credentials()
        north = self.kiosk(hub, "north", "main", printer="ipp://127.0.0.1:9/ipp/print")
        south = self.kiosk(hub, "south", "main")
        for kiosk in (north, south):
            kiosk.start_app()
            kiosk.wait_ready()
        self.assertEqual(self.show(north, codes["A0002"])["screen"], "admitted")
        north.wait_event("the badge owed", lambda e: e.get("badge") == "owed", seconds=40)
        venue.wait_until("the entry at the other kiosk", lambda: south.query(
            "SELECT 1 FROM journal WHERE kind = 'badge_failed' AND attendee = 'A0002'"), 30)
        settled = self.show(south, codes["A0002"])
        self.assertEqual((settled["screen"], settled["rule"]), ("admitted", "badge.owed"))
        south.wait_event("the badge on paper", lambda e: e.get("badge") == "printed")
        self.assertEqual(len(list(south.printed.glob("*.pdf"))), 1)
        self.assertEqual(len([row for row in north.own_rows() + south.own_rows() if row[1] == "admitted"]), 1)


def venue_letters(name_sort):
    """The family name as staff type it on the keys they have."""
    plain = {"ō": "o", "ā": "a"}
    family = name_sort.split(",")[0].split(" ")[0].lower()
    return [plain.get(letter, letter) for letter in family if plain.get(letter, letter).isascii() and
            plain.get(letter, letter).isalpha()]


if __name__ == "__main__":
    unittest.main()
