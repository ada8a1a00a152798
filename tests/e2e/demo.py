"""The demo: a hub, two kiosks, and delegates who arrive. Run by ./demo, which builds what it needs.

Exits 0 if every delegate got the answer that the roster says, and every count agrees with every other.
"""

import argparse
import itertools
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import paper
import venue  # noqa: E402

FPS = 15
NORTH = "north"  # at the main entrance: badges are printed there
HALL = "hall"    # at the plenary hall: few of a delegation, companions after their principal


def say(text):
    print(text, flush=True)


def expected_at_main(person):
    """What the main entrance must answer at 10:00 of day 1; written down apart from the kiosk's own rules."""
    status = {"pending": "status.pending", "blocked": "status.blocked", "withdrawn": "status.withdrawn"}
    if person["status"] in status:
        return status[person["status"]]
    if person["valid_from"].startswith(("day 2", "day 3")):
        return "validity.early"
    staff = ("secretariat", "protocol", "security", "host-police", "medical", "interpreter", "volunteer",
             "host-ministry")
    if person["category"] == "day-visitor":
        return "window.early"  # visitors from 13:30
    if person["category"] in ("contractor", "supplier"):
        return "admit.main.setup"
    return "admit.main.staff" if person["category"] in staff else "admit.main.everyone"


def write_plan(people, codes, chance):
    """Who comes where with what, and what they must be told: rows (kiosk, id, kind, rule)."""
    kinds = ["badge", "phone", "badge", "paper", "badge", "phone-dark"]
    usual = [p for p in people.values() if expected_at_main(p).startswith("admit") and not p["valid_from"]
             and not p["companion_of"]]
    chinese = [p for p in usual if p["languages"].startswith("zh")]
    others = [p for p in usual if not p["languages"].startswith("zh")]
    # Who will lose the badge: comes to the main entrance now, and to the hall later, with the badge and without.
    lost = chance.choice([p for p in others if p["category"] == "delegate" and p["delegation"] not in ("", "wto")
                          and "plenary" in p["zones"].split(";")])
    chosen = chance.sample(chinese, 6) + chance.sample([p for p in others if p is not lost], 15) + [lost]
    chance.shuffle(chosen)
    main = [(NORTH, p["id"], kinds[n % len(kinds)], expected_at_main(p)) for n, p in enumerate(chosen)]
    for late, someone in enumerate(["A0023", "A0266", "A0297", "A0153", "A0057"]):
        main.insert(3 + 4 * late, (NORTH, someone, "badge", expected_at_main(people[someone])))
    broken = next(codes[p["id"]] for p in chosen if codes[p["id"]].startswith("L1:"))
    broken = paper.with_broken_signature(broken)
    main.insert(6, (NORTH, "X1", "text:" + broken, "credential.bad_signature"))
    main.insert(11, (NORTH, "X2", "text:" + codes["other event"], "event.other"))
    main.insert(15, (NORTH, "X3", "text:'; DROP TABLE attendee; --", "attendee.unknown"))
    main.append((NORTH, chosen[0]["id"], "badge", "presence.inside"))

    seated = [p for p in people.values() if p["status"] == "approved" and "plenary" in p["zones"].split(";")
              and not p["valid_from"] and not p["companion_of"]]
    delegates = [p for p in seated if p["category"] == "delegate" and p["delegation"] not in ("wto", lost["delegation"])]
    by_delegation = {p["delegation"]: p for p in delegates}  # one of each, so that no quota is met by chance
    hall = [(HALL, p["id"], kinds[n % len(kinds)], "admit.plenary.delegations")
            for n, p in enumerate(chance.sample(sorted(by_delegation.values(), key=lambda p: p["id"]), 10))]
    wto = [p for p in seated if p["delegation"] == "wto" and p["category"] == "un-agency"][:5]
    for place, person in enumerate(wto):
        rule = "admit.plenary.delegations" if place < 4 else "capacity.quota"
        hall.insert(1 + 2 * place, (HALL, person["id"], "badge", rule))
    hall.insert(2, (HALL, "A0001", "badge", "companion.principal"))
    hall.append((HALL, "A0208", "badge", "admit.plenary.staff"))  # of the secretariat
    hall.append((HALL, "A0001", "badge", "admit.plenary.delegations"))
    hall.insert(5, (HALL, "A0014", "badge", "access.category"))
    hall.insert(8, (HALL, "A0012", "phone", "access.zone"))
    return main + hall, lost


class Show:
    """What the kiosks showed, put beside what they had to show."""

    def __init__(self):
        self.arrived = 0
        self.verdicts = Counter()
        self.seconds = []
        self.faults = []

    def compare(self, kiosk, visits, plan):
        """Each arrival has shown exactly one result, the right one."""
        for visit, (_, who, _, rule) in zip(visits, plan, strict=True):
            results = visit.results(kiosk)
            told = [event["rule"] for event in results]
            self.arrived += 1
            if told != [rule]:
                self.faults.append(f"{kiosk.name}: {who} was told {', '.join(told) or 'nothing'}; the roster says {rule}")
                continue
            self.verdicts["admitted" if results[0]["screen"] == "admitted" else rule] += 1
            if results[0]["screen"] == "admitted":
                self.seconds.append(visit.seconds_to(results[0]))

    def agree(self, what, one, other):
        if one != other:
            self.faults.append(f"{what}: {one} against {other}")


class Visit:
    """One arrival before one camera: walks up, holds the badge still until there is an answer, walks on."""

    HOLD_AT_MOST = 12  # times; then even a patient delegate looks for help

    def __init__(self, kiosk, arrival, numbered, number):
        first, held, last = (int(arrival[key]) for key in ("first_frame", "first_held_frame", "last_frame"))
        still = min(held + 5, last)
        self.coming = [numbered[n] for n in range(first, held)]
        self.holding = [numbered[n] for n in range(held, still)]
        self.going = [numbered[n] for n in range(still, last + 1)]
        self.kiosk = kiosk
        self.first = self.number = number  # of its frames, as the kiosk's camera counts them

    def walk(self):
        """Returns the number of the first frame after this visit."""
        mark = self.kiosk.mark()
        self._show(self.coming + self.holding)
        for _ in range(self.HOLD_AT_MOST):
            try:
                self.kiosk.wait_event("an answer", lambda event: self._is_mine(event), since=mark,
                                      seconds=len(self.coming + self.holding) / FPS + 0.3)
                break
            except venue.VenueError:
                self._show(self.holding)
        self._show(self.going)
        return self.number

    def _show(self, pictures):
        for picture in pictures:
            rest = picture.name.split("-", 1)[1]
            part = self.kiosk.frames / f".{self.number:06d}"
            os.link(picture, part)
            part.rename(self.kiosk.frames / f"{self.number:06d}-{rest}")
            self.number += 1

    @staticmethod
    def _frame(event):
        return int(re.match(r"(\d+)", Path(event["source"]).name).group(1))

    def _is_mine(self, event):
        return (event["screen"] in ("admitted", "refused") and "source" in event
                and self.first <= self._frame(event) < self.number)

    def results(self, kiosk):
        """What was shown for it: one, unless something is wrong. A badge that comes out later is the same result."""
        by_frame = {}
        for event in kiosk.events:
            if self._is_mine(event):
                by_frame.setdefault(self._frame(event), event)
        return list(by_frame.values())

    def seconds_to(self, event):
        return (self._frame(event) - self.first) / FPS + event["since_frame_ms"] / 1000


class Queue:
    """The people before one kiosk, one after the other."""

    def __init__(self, kiosk, film):
        self.kiosk = kiosk
        self.film = film
        self.visits = []
        self.failure = None

    def empty_hall(self):
        """Before anyone comes: what the camera sees at the very start."""
        first = next(self.film.arrivals(self.kiosk.folder.name))
        os.link(min(self.film.frames(first).items())[1], self.kiosk.frames / "000000-hall-0.jpg")

    def walk(self, number=1):
        try:
            for arrival in self.film.arrivals(self.kiosk.folder.name):
                visit = Visit(self.kiosk, arrival, self.film.frames(arrival), number)
                self.visits.append(visit)
                number = visit.walk()
        except venue.VenueError as problem:  # told by the thread that waits for this one
            self.failure = problem


def reprint(kiosk, person):
    """A member of the staff finds the person and prints a new badge."""
    say(f"  staff mode at {kiosk.name}: a reprint for {person['name']} ({person['id']})")
    kiosk.enter_staff_mode()
    kiosk.search(person["id"].lower())
    time.sleep(1.5)  # a picture is kept of what has come to rest, here and below
    kiosk.touch(f"search.hit.{person['id']}")
    kiosk.last("the record", screen="staff_record")
    time.sleep(1.5)
    kiosk.touch("record.reprint")
    kiosk.last("the reasons", choosing=True)
    time.sleep(1.5)
    kiosk.touch("reason.lost")
    kiosk.last("the reprint", reprint="printed")
    time.sleep(1.5)
    kiosk.touch("leave")
    kiosk.last("the idle screen", screen="idle")


def in_turn(plan):
    """The queues by turns, so that each has its first delegate soon."""
    queues = [[row for row in plan if row[0] == name] for name in (NORTH, HALL)]
    return [row for turn in itertools.zip_longest(*queues) for row in turn if row]


def other_event_code(folder):
    """A badge of another forum, properly signed by its hub."""
    event = venue.event_with(folder / "other.toml", ('id = "forum-2026"', 'id = "other-forum"'))
    return venue.Hub(folder / "other-hub", event=event).credentials()["A0002"]


def say_table(show, kiosks, hub, badges):
    say("")
    rows = [("arrived", show.arrived), ("admitted", show.verdicts["admitted"])]
    rows += [(f"refused, {rule}", count) for rule, count in sorted(show.verdicts.items()) if rule != "admitted"]
    rows.append(("badges printed", badges))
    if show.seconds:
        ordered = sorted(show.seconds)
        rows.append(("seconds from first frame to green, median", f"{statistics.median(ordered):.2f}"))
        rows.append(("seconds from first frame to green, p95", f"{ordered[int(0.95 * (len(ordered) - 1))]:.2f}"))
    at_kiosks = sum(len(kiosk.own_rows()) for kiosk in kiosks)
    devices = {kiosk.device() for kiosk in kiosks}
    at_hub = sum(1 for row in hub.rows() if row["device"] in devices)
    rows += [("rows at the kiosks", at_kiosks), ("rows at the hub", at_hub)]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        say(f"  {name:<{width}}  {value:>6}")
    show.agree("rows at the kiosks and at the hub", at_kiosks, at_hub)


def check_counts(show, kiosks, hub, plan):
    """Every number that can be had twice is had twice."""
    kinds = Counter(row[1] for kiosk in kiosks for row in kiosk.own_rows())
    admitted = sum(1 for row in plan if row[3].startswith("admit"))
    show.agree("admitted: planned and journalled", admitted, kinds["admitted"])
    show.agree("admitted: shown and journalled", show.verdicts["admitted"], kinds["admitted"])
    show.agree("refused: planned and journalled", len(plan) - admitted, kinds["refused"])
    files = sum(len(list(kiosk.printed.glob("*.pdf"))) for kiosk in kiosks if kiosk.printed.exists())
    show.agree("badges: files and rows", files, kinds["badge_printed"])
    for kiosk in kiosks:
        show.agree(f"rows that the hub did not take of {kiosk.name}", 0, sum(1 for row in kiosk.own_rows() if row[5] != 1))
    keys = [(row["device"], row["seq"]) for row in hub.rows()]
    show.agree("rows at the hub, and different ones", len(keys), len(set(keys)))
    hub.run("journal", "verify")
    return files


def run(options):
    folder = options.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chance = random.Random(options.seed)
    people = venue.roster()
    closing = []
    try:
        say("A hub, with the demo's event (moved so that it is 10:00 of day 1) and 320 invented delegates")
        hub = venue.Hub(folder / "hub").start()
        closing.append(hub.stop)
        # Lanyard's own credentials, and for those who were sent a code by the registration system, that code.
        codes = hub.credentials() | {p["id"]: p["credential"] for p in people.values() if p["credential"]}
        plan, lost = write_plan(people, codes | {"other event": other_event_code(folder)}, chance)
        say(f"{len(plan)} of them arrive: their badges, phones and papers before the cameras")
        crowd = venue.People(folder / "people", codes, seed=options.seed)
        film = crowd.arrive(in_turn([row[:3] for row in plan]), "arrivals", fps=FPS)
        closing.append(film.stop)

        kiosks = {}
        for name, title, checkpoint in ((NORTH, "Main Entrance North", "main"), (HALL, "Plenary Hall", "plenary")):
            display = options.display
            if not display or name != NORTH:  # a screen of its own: one pointer cannot be at two kiosks
                virtual = venue.Display(folder, *options.size)
                closing.append(virtual.stop)
                display = virtual.name
            kiosk = venue.Kiosk(hub, folder / name, title, checkpoint, display, window=options.size, fps=FPS,
                                theme=venue.SOURCE / "assets" / "themes" / "forum" / "theme.toml")
            closing.append(kiosk.stop)
            kiosk.start_daemon()
            kiosk.wait_roster()
            kiosks[name] = kiosk
        north, hall = kiosks[NORTH], kiosks[HALL]
        say("Two kiosks, enrolled by one-time code; the first delegates step up")
        queues = [Queue(kiosk, film) for kiosk in (north, hall)]
        for kiosk, queue in zip((north, hall), queues, strict=True):
            queue.empty_hall()
            kiosk.start_app("--screenshots", str(kiosk.shots))
        for kiosk in (north, hall):
            kiosk.wait_ready()
        walking = [threading.Thread(target=queue.walk) for queue in queues]
        for thread in walking:
            thread.start()
        watch(walking, queues, len(plan))
        for queue in queues:
            if queue.failure:
                raise queue.failure
        show = Show()
        for name, queue in zip(kiosks, queues, strict=True):
            show.compare(queue.kiosk, queue.visits, [row for row in plan if row[0] == name])

        north.last("the idle screen", screen="idle")
        reprint(north, lost)
        north.wait_synced()
        new = paper.read_page(next(north.printed.glob(f"badge-{lost['id']}-2-*.pdf")), folder)
        venue.wait_until("the reprint to be known at the hall", lambda: hall.query(
            "SELECT 1 FROM journal WHERE kind = 'reissued' AND attendee = ?", lost["id"]))
        say(f"  the lost badge is found and used at {hall.name}; then the new one")
        again = [(HALL, lost["id"], "badge", "credential.replaced"),
                 (HALL, lost["id"], "text:" + new, "admit.plenary.delegations")]
        second = crowd.arrive([row[:3] for row in again], "second", fps=FPS)
        later = Queue(hall, second)
        later.walk(100_000)
        if later.failure:
            raise later.failure
        show.compare(hall, later.visits, again)
        for kiosk in (north, hall):
            kiosk.wait_synced()
        badges = check_counts(show, [north, hall], hub, plan + again)
        say_table(show, [north, hall], hub, badges)
        collect_screens([north, hall], folder / "screens")
        if options.display:
            stay_open(north)
        return show
    finally:
        for close in reversed(closing):
            close()


def watch(walking, queues, total):
    """Says how far the queues have come, until they are through."""
    while any(thread.is_alive() for thread in walking):
        come = sum(len(queue.visits) for queue in queues)
        if sys.stdout.isatty():
            print(f"\r  {come} of {total}", end="", flush=True)
        for thread in walking:
            thread.join(timeout=0.5)
    if sys.stdout.isatty():
        print()


def collect_screens(kiosks, folder):
    folder.mkdir()
    for kiosk in kiosks:
        for picture in sorted(kiosk.shots.glob("*.png")):
            if not (folder / picture.name).exists():
                shutil.copyfile(picture, folder / picture.name)
    say(f"  pictures of {len(list(folder.iterdir()))} screens in {folder}")


def stay_open(kiosk):
    say("")
    say(f"The kiosk stays open. Staff mode: hold the top right corner for two seconds; the PIN is {venue.PIN}.")
    say("Close its window, or press Ctrl-C here, to end the demo.")
    try:
        while kiosk.app.alive():
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass


def main():
    parser = argparse.ArgumentParser(prog="./demo", description="A hub, two kiosks, and delegates who arrive.")
    parser.add_argument("--folder", type=Path, default=venue.SOURCE / "demo-run", help="where everything is kept")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other delegates and other frames")
    parser.add_argument("--headless", action="store_true", help="no window, though there is a display")
    parser.add_argument("--size", default="1080x1920", help="of the kiosks' screens, in pixels")
    options = parser.parse_args()
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", options.size)
    if not match:
        parser.error(f"--size {options.size}: expected WIDTHxHEIGHT")
    options.size = (int(match.group(1)), int(match.group(2)))
    options.display = None if options.headless else os.environ.get("DISPLAY")
    started = time.monotonic()
    try:
        show = run(options)
    except (venue.VenueError, subprocess.SubprocessError, OSError) as problem:
        say(f"\nThe demo broke off: {problem}\nLogs of all programs are in {options.folder}")
        return 1
    for fault in show.faults:
        say(f"  WRONG  {fault}")
    say(f"  {'all numbers agree' if not show.faults else 'these numbers disagree'}"
        f" ({time.monotonic() - started:.0f} s)")
    return 1 if show.faults else 0


if __name__ == "__main__":
    sys.exit(main())
