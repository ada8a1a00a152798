"""Lists as people have them, and people who are forgotten: the hub's own program, on real files."""

import csv
import io
import json
import subprocess
import unittest
import zipfile

from base import Journey
from desks import Desks
import venue

ROWS = [["Имя", "Фамилия", "№", "Категория", "Статус", "Размер"],
        ["Анна", "Щербакова &amp; Ко", 1001, "Delegate", "Одобрена", 42],
        [],
        ["Пётр\nАлексеевич", "Иванов", 1002, "delegate", "На рассмотрении", 44]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def cell(value, row, column):
    place = f"{chr(65 + column)}{row}"
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def workbook(path, sheets):
    """An .xlsx of sheets (name, rows), or of one whose XML is given as parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        kinds = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-'
                        f'officedocument.spreadsheetml.worksheet+xml"/>' for n in range(1, len(sheets) + 1))
        book.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
                      '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
                      '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
                      f'officedocument.spreadsheetml.sheet.main+xml"/>{kinds}</Types>')
        book.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type='
                      f'"{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        names = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, (name, _) in enumerate(sheets, 1))
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>')
        links = "".join(f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                        for n in range(1, len(sheets) + 1))
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>')
        for n, (_, rows) in enumerate(sheets, 1):
            with book.open(f"xl/worksheets/sheet{n}.xml", "w") as sheet:
                sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
                for number, row in enumerate(rows, 1):
                    cells = row if isinstance(row, bytes) else "".join(
                        cell(value, number, column) for column, value in enumerate(row)).encode()
                    sheet.write(f'<row r="{number}">'.encode() + cells + b"</row>")
                sheet.write(b"</sheetData></worksheet>")
    return path


class Lists(Journey):
    def setUp(self):
        super().setUp()
        self.empty = self.folder / "none.csv"
        self.empty.write_text("id,name,category,status\n")
        self.venue_hub = venue.Hub(self.folder / "hub", roster=self.empty)

    def says(self, *arguments, env=None):
        """Exit status, standard output and standard error."""
        done = subprocess.run([venue.program("lanyard-hub"), *self.venue_hub.where, *arguments], capture_output=True,
                              text=True, check=False, timeout=venue.patience(300), env=env)
        return done.returncode, done.stdout, done.stderr

    def roster(self):
        return list(csv.DictReader(io.StringIO(self.venue_hub.run("roster", "export"))))

    def test_a_workbook_in_another_language_is_previewed_and_imported(self):
        book = workbook(self.folder / "список.xlsx", [("Титул", [["нет", "ничего"]]), ("Участники", ROWS)])
        status, out, said = self.says("roster", "import", str(book), "--sheet", "Участники", "--dry-run", "--json")
        self.assertEqual(status, 0, said)
        told = json.loads(out)
        self.assertEqual((told["applied"], told["added"], told["bad_lines"]), (False, 2, 0))
        self.assertEqual(told["left_out"], ["column 6 'Размер'"])
        self.assertEqual(self.roster(), [])
        status, out, said = self.says("roster", "import", str(book), "--sheet", "Участники")
        self.assertEqual(status, 0, said)
        people = {row["id"]: row for row in self.roster()}
        self.assertEqual(people["1001"]["name"], "Анна Щербакова & Ко")
        self.assertEqual(people["1001"]["status"], "approved")
        self.assertEqual(people["1002"]["name"], "Пётр Алексеевич Иванов")
        status, out, said = self.says("roster", "import", str(book), "--sheet", "Нет такого")
        self.assertEqual(status, 1)
        self.assertIn("not found", said)
        self.assertEqual(self.says("roster", "import", str(book))[0], 1)  # the first sheet is a title

    def test_what_is_no_good_workbook_is_refused_and_says_why(self):
        bad = self.folder / "bad.xlsx"
        bad.write_bytes(b"PK\x03\x04 and no more")
        status, _, said = self.says("roster", "import", str(bad))
        self.assertEqual(status, 1)
        self.assertIn("cannot read it", said)
        bad.write_text("id,name,category,status\n")
        self.assertIn("is no workbook", self.says("roster", "import", str(bad))[2])
        good = workbook(self.folder / "good.xlsx", [("A", ROWS)])
        status, _, said = self.says("roster", "import", str(good), env={"PATH": "/nowhere"})
        self.assertEqual(status, 1)
        self.assertIn("apt install xlsx2csv", said)

    def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_given_up(self):
        rows = (f'<c r="A{n}" t="inlineStr"><is><t>{"x" * 8_000}</t></is></c>'.encode() for n in range(1, 40_000))
        bomb = workbook(self.folder / "bomb.xlsx", [("A", rows)])
        self.assertLess(bomb.stat().st_size, 2_000_000)
        status, _, said = self.says("roster", "import", str(bomb))
        self.assertEqual(status, 1)
        self.assertRegex(said, "unpack|larger than|longer than")
        self.assertEqual(self.roster(), [])

    def test_an_export_comes_back_unchanged_in_whatever_a_spreadsheet_makes_of_it(self):
        demo = venue.Hub(self.folder / "demo")
        export = demo.run("roster", "export")
        table = list(csv.reader(io.StringIO(export)))
        semicolons = io.StringIO()
        csv.writer(semicolons, delimiter=";").writerows(table)
        tabs = io.StringIO()
        csv.writer(tabs, delimiter="\t").writerows(table)
        for name, data in (("as.csv", export.encode()), ("mark.csv", b"\xef\xbb\xbf" + semicolons.getvalue().encode()),
                           ("unicode.txt", tabs.getvalue().encode("utf-16"))):
            path = self.folder / name
            path.write_bytes(data)
            done = subprocess.run([venue.program("lanyard-hub"), *demo.where, "roster", "import", str(path), "--replace"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"0 added, 0 changed, {len(table) - 1} unchanged, 0 removed", done.stderr)
        path.write_bytes(export.encode("utf-8", "strict").decode().encode("cp1252", "replace"))
        done = subprocess.run([venue.program("lanyard-hub"), *demo.where, "roster", "import", str(path)],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("CSV UTF-8", done.stderr)

    def test_a_list_that_would_remove_many_asks_twice(self):
        people = self.folder / "people.csv"
        people.write_text("id,name,category,status\n" + "".join(f"A{n},P{n},delegate,approved\n" for n in range(20)))
        self.venue_hub.run("roster", "import", str(people))
        few = self.folder / "few.csv"
        few.write_text("id,name,category,status\nA1,P1,delegate,approved\n")
        status, _, said = self.says("roster", "import", str(few), "--replace")
        self.assertEqual(status, 1)
        self.assertIn("19 of 20 people would be removed", said)
        self.assertEqual(len(self.roster()), 20)
        self.assertEqual(self.says("roster", "import", str(few), "--replace", "--yes")[0], 0)
        self.assertEqual(len(self.roster()), 1)

    def test_every_bad_line_is_named_by_its_heading(self):
        bad = self.folder / "bad.csv"
        bad.write_text("Registration No;Full name;Badge;Statut\n1;A;delegate;confirmé\n2;;delegate;peut-être\nx y;C;vip;\n")
        self.assertEqual(self.says("roster", "import", str(bad))[0], 1)
        status, _, said = self.says("roster", "import", str(bad), "--column", "category=badge")
        self.assertEqual(status, 1)
        for expected in ("line 3, column 'Full name' (name): is empty", "line 3, column 'Statut' (status): unknown status",
                         "line 4, column 'Registration No' (id)", "line 4, column 'Badge' (category): the event has no",
                         "line 4, column 'Statut' (status): is empty", "5 thing(s) to mend"):
            self.assertIn(expected, said)
        self.assertEqual(self.roster(), [])
        self.assertEqual(self.says("roster", "import", str(bad), "--column", "category=badge", "--skip-bad")[0], 0)
        self.assertEqual([row["id"] for row in self.roster()], ["1"])

    def test_nobody_is_removed_for_a_slip_in_their_line(self):
        good = self.folder / "all.csv"
        lines = [f"A{i},P{i},delegate,approved" for i in range(12)]
        good.write_text("id,name,category,status\n" + "\n".join(lines) + "\n")
        self.assertEqual(self.says("roster", "import", str(good))[0], 0)
        slip = self.folder / "slip.csv"
        slip.write_text(good.read_text().replace("A3,P3,delegate,approved", "A3,P3,delegate,aproved"))
        status, _, said = self.says("roster", "import", str(slip), "--replace", "--skip-bad")
        self.assertEqual(status, 1)
        self.assertIn("--replace would remove those whom bad lines name", said)
        self.assertEqual(len(self.roster()), 12)


class Forgotten(Desks):
    NAME = "Wilhelmina Quastenflosser"

    def is_in(self, files, word):
        """Of a word long enough that no random number spells it."""
        self.assertGreaterEqual(len(word), 8)
        return any(word.encode() in path.read_bytes() for path in sorted(files))

    def is_in_files(self, word, hub):
        return self.is_in(hub.data.iterdir(), word)

    def is_in_store(self, word, desk):
        return self.is_in(desk.store.parent.glob(desk.store.name + "*"), word)

    def test_a_person_and_then_everybody_is_gone_from_the_files_while_the_hub_serves(self):
        people = self.folder / "people.csv"
        people.write_text("id,name,organisation,category,status\n"
                          f"REG-771940,{self.NAME},Institut,delegate,approved\nB2,Berta Bleibt,=1+1,delegate,approved\n")
        hub = self.hub(roster=people)
        load = subprocess.run([venue.program("lanyard-hub"), *hub.where, "device", "list"], capture_output=True, check=True)
        self.assertNotIn(self.NAME.encode(), load.stdout)
        self.assertTrue(self.is_in_files(self.NAME, hub))
        self.assertIn("'=1+1", hub.run("roster", "export"))
        self.assertIn("'=1+1", hub.run("attendance", "export"))
        seen = hub.run("person", "erase", "REG-771940")
        self.assertEqual(seen, "")
        self.assertTrue(self.is_in_files(self.NAME, hub))
        pseudonym = hub.run("person", "erase", "REG-771940", "--yes").strip()
        self.assertTrue(pseudonym.startswith("erased-"))
        self.assertFalse(self.is_in_files(self.NAME, hub))
        self.assertTrue(self.is_in_files("Berta Bleibt", hub))
        self.assertEqual([row["rule"] for row in hub.rows()], ["person_erased"])
        hub.run("journal", "verify")
        with self.assertRaisesRegex(venue.VenueError, f"{pseudonym} is the pseudonym of somebody else"):
            hub.run("person", "erase", "B2", "--yes", "--as", pseudonym)
        with self.assertRaisesRegex(venue.VenueError, "line 2: column id: 'REG-771940' was erased"):
            hub.run("roster", "import", str(people))

        with self.assertRaisesRegex(venue.VenueError, "not yet: the event runs until"):
            hub.run("event", "purge", "--yes")
        with self.assertRaisesRegex(venue.VenueError, "another event"):
            hub.run("event", "purge", "--yes", "--force", "else-2026")
        report = self.folder / "report.json"
        told = json.loads(hub.run("event", "purge", "--yes", "--force", "forum-2026", "--report", str(report)))
        self.assertEqual(told["removed"]["attendees"], 1)
        self.assertEqual(json.loads(report.read_text()), told)
        self.assertEqual(told["chains"][0]["device"], "hub")
        for word in (self.NAME, "Berta Bleibt", "REG-771940", pseudonym):
            self.assertFalse(self.is_in_files(word, hub), word)
        self.assertEqual(json.loads(hub.run("event", "purge")), told)
        with self.assertRaisesRegex(venue.VenueError, "the event was purged"):
            hub.run("roster", "import", str(people))

    def test_a_person_is_gone_from_the_kiosks_too_once_they_hear_of_it(self):
        people = self.folder / "people.csv"
        people.write_text(f"id,name,category,status,zones\nREG-771940,{self.NAME},delegate,approved,site\n"
                          "B2,Berta Bleibt,delegate,approved,site\n")
        event = venue.event_with(self.folder / "event.toml", ('mode = "entry_and_exit"', 'mode = "unlimited"'),
                                 ('badge = "on_first_entry"', 'badge = "none"'))
        hub = self.hub(event=event, roster=people)
        codes = hub.credentials()
        north, south = self.desk(hub, "north"), self.desk(hub, "south")
        north.admit(codes["REG-771940"])
        south.admit(codes["B2"])
        self.wait_alike(hub, [north, south])
        north.stop_daemon()  # it is away while she is erased, and has a row that nobody else has
        north.admit(codes["REG-771940"])
        pseudonym = hub.run("person", "erase", "REG-771940", "--yes").strip()

        def is_gone(desk):
            return not any(self.is_in_store(word, desk) for word in (self.NAME, "REG-771940"))

        venue.wait_until("the kiosk that is online to have erased her", lambda: is_gone(south), 60)
        self.assertFalse(is_gone(north))
        north.start_daemon()
        venue.wait_until("the kiosk that was away to have erased her", lambda: is_gone(north), 60)
        self.assertTrue(north.admit(codes["REG-771940"]).startswith("refused"))
        self.wait_alike(hub, [north, south])
        venue.wait_until("what her badge has left to be gone", lambda: is_gone(north), 60)
        hub.stop()  # whose own log has what it was told since
        for desk in (north, south):
            self.assertTrue(self.is_in_store("Berta Bleibt", desk))
            self.assertEqual(desk.query("SELECT kind, erased FROM journal WHERE attendee = ? AND detail = '' ORDER BY seq",
                                        pseudonym), [("admitted", 1), ("admitted", 1), ("refused", 1)])
        for word in (self.NAME, "REG-771940"):
            self.assertFalse(self.is_in_files(word, hub), word)
        self.assert_alike(hub, [north, south])

    def test_a_row_that_is_passed_off_as_erased_is_found(self):
        hub = self.hub()
        hub.run("person", "erase", "A0002", "--yes")
        hub.run("person", "erase", "A0004", "--yes")
        hub.stop()
        import sqlite3
        with sqlite3.connect(hub.data / "hub.db") as file:
            file.execute("INSERT INTO erased_row VALUES ('hub', 1, 2)")
            file.execute("UPDATE journal SET record = replace(replace(record, '\"device\"', '\"erased\":true,\"device\"'),"
                         " '0 row', '9 row') WHERE seq = 1")
        file.close()
        with self.assertRaises(venue.VenueError):
            hub.run("journal", "verify")


if __name__ == "__main__":
    unittest.main()
