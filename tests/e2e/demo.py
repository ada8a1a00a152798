"""The demo: a hub, two kiosks, and delegates who arrive. Run by ./demo, which builds what it needs.

Exits 0 if every delegate got the answer that the roster says, and every count agrees with every other.
"""

import argparse
import csv
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
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
    broken = broken[:40] + ("0" if broken[40] != "0" else "1") + broken[41:]
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
    principal = people["A0208"]["category"]
    rule = "plenary.principals" if principal in ("head-of-state", "minister", "deputy-head", "speaker") \
        else "plenary.delegations"
    hall.append((HALL, "A0208", "badge", "admit." + rule))
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

    def compare(self, kiosk, arrivals, plan, offset=0):
        """Each arrival has shown exactly one result, the right one."""
        shown = {}
        for event in kiosk.events:
            if event["screen"] not in ("admitted", "refused") or "source" not in event:
                continue
            frame = int(re.match(r"(\d+)", Path(event["source"]).name).group(1)) - offset
            shown.setdefault(frame, event)  # the first of its frame: later ones are of the same visit
        for arrival, (_, who, _, rule) in zip(arrivals, plan, strict=True):
            first, last = int(arrival["first_frame"]), int(arrival["last_frame"])
            results = [(frame, event) for frame, event in shown.items() if first <= frame <= last]
            self.arrived += 1
            told = ", ".join(event["rule"] for _, event in results) or "nothing"
            if [event["rule"] for _, event in results] != [rule]:
                self.faults.append(f"{kiosk.name}: {who} was told {told}; the roster says {rule}")
                continue
            frame, event = results[0]
            self.verdicts["admitted" if event["screen"] == "admitted" else rule] += 1
            if event["screen"] == "admitted":
                self.seconds.append((frame - first) / FPS + event["since_frame_ms"] / 1000)

    def agree(self, what, one, other):
        if one != other:
            self.faults.append(f"{what}: {one} against {other}")


def arrivals_of(folder, kiosk):
    with open(folder / "arrivals.csv", newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kiosk"] == kiosk]


def put_before(kiosk, folder, offset=0):
    """Frames into the kiosk's camera folder, numbered from `offset` on."""
    for picture in sorted(folder.iterdir()):
        number, rest = picture.name.split("-", 1)
        picture.rename(kiosk.frames / f"{int(number) + offset:06d}-{rest}")


def last_source(kiosk, arrivals, offset, seconds):
    """Waits until the last arrival's result has been shown."""
    first = int(arrivals[-1]["first_frame"]) + offset
    kiosk.wait_event("the last arrival's result", lambda e: "source" in e
                     and int(re.match(r"(\d+)", Path(e["source"]).name).group(1)) >= first, seconds=seconds)


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
        arrived = crowd.arrive([row[:3] for row in plan], "arrivals", fps=FPS)

        kiosks = {}
        for name, title, checkpoint in ((NORTH, "Main Entrance North", "main"), (HALL, "Plenary Hall", "plenary")):
            display = options.display
            if not display or name != NORTH:  # a screen of its own: one pointer cannot be at two kiosks
                virtual = venue.Display(folder, *options.size)
                closing.append(virtual.stop)
                display = virtual.name
            kiosk = venue.Kiosk(hub, folder / name, title, checkpoint, display, window=options.size, fps=FPS)
            closing.append(kiosk.stop)
            kiosk.start_daemon()
            kiosk.wait_roster()
            kiosks[name] = kiosk
        north, hall = kiosks[NORTH], kiosks[HALL]
        say("Two kiosks, enrolled by one-time code; the first delegates step up")
        for kiosk in (north, hall):
            kiosk.start_app("--screenshots", str(kiosk.shots))
        for name, kiosk in kiosks.items():
            kiosk.wait_ready()
            put_before(kiosk, arrived / name)
        for name, kiosk in kiosks.items():
            last_source(kiosk, arrivals_of(arrived, name), 0, 150)
        show = Show()
        for name, kiosk in kiosks.items():
            show.compare(kiosk, arrivals_of(arrived, name), [row for row in plan if row[0] == name])

        north.wait_event("the idle screen", lambda e: e["screen"] == "idle" and e is north.events[-1], seconds=30)
        reprint(north, lost)
        north.wait_synced()
        new = venue.read_page(north.printed / f"badge-{lost['id']}-2.pdf", folder)
        venue.wait_until("the reprint to be known at the hall", lambda: hall.query(
            "SELECT 1 FROM journal WHERE kind = 'reissued' AND attendee = ?", lost["id"]))
        say(f"  the lost badge is found and used at {hall.name}; then the new one")
        again = [(HALL, lost["id"], "badge", "credential.replaced"),
                 (HALL, lost["id"], "text:" + new, "admit.plenary.delegations")]
        second = crowd.arrive([row[:3] for row in again], "second", fps=FPS)
        offset = 100_000
        put_before(hall, second / HALL, offset)
        last_source(hall, arrivals_of(second, HALL), offset, 60)
        show.compare(hall, arrivals_of(second, HALL), again, offset)
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
