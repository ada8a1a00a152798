#!/usr/bin/env python3
"""Plants a fault in the product, one at a time, and looks whether the simulation finds it.

A fault is a change of one place in one source: it is compiled aside and linked in place of the original. Nothing is
written but in a temporary folder. One that is not found within the seeds is told, and the exit is 1.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "mutation"))
sys.dont_write_bytecode = True  # into the source tree
from mutate import Bench, MutationError, ROOT  # noqa: E402

# (what, source, before, after)
FAULTS = [
    ("merge: a conflict is told only where the devices come in order of their names", "sync/merge.cpp",
     "if (earlier.row.device == later.row.device ||", "if (earlier.row.device >= later.row.device ||"),
    ("merge: what was annulled happened all the same", "sync/merge.cpp",
     "if (annulled.contains(row.id)) continue;", ""),
    ("merge: nobody leaves a zone for another", "sync/merge.cpp",
     "for (const std::string& left : zone->leaves) inside.erase(left);", ""),
    ("order: a boot that came to know the time does not tell of when its earlier rows were", "sync/order.cpp",
     "reference == known.end()", "reference == known.end() || row.hlc.wall_ms != 0"),
    ("presence: who leaves the site stays in its hall", "sync/presence.cpp",
     "for (const std::string& left : zones_within(placed.row.zone, zones)) {",
     "for (const std::string& left : {placed.row.zone}) {"),
    ("merge: of two rows in a row of one device one is dropped", "sync/merge.cpp",
     "for (const JournalRow& row : a) by_key.emplace(std::pair(row.device, row.seq), &row);",
     "for (const JournalRow& row : a) by_key.emplace(std::pair(row.device, row.seq / 2), &row);"),
    ("order: by what the clocks said, and not by what is known of them", "sync/order.cpp",
     "return std::tie(a.at, a.row.hlc, a.row.device, a.row.seq) <\n           std::tie(b.at, b.row.hlc,",
     "return std::tie(a.row.hlc, a.at, a.row.device, a.row.seq) <\n           std::tie(b.row.hlc, b.at,"),
    ("plan: a hub that asks to be left alone is not", "sync/plan.cpp",
     "state.not_before = now + floor + std", "state.not_before = now + 0 * floor + std"),
    ("plan: a row alone is not worth the way", "sync/plan.cpp",
     "if (state.unsent > 0)", "if (state.unsent > 1)"),
    ("plan: the wait after a failure is a hundred times as long", "sync/plan.cpp",
     "std::chrono::duration_cast<std::chrono::milliseconds>(jitter)",
     "std::chrono::duration_cast<std::chrono::milliseconds>(jitter * 100)"),
    ("plan: own rows starve behind a page that fails", "sync/plan.cpp",
     "return list[static_cast<std::size_t>(std::max(back_off.failures, 0)) % list.size()];", "return list.back();"),
    ("syncd: an answer about a gap is taken for a verdict", "sync/carrier.cpp",
     "if (one.seq > 0 && one.seq <= answer.known_to) verdicts", "if (one.seq > 0) verdicts"),
    ("syncd: a hub that has lost rows does not get them again", "sync/carrier.cpp",
     "if (known_to + 1 < first_unsent && !resend_after_) {", "if (known_to > first_unsent) {"),
    ("hub: a late row does not correct those before it", "sync/hub/sqlite_store_journal.cpp",
     "if (!reference.offset_ms || reference.boot_id.empty()) return;", "if (reference.seq > 0) return;"),
    ("hub: numbers that a backup does not have are given again", "sync/hub/hub_store_sqlite.cpp",
     "const std::int64_t leap = version == 0 ? 0 : kLongestLeap + last.number(1);",
     "const std::int64_t leap = 0 * last.number(1);"),
    ("hub: of what is committed together one upload is undone", "sync/hub/hub_store_sqlite.cpp",
     "one.keep();", "if (!appended_ || appended_->seq % 16 != 0) one.keep();"),
    ("store: the place in the feed goes past a row that is not kept", "sync/store.cpp",
     "if (had) continue;", "if (had || feed.hub_seq % 64 == 0) continue;"),
    ("store: a commit does not wait for the disk", "sync/sqlite_file.cpp",
     "PRAGMA synchronous = FULL; PRAGMA", "PRAGMA synchronous = OFF; PRAGMA"),
    ("store: a row of another kiosk moves nobody", "sync/store.cpp",
     "      added.push_back(row);\n", ""),
    ("desk: staff can stop no badge", "kiosk/desk/desk_staff.cpp",
     "auto turn = begin_turn(who, StaffAction::stop, stamp);",
     "auto turn = begin_turn(who, StaffAction::stop, stamp);\n"
     "  if (turn) return fail(Error::Kind::storage, \"no such column\");"),
    ("hub: nobody can be erased", "sync/hub/erase.cpp",
     'return fail(Error::Kind::invalid, "this is no attendee\'s id");',
     'return fail(Error::Kind::invalid, "this is no attendee\'s id");\n'
     '  if (store.roster_version()) return fail(Error::Kind::storage, "no such column");'),
    ("venue: a row of another venue is dropped", "sync/hub/from_centre.cpp",
     "if (*known) continue;", "if (*known || heard.row.seq % 64 == 0) continue;"),
    ("venue: what rows of two venues contradict nobody says", "sync/hub/venue.cpp",
     "return first->empty() || *first != *second;", "return first->empty() && second->empty();"),
]


class Field(Bench):
    """A bench whose programs run the simulation, and as fast as the original."""

    def _compiler(self):
        compiler, made = super()._compiler()
        return compiler + ["-O1"], made

    def found_within(self, program, options, venues):
        began = time.monotonic()
        ran = subprocess.run([str(program), "--seeds", options.seeds, "--jobs", str(options.jobs), "--arrivals",
                              str(options.arrivals), "--most-failures", "1", "--venues", str(venues)],
                             capture_output=True, text=True, errors="replace", check=False)
        program.unlink()
        first = ran.stdout.splitlines()[:2]
        return ran.returncode != 0, " ".join(line.strip() for line in first), time.monotonic() - began


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="a folder of a build, as build/dev, with lanyard-simulation in it")
    parser.add_argument("--seeds", default="1-100", metavar="FROM-TO", help="within which (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="at a time (%(default)s)")
    parser.add_argument("--only", action="append", metavar="TEXT", help="faults whose description has it; several times")
    parser.add_argument("--arrivals", type=int, default=600, help="of each seed (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_options()
    missed = 0
    for what, source, before, _ in FAULTS:  # of all: a place that is no more is not found out when it is needed
        if (ROOT / source).read_text().count(before) != 1:
            raise MutationError(f"{source} has changed, and there is no place for this: {what}")
    for what, source, before, after in FAULTS:
        if options.only and not any(text in what for text in options.only):
            continue
        path = ROOT / source
        text = path.read_text()
        with tempfile.TemporaryDirectory(prefix="lanyard-planted-") as folder:
            field = Field(options.build, path, "lanyard-simulation", [], Path(folder))
            program = field.make("planted", text.replace(before, after))
            if program is None:
                raise MutationError(f"{what}: does not compile")
            found, how, seconds = field.found_within(program, options, venues=2 if what.startswith("venue:") else 0)
        missed += not found
        print(f"{'found' if found else 'MISSED'}  {seconds:5.0f} s  {what}\n       {how if found else ''}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MutationError as error:
        sys.exit(f"planted.py: {error}")
