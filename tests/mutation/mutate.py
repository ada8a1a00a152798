#!/usr/bin/env python3
"""Changes one small thing at a time in a C++ file, and looks whether a test program notices.

A mutant that no test notices is a line that the tests do not hold to: it is listed, with what it was made of. One that
does not compile counts for nothing; one that hangs is noticed. Nothing is written but in a temporary folder.
"""

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True  # into the source tree
from mutants import mutants_of  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
ARGUED = Path(__file__).resolve().parent / "argued.txt"


class MutationError(Exception):
    pass


def headers_of(source, seen=None):
    """The texts of the project's headers that a source includes, and those that they do."""
    seen = {} if seen is None else seen
    for line in source.splitlines():
        if line.startswith('#include "'):
            name = line.split('"')[1]
            if name not in seen and (ROOT / name).is_file():
                seen[name] = (ROOT / name).read_text()
                headers_of(seen[name], seen)
    return list(seen.values())


def argued_in(path):
    """By what a mutant does: (line before, line after) -> why nothing can notice it, once for each that it excuses."""
    argued = {}
    for number, line in enumerate(path.read_text().splitlines() if path.is_file() else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        change, mark, why = line.partition(" # ")
        before, arrow, after = change.partition(" => ")
        if not mark or not arrow or not why.strip():
            raise MutationError(f"{path}:{number}: is not 'before => after # why'")
        argued.setdefault((" ".join(before.split()), " ".join(after.split())), []).append(why.strip())
    return argued


class Bench:
    """Compiles a mutant, links it in place of the original, and runs the tests."""

    def __init__(self, build, source, target, filters, folder):
        self.build = build.resolve()
        self.source = source
        self.folder = folder
        self.filters = filters
        self.seconds = None
        # Golden files are compared with, whatever the caller's shell says; never written.
        self.environment = {name: value for name, value in os.environ.items() if name != "LANYARD_UPDATE_GOLDEN"}
        self.compiler, self.object = self._compiler()
        self.linker = self._linker(target)
        self._precompile()

    def _compiler(self):
        for entry in json.loads((self.build / "compile_commands.json").read_text()):
            if Path(entry["file"]).resolve() == self.source:
                words = shlex.split(entry["command"])
                output = words.index("-o")
                # Mutants earn warnings, and only one tells of no program; optimising takes longer than what it would save.
                kept = [word for word in words[:output] if not word.startswith(("-W", "-O", "-g"))]
                return kept + ["-O0", "-Werror=return-type", "-D_GLIBCXX_ASSERTIONS"], words[output + 1]
        raise MutationError(f"{self.build} has no command that compiles {self.source}")

    def _linker(self, target):
        asked = subprocess.run(["ninja", "-C", str(self.build), "-t", "commands", "-s", f"bin/{target}"],
                               capture_output=True, text=True, check=False)
        if asked.returncode != 0 or not (self.build / "bin" / target).is_file():
            raise MutationError(f"the program {target} is not built: cmake --build {self.build} --target {target}")
        words = shlex.split(asked.stdout)
        words = [word for word in words if word not in (":", "&&")]
        if self.object in words:
            words.remove(self.object)
        output = words.index("-o")
        # The mutant stands first: an archive that holds the original is not asked for it any more.
        return words[:1], words[1:output], words[output + 2:]

    def _precompile(self):
        """What the source includes, parsed once for all mutants."""
        header = self.folder / "includes.hpp"
        lines = self.source.read_text().splitlines()
        header.write_text("\n".join(line for line in lines if line.startswith("#include")) + "\n")
        self._must(self.compiler + ["-x", "c++-header", str(header), "-o", f"{header}.gch"], "precompiling")
        self.compiler += ["-include", str(header)]

    def _must(self, command, what):
        done = subprocess.run(command, cwd=self.build, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise MutationError(f"{what} failed:\n{done.stderr[-3000:]}")

    def make(self, name, text):
        """The test program with this text for the source; None if it does not compile."""
        source, made = self.folder / f"{name}.cpp", self.folder / f"{name}.o"
        source.write_text(text)
        compiled = subprocess.run(self.compiler + ["-c", str(source), "-o", str(made)], cwd=self.build,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        source.unlink()
        if compiled.returncode != 0:
            return None
        program = self.folder / name
        linker, options, rest = self.linker
        self._must(linker + ["-o", str(program), str(made)] + options + rest, "linking")
        made.unlink()
        return program

    def passes(self, program):
        folder = self.folder / f"{program.name}.run"
        folder.mkdir()
        try:
            ran = subprocess.run([str(program), "--abort"] + self.filters, cwd=folder, env=self.environment,
                                 timeout=self.seconds, capture_output=True, text=True, errors="replace", check=False)
            # A program that runs no test notices nothing; Catch2's second generation calls that well.
            return ran.returncode == 0 and "No tests ran" not in ran.stdout
        except subprocess.TimeoutExpired:
            return False
        finally:
            program.unlink()

    def begin(self):
        """The unchanged source passes; how long that takes is what mutants are given ten times of."""
        program = self.make("unchanged", self.source.read_text())
        if program is None:
            raise MutationError(f"{self.source} does not compile")
        began = time.monotonic()
        if not self.passes(program):
            raise MutationError("the tests fail without any change, or there are none")
        self.seconds = 5 + 10 * (time.monotonic() - began)

    def judge(self, numbered):
        number, mutant, text = numbered
        program = self.make(f"mutant{number}", mutant.apply(text))
        if program is None:
            return mutant, "no code"
        return mutant, "survived" if self.passes(program) else "killed"


def chosen(mutants, source, options):
    if options.lines:
        first, _, last = options.lines.partition("-")
        mutants = [m for m in mutants if int(first) <= m.line(source) <= int(last or first)]
    if options.sample and options.sample < len(mutants):
        mutants = sorted(random.Random(options.seed).sample(mutants, options.sample), key=lambda m: m.begin)
    return mutants


def show(mutant, source, why=""):
    before, after = mutant.lines(source)
    print(f"{mutant.line(source):5}  {before}\n   =>  {after}" + (f"\n    #  {why}" if why else ""))


def percent(killed, of):
    return 100.0 * killed / of if of else 100.0


def report(judged, source, argued, options):
    """Prints what survived and the score; whether that is enough."""
    verdicts = [verdict for _, verdict in judged]
    killed, counted = verdicts.count("killed"), len(verdicts) - verdicts.count("no code")
    survived = [mutant for mutant, verdict in judged if verdict == "survived"]
    # One entry excuses one mutant: another line of the same words has to be argued for again.
    left = {change: list(whys) for change, whys in argued.items()}
    excused = {mutant: left[mutant.lines(source)].pop(0) for mutant in survived if left.get(mutant.lines(source))}
    unseen = [mutant for mutant in survived if mutant not in excused]
    if excused:
        print(f"\nSurvived, and argued for in {options.argued}:")
        for mutant, why in excused.items():
            show(mutant, source, why)
    if unseen:
        print("\nSurvived:")
        for mutant in unseen:
            show(mutant, source)
    if not options.sample and not options.lines:
        for before, after in (change for change, whys in left.items() if whys):
            print(f"\nArgued for without need, as it did not survive: {before} => {after}")
    without = percent(killed, counted - len(excused))
    print(f"\n{counted} mutants, {killed} killed: {percent(killed, counted):.1f} %; without the {len(excused)} argued for: "
          f"{without:.1f} %. {verdicts.count('no code')} more did not compile.")
    return without >= options.at_least


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="a folder of a build, as build/dev, with the test program in it")
    parser.add_argument("--source", type=Path, default=Path("kiosk/desk/decide.cpp"), help="what is mutated (%(default)s)")
    parser.add_argument("--target", default="rulebook_tests", help="the test program (%(default)s)")
    parser.add_argument("--filter", default="", help="arguments for it: which tests are run")
    parser.add_argument("--lines", metavar="A-B", help="mutants of these lines alone")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them, chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="of that choice (%(default)s)")
    parser.add_argument("--list", action="store_true", help="prints the mutants, and tries none")
    parser.add_argument("--at-least", type=float, default=95, metavar="PERCENT", help="else exits with 1 (%(default)s)")
    parser.add_argument("--argued", type=Path, default=ARGUED, help="mutants that cannot be noticed, and why")
    parser.add_argument("--jobs", type=int, default=2, help="at a time (%(default)s)")
    return parser.parse_args()


def main():
    options = parse_options()
    path = (ROOT / options.source).resolve()
    source = path.read_text()
    argued = argued_in(options.argued)
    mutants = chosen(mutants_of(source, headers_of(source)), source, options)
    if options.list:
        for mutant in mutants:
            show(mutant, source)
        print(f"\n{len(mutants)} mutants")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lanyard-mutation-") as folder:
        bench = Bench(options.build, path, options.target, shlex.split(options.filter), Path(folder))
        bench.begin()
        print(f"{len(mutants)} mutants of {options.source}, by {options.target} {options.filter}".rstrip(), flush=True)
        judged = []
        with ThreadPoolExecutor(options.jobs) as workers:
            numbered = [(number, mutant, source) for number, mutant in enumerate(mutants)]
            for one in workers.map(bench.judge, numbered):
                judged.append(one)
                if len(judged) % 50 == 0:
                    print(f"{len(judged)} tried, {time.monotonic() - began:.0f} s", flush=True)
    good = report(judged, source, argued, options)
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MutationError as error:
        sys.exit(f"mutate.py: {error}")
