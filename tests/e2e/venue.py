"""A venue on one machine: a hub, kiosks with their sync daemons, and people who hold up badges and touch screens.

The real programs, as processes of their own; the real camera folder, printer, pointer and database files. The tests
beside this file and the demo both stand on it.
"""

import contextlib
import csv
import json
import os
import queue
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
DEMO = SOURCE / "assets" / "demo"
PIN = "47110815"


class VenueError(RuntimeError):
    """Something of the venue did not work; the message says what."""


def build_folder():
    """Where the programs were built: the environment says, else the development preset's."""
    return Path(os.environ.get("LANYARD_BUILD", SOURCE / "build" / "dev"))


def program(name):
    path = build_folder() / "bin" / name
    if not path.exists():
        raise VenueError(f"{path} is not there; build it first (./test does)")
    return str(path)


def patience(seconds):
    """How long to wait for something before it counts as not coming: much longer where sanitizers slow all down."""
    return seconds * float(os.environ.get("LANYARD_PATIENCE", "1"))


def wait_until(what, condition, seconds=20.0):
    """Waits until condition() is true and returns it; an error names what never came."""
    deadline = time.monotonic() + patience(seconds)
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise VenueError(f"waited {patience(seconds):.0f} s in vain for {what}")


class Process:
    """A program under way: its standard output line by line, its log in a file."""

    def __init__(self, arguments, log, env=None):
        self.log = Path(log)
        self._log_file = open(self.log, "ab")
        self.lines = queue.Queue()
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=self._log_file,
                                        stdin=subprocess.DEVNULL, env=env)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.on_line(line.decode("utf-8", "replace").rstrip("\n"))

    def on_line(self, line):
        self.lines.put(line)

    def next_line(self, seconds=20.0):
        try:
            return self.lines.get(timeout=patience(seconds))
        except queue.Empty:
            raise VenueError(f"{self.process.args[0]} said nothing; its log:\n{self.log.read_text()[-2000:]}") from None

    def alive(self):
        return self.process.poll() is None

    def stop(self, sig=signal.SIGTERM):
        """Ends it; one that does not end by SIGTERM, or ends or has ended badly, is an error. Returns its exit status."""
        if self.alive():
            self.process.send_signal(sig)
        try:
            status = self.process.wait(timeout=patience(30))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise VenueError(f"{self.process.args[0]} did not end by {signal.Signals(sig).name}") from None
        self._reader.join(timeout=10)
        self.process.stdout.close()
        self._log_file.close()
        if status not in (0, -signal.SIGTERM, -signal.SIGKILL):  # a crash, or what a sanitizer found
            raise VenueError(f"{self.process.args[0]} ended with {status}; its log:\n{self.log.read_text()[-3000:]}")
        return status


class Display:
    """An X server without a screen, of the size of a kiosk's panel."""

    def __init__(self, folder, width=1080, height=1920):
        self.size = (width, height)
        read_end, write_end = os.pipe()
        self._log = open(Path(folder) / "xvfb.log", "ab")
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-noreset"],  # or it starts anew when its last client has left, and may refuse the next one meanwhile
            pass_fds=[write_end], stdout=self._log, stderr=self._log)
        os.close(write_end)
        with os.fdopen(read_end) as told:
            number = told.readline().strip()
        if not number:
            raise VenueError("Xvfb did not start; see xvfb.log")
        self.name = ":" + number

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self._log.close()


class Hub:
    """With `database` its data is in PostgreSQL, by an URL; with `beside` it is one more hub on another's data; with
    `under` = (the centre, the name there, the address of what stands before it, options of `device add`) it is a venue's."""

    def __init__(self, folder, rehearse="day 1 10:00", event=DEMO / "event.toml", roster=DEMO / "roster.csv",
                 database=None, beside=None, under=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.where = beside.where if beside else ["--database", database] if database else ["--data", str(self.data)]
        self.process = None
        self.address = "127.0.0.1:0"
        if under:
            centre, name, way, *options = under
            self.run("join", f"http://{way}", said=centre.run("device", "add", name, "--venue-hub", *options))
        elif not beside:
            self.run("init", "--event", str(event), "--rehearse", rehearse)
            self.run("roster", "import", str(roster))

    def run(self, *arguments, said=""):
        """One command of lanyard-hub, with `said` on its standard input; its standard output."""
        done = subprocess.run([program("lanyard-hub"), *self.where, *arguments], input=said, capture_output=True,
                              text=True, check=False, timeout=patience(60))
        if done.returncode != 0:
            raise VenueError(f"lanyard-hub {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def start(self, *options):
        self.process = Process([program("lanyard-hub"), *self.where, "serve", "--listen", self.address, *options],
                               self.folder / "hub.log")
        said = self.process.next_line()
        match = re.search(r"https?://(\S+)", said)
        if not match:
            raise VenueError(f"lanyard-hub serve said: {said}")
        self.address = match.group(1)  # the same again after a restart
        return self

    def stop(self, sig=signal.SIGTERM):
        if self.process:
            self.process.stop(sig)
            self.process = None

    def add_device(self, name, checkpoint):
        said = self.run("device", "add", name, "--checkpoint", checkpoint)
        match = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", said)
        if not match:
            raise VenueError(f"lanyard-hub device add said no code: {said}")
        return match.group(0)

    def credentials(self):
        """What the code of each attendee says, by id."""
        return dict(csv.reader(self.run("credential", "issue", "--all").splitlines()))

    def rows(self):
        return [json.loads(line) for line in self.run("journal", "export", "--format", "json").splitlines() if line]

    def alerts(self):
        return [line for line in self.run("alerts").splitlines() if line]


class Kiosk:
    """A kiosk PC: store, sync daemon, camera folder, printer, screen.

    `way`: the address of what stands before the hub; `store`: its file, where that is not in the folder.
    """

    def __init__(self, hub, folder, name, checkpoint, display, window=(1080, 1920), printer=None, fps=15, loop=False,
                 extra="", way=None, store=None, theme=None):
        self.hub = hub
        self.way = way or hub.address
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.display = display
        self.frames = self.folder / "frames"
        self.frames.mkdir(exist_ok=True)
        self.printed = self.folder / "printed"
        self.shots = self.folder / "screens"
        self.store = store or self.folder / "store.db"
        self.events = []  # what it announced, in order, over all its runs
        self.app = None
        self.daemon = None
        self._changed = threading.Condition()
        self._assets()
        self._write_settings(window, printer or f"folder:{self.printed}", fps, loop, extra, theme)
        self._enrol(checkpoint)

    def _enrol(self, checkpoint):
        self.enrol_by(f"http://{self.way}", said=self.hub.add_device(self.name, checkpoint))

    def enrol_by(self, *arguments, said):
        """With the code on standard input, where no other user of the machine sees it."""
        done = subprocess.run([program("lanyard-syncd"), "enrol", *arguments, "--config", str(self.folder / "syncd.toml")],
                              input=said + "\n", capture_output=True, text=True, check=False, timeout=patience(60))
        if done.returncode != 0:
            raise VenueError(f"enrolling {self.name}: {done.stderr.strip()}")

    def _assets(self):
        """The shipped assets with the catalogues of this build, as they would be installed."""
        assets = self.folder / "assets"
        assets.mkdir(exist_ok=True)
        for name, where in (("badges", SOURCE / "assets" / "badges"), ("locale", build_folder() / "locale")):
            link = assets / name
            if not link.is_symlink():
                link.symlink_to(where)

    def _write_settings(self, window, printer, fps, loop, extra, theme):
        hashed = subprocess.run([program("lanyard-kiosk"), "hash-pin"], input=PIN, capture_output=True, text=True,
                                check=True).stdout.strip()
        width, height = window
        worn = f"theme_file = \"{theme}\"\n" if theme else ""
        (self.folder / "kiosk.toml").write_text(
            f"store = \"{self.store}\"\nassets = \"{self.folder / 'assets'}\"\n"
            f"[screen]\nwidth_px = {width}\nheight_px = {height}\ndiagonal_mm = 546\n{worn}"
            f"[camera]\nsource = \"replay:{self.frames}\"\nloop = {str(loop).lower()}\nframes_per_second = {fps}\n"
            f"[printer]\nuri = \"{printer}\"\n"
            f"{extra}[[staff]]\nid = \"front-desk\"\npin_hash = '{hashed}'\n")
        self._write_daemon_settings()

    def _write_daemon_settings(self):
        (self.folder / "syncd.toml").write_text(
            f"store = \"{self.store}\"\nhub = \"http://{self.way}\"\n"
            f"token_file = \"{self.folder / 'token'}\"\n")

    # --- its programs ---------------------------------------------------------------------------------------------
    def start_daemon(self):
        self.daemon = Process([program("lanyard-syncd"), "--config", str(self.folder / "syncd.toml")],
                              self.folder / "syncd.log")

    def stop_daemon(self, sig=signal.SIGTERM):
        if self.daemon:
            self.daemon.stop(sig)
            self.daemon = None

    def start_app(self, *extra):
        env = dict(os.environ, DISPLAY=self.display)
        env.pop("WAYLAND_DISPLAY", None)
        env["ASAN_OPTIONS"] = "detect_leaks=0"  # of the graphics driver, whose name is gone by the end
        self.app = Process([program("lanyard-kiosk"), "--config", str(self.folder / "kiosk.toml"), "--announce", *extra],
                           self.folder / "kiosk.log", env)
        self.app.on_line = self._on_line

    def stop_app(self, sig=signal.SIGTERM):
        """Ends the app; returns its exit status."""
        status = None
        if self.app:
            status = self.app.stop(sig)
            self.app = None
        return status

    def stop(self):
        self.stop_app()
        self.stop_daemon()

    def _on_line(self, line):
        if not line.endswith("}"):
            return  # a kill cut it short: nobody saw it whole
        with self._changed:
            self.events.append(json.loads(line))
            self._changed.notify_all()

    def wait_event(self, what, matches, since=0, seconds=20.0):
        """The first announcement from number `since` on that matches; an error names what never came."""
        deadline = time.monotonic() + patience(seconds)
        with self._changed:
            while True:
                for said in self.events[since:]:
                    if matches(said):
                        return said
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    tail = "\n".join(str({k: v for k, v in e.items() if k != "controls"}) for e in self.events[-5:])
                    raise VenueError(f"{self.name} never showed {what}; last:\n{tail}\n{self.log_tail()}")

    def log_tail(self):
        log = self.folder / "kiosk.log"
        return log.read_text(errors="replace")[-1500:] if log.exists() else ""

    def mark(self):
        with self._changed:
            return len(self.events)

    def wait_ready(self, seconds=30.0):
        return self.wait_event("the idle screen", lambda e: e["screen"] == "idle", seconds=seconds)

    # --- its database ---------------------------------------------------------------------------------------------
    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql, values).fetchall()

    def own_rows(self):
        return self.query("SELECT seq, kind, attendee, rule, generation, standing FROM journal WHERE device ="
                          " (SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device') ORDER BY seq")

    def device(self):
        return self.query("SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device'")[0][0]

    def wait_roster(self):
        wait_until(f"the roster at {self.name}",
                   lambda: self.query("SELECT 1 FROM setting WHERE name = 'roster_as_of'"), 30)

    def wait_synced(self, seconds=30.0):
        wait_until(f"the rows of {self.name} to be at the hub",
                   lambda: not self.query("SELECT 1 FROM journal WHERE standing = 0 LIMIT 1"), seconds)

    # --- people before it -----------------------------------------------------------------------------------------
    def hold_up(self, pictures):
        """Puts pictures before the camera, in order, after whatever was there."""
        taken = len(list(self.frames.iterdir()))
        for number, picture in enumerate(pictures):
            part = self.frames / f".{number}.part"
            shutil.copyfile(picture, part)
            part.rename(self.frames / f"{taken + number:06d}{Path(picture).suffix}")

    def _xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], env=dict(os.environ, DISPLAY=self.display), check=True,
                       timeout=20, stdout=subprocess.DEVNULL)

    def _centre(self, control):
        """Where a control is, as last announced: waits until it is there."""
        last = self.wait_event(f"the control {control}", lambda e: control in e["controls"] and e is self.events[-1])
        x, y, width, height = last["controls"][control]
        return x + width // 2, y + height // 2

    def touch(self, control, hold=0.08):
        place = None
        while place != self._centre(control):  # it may move while the pointer is on its way, as by news from the hub
            place = self._centre(control)
            self._xdotool("mousemove", *place)
            time.sleep(0.08)
        self._xdotool("mousedown", 1)
        time.sleep(hold)
        self._xdotool("mouseup", 1)
        time.sleep(0.05)

    def key(self, name):
        """A key of the keypad, as X names it."""
        self._xdotool("key", name)

    def last(self, what, **wanted):
        """Waits until the newest announcement has these values."""
        return self.wait_event(what, lambda e: e is self.events[-1] and all(e.get(k) == v for k, v in wanted.items()))

    def search(self, letters):
        """Types into the search, key by key, and waits for what it finds."""
        self.last("the search", screen="staff_search")
        for count, letter in enumerate(letters, 1):
            self.touch(f"search.key.{letter}")
            self.last(f"{count} letters", letters=count)
        self.last("what was found", searched=True)

    def enter_staff_mode(self, pin=PIN):
        self.touch("staff.corner", hold=2.6)
        self.last("the PIN pad", screen="staff_pin")
        self.enter_pin(pin)

    def enter_pin(self, pin=PIN):
        for count, digit in enumerate(pin, 1):
            self.touch(f"pin.digit.{digit}")
            self.last(f"{count} digits", digits=count)
        self.touch("pin.enter")


class People:
    """Renders what people hold up, as the cameras see it."""

    def __init__(self, folder, credentials, seed=1):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seed = seed
        self.credentials = self.folder / "credentials.csv"
        with open(self.credentials, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text"])
            writer.writerows(credentials.items())

    def arrive(self, plan, name, clean=False, fps=15):
        """plan: rows (kiosk, attendee, kind). Returns their film, which is in the making."""
        plan_file = self.folder / f"{name}.csv"
        with open(plan_file, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["kiosk", "attendee", "kind"])
            writer.writerows(plan)
        output = self.folder / name
        command = [program("lanyard-arrivals"), "--event", str(DEMO / "event.toml"), "--roster",
                   str(DEMO / "roster.csv"), "--credentials", str(self.credentials), "--plan", str(plan_file),
                   "--output", str(output), "--badge", str(SOURCE / "assets" / "badges" / "a6-portrait.svg"),
                   "--seed", str(self.seed), "--fps", str(fps)]
        if clean:
            command.append("--clean")
        return Film(["nice", "-n", "5", *command], output)


class Film:
    """A folder with one folder of frames a kiosk, made while the first of them are shown already."""

    def __init__(self, command, folder):
        self.folder = folder
        self.rows = []  # of arrivals.csv, as they come
        self._grown = threading.Condition()
        self._failure = None
        self._done = False
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._follow, daemon=True).start()

    def arrivals(self, kiosk):
        """Those of one kiosk, each as soon as its frames are there."""
        at = 0
        while True:
            with self._grown:
                while at == len(self.rows) and not self._done:
                    self._grown.wait()
                if self._failure:
                    raise VenueError(self._failure)
                if at == len(self.rows):
                    return
                row = self.rows[at]
            at += 1
            if row["kiosk"] == kiosk:
                yield row

    def frames(self, arrival):
        """Its pictures by their number in the film, which they go through in order."""
        numbers = range(int(arrival["first_frame"]), int(arrival["last_frame"]) + 1)
        folder = self.folder / arrival["kiosk"]
        return {n: folder / f"{n:06d}-{arrival['attendee']}-{n - numbers.start}.jpg" for n in numbers}

    def stop(self):
        self._process.kill()

    def _follow(self):
        index = self.folder / "arrivals.csv"
        ended = False
        while not ended:
            ended = self._process.poll() is not None  # before reading: then what is read is all
            if index.exists():
                lines = index.read_text(encoding="utf-8").rsplit("\n", 1)[0].splitlines()
                with self._grown:
                    self.rows = list(csv.DictReader(lines))
                    self._grown.notify_all()
            if not ended:
                time.sleep(0.05)
        said = self._process.stderr.read().strip()
        self._process.stderr.close()
        with self._grown:
            if self._process.returncode != 0:
                self._failure = f"lanyard-arrivals: {said or self._process.returncode}"
            self._done = True
            self._grown.notify_all()


def roster():
    """The demo roster, by id."""
    with open(DEMO / "roster.csv", newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def event_with(path, *changes):
    """The demo's event with some texts replaced, each of which must be there."""
    text = (DEMO / "event.toml").read_text(encoding="utf-8")
    for old, new in changes:
        if old not in text:
            raise VenueError(f"event.toml has no {old}")
        text = text.replace(old, new, 1)
    Path(path).write_text(text, encoding="utf-8")
    return path


def seeded(name):
    """Randomness that a failed run can repeat: LANYARD_SEED, else of the day."""
    seed = os.environ.get("LANYARD_SEED") or str(int(time.time()) // 86400)
    print(f"{name}: LANYARD_SEED={seed}", flush=True)
    return random.Random(f"{name}/{seed}")
