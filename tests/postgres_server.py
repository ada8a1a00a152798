#!/usr/bin/env python3
"""A PostgreSQL server of a test's own: made by initdb in a temporary folder, gone with it.

    postgres_server.py [--in-memory] COMMAND [ARGUMENT...]
                      runs the command with LANYARD_POSTGRES=URL; exits as it does, or with 77 where PostgreSQL's server
                      programs are not installed. --in-memory: its commits do not wait for the disk, which a test that
                      kills no server does not need

The system's cluster is neither used nor touched: the server listens on a free port of 127.0.0.1 and in its own folder.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOT_INSTALLED = 77  # as ctest knows it: skipped

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "autovacuum_naptime": "10s",
}


class ServerError(RuntimeError):
    """The server did not do what it should; the message says what, with its log."""


def programs():
    """The folder of initdb and postgres: of the newest version installed; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


def _user():
    """PostgreSQL refuses to run as root: then it runs as another user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise ServerError("there is neither a user postgres nor nobody")


class Server:
    def __init__(self, settings=None):
        self._user = _user()
        self._settings = {**SETTINGS, **(settings or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="lanyard-postgres-"))
        if self._user:
            os.chown(self.folder, self._user["user"], self._user["group"])
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        self._run(programs() / "initdb", "-D", self.data, "-U", "lanyard", "--auth=trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-instructions")

    def _run(self, *command):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                              cwd=self.folder, **self._user)
        if done.returncode != 0:
            raise ServerError(f"{command[0]}: {done.stderr.strip()}")
        return done.stdout

    def url(self, database="postgres"):
        return f"postgresql://lanyard@127.0.0.1:{self.port}/{database}"

    def start(self):
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + 60
        while True:
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(
                    [programs() / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder, *options],
                    stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, **self._user)
            while self.process.poll() is None:
                if self.answers():
                    return self
                if time.monotonic() > deadline:
                    raise ServerError(f"PostgreSQL does not answer:\n{self.log_tail()}")
                time.sleep(0.05)
            # What a kill left behind may take a moment to go.
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL does not start:\n{self.log_tail()}")
            time.sleep(0.2)

    def answers(self):
        return subprocess.run([programs() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                              check=False).returncode == 0

    def log_tail(self):
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def psql(self, sql, database="postgres"):
        return self._run(programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
                         self.port, "-U", "lanyard", "-d", database, "-c", sql)

    def kill(self):
        """As a power cut ends it: all its processes at once, without a word."""
        tasks = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        children = [int(pid) for pid in Path(tasks).read_text(encoding="ascii").split()]
        for pid in (self.process.pid, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": its clients are sent away
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) > 1 else 2
    if programs() is None:
        print("postgres_server.py: PostgreSQL's server is not installed", file=sys.stderr)
        return NOT_INSTALLED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = sys.argv[1:]
    in_memory = command[0] == "--in-memory"
    server = Server({"fsync": "off", "full_page_writes": "off"} if in_memory else None)
    try:
        server.start()
        environment = dict(os.environ, LANYARD_POSTGRES=server.url())
        return subprocess.run(command[in_memory:], env=environment, check=False).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
