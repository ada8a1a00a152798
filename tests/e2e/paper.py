"""What is on paper: the printer, the pages it printed, and the codes that people hold up."""

import collections
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import zlib
from pathlib import Path

from venue import VenueError, program, wait_until


class IppPrinter:
    """A printer that speaks IPP: CUPS' own ippeveprinter, which keeps what it was sent."""

    # What the printer does with a page: while a file of that name lies there, it is out of paper.
    COMMAND = """#!/bin/sh
if [ -e {flag} ]; then
  echo "STATE: +media-empty" >&2
  while [ -e {flag} ]; do sleep 0.1; done
  echo "STATE: -media-empty" >&2
fi
"""

    FORMATS = "application/pdf"
    ANNOUNCED = ("-r", "off")  # nothing on the network

    def __init__(self, folder, port=0):
        self._out_of_paper = Path(folder) / "out-of-paper"
        self.spool = Path(folder) / "spool"
        self.spool.mkdir(parents=True, exist_ok=True)
        self.log = Path(folder) / "ippeveprinter.log"
        self._log = open(self.log, "ab")
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was stopped a moment ago
            free.bind(("127.0.0.1", port))
            port = free.getsockname()[1]
        command = Path(folder) / "print-page"
        command.write_text(self.COMMAND.format(flag=self._out_of_paper, folder=folder))
        command.chmod(0o755)
        self._bus, bus_address = self._own_bus(Path(folder))
        # -k keeps the documents.
        self.process = subprocess.Popen(["ippeveprinter", "-p", str(port), "-d", str(self.spool), "-k", "-f",
                                         self.FORMATS, *self.ANNOUNCED, "-c", str(command), "Badges"], stdout=self._log, stderr=self._log,
                                        env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus_address})
        self.uri = f"ipp://127.0.0.1:{port}/ipp/print"
        try:
            wait_until("the printer", lambda: self.process.poll() is not None or self._answers(port))
            if self.process.poll() is not None:
                raise VenueError("the printer ended")
        except VenueError as error:
            self.stop()
            raise VenueError(f"{error}; its log:\n{self.log.read_text()[-2000:]}") from None

    @staticmethod
    def _answers(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            return False

    def _own_bus(self, folder):
        """Debian 12's ippeveprinter ends without a system bus, though it needs nothing of it; many a machine has none."""
        settings = folder / "bus.conf"
        settings.write_text('<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>'
                            '<policy context="default"><allow eavesdrop="true"/><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>'
                            '</busconfig>')
        bus = subprocess.Popen(["dbus-daemon", f"--config-file={settings}", "--nofork", "--print-address"],
                               stdout=subprocess.PIPE, stderr=self._log, text=True)
        return bus, bus.stdout.readline().strip()

    def pages(self):
        return sorted(self.spool.glob("*.pdf"))

    def take_paper_out(self):
        self._out_of_paper.touch()

    def put_paper_in(self):
        self._out_of_paper.unlink()

    def stop(self):
        for process in (self.process, self._bus):
            process.terminate()
            process.wait()
        self._bus.stdout.close()
        self._log.close()


class AnnouncedPrinter(IppPrinter):
    """One that tells the network of itself: by an Avahi of its own, on the loopback alone."""

    ANNOUNCED = ()

    @staticmethod
    def can_be_had():
        return shutil.which("avahi-daemon", path="/usr/sbin:/usr/bin") is not None and os.geteuid() == 0

    def _own_bus(self, folder):
        bus, self.bus_address = super()._own_bus(folder)
        settings = folder / "avahi.conf"
        settings.write_text("[server]\nuse-ipv6=no\nallow-interfaces=lo\n[wide-area]\nenable-wide-area=no\n[publish]\n"
                            "publish-workstation=no\n[rlimits]\n")
        self._avahi = subprocess.Popen(["/usr/sbin/avahi-daemon", "-f", str(settings), "--no-drop-root", "--no-chroot",
                                        "--no-rlimits"], stdout=self._log, stderr=self._log,
                                       env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.bus_address})
        wait_until("the announcer", lambda: "startup complete" in self.log.read_text(errors="replace"), 20)
        return bus, self.bus_address

    def stop(self):
        self._avahi.terminate()
        self._avahi.wait()
        super().stop()


class FaultyPrinter(IppPrinter):
    """One that writes down each sheet that comes out, and with which everything goes wrong that does."""

    # Of the jobs, one in ten meets each of these; what ends badly ends before the sheet.
    COMMAND = """#!/bin/bash
who=$(echo "$IPP_JOB_NAME" | cut -d- -f2)
held() {{
  echo "STATE: +$1" >&2
  sleep "$2"
  echo "STATE: -$1" >&2
}}
if [ -e {folder}/faults ]; then
  fault=$((RANDOM % 10))
  case $fault in
    0) echo paper >>{folder}/met; held media-empty $((RANDOM % 6)).$((RANDOM % 10)) ;;
    1) echo cover >>{folder}/met; held cover-open 1.$((RANDOM % 10)) ;;
    2) echo jam >>{folder}/met; held media-jam 2.$((RANDOM % 10)) ;;
    3) echo slow >>{folder}/met; sleep 1.$((RANDOM % 10)) ;;
    4) echo aborted >>{folder}/met; echo "ERROR: crumpled" >&2; exit 1 ;;
  esac
fi
while [ -e {flag} ]; do
  [ -n "$told" ] || echo "STATE: +media-empty" >&2
  told=1
  sleep 0.1
done
[ -z "$told" ] || echo "STATE: -media-empty" >&2
echo "$who" >>{folder}/sheets
echo "ATTR: job-impressions=1 job-impressions-completed=1" >&2
"""

    def __init__(self, folder, faults=False):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        if faults:
            (folder / "faults").touch()
        super().__init__(folder)

    def _lines(self, name):
        path = self._folder / name
        return path.read_text().split() if path.exists() else []

    def sheets(self):
        """Whose badges have come out, in order."""
        return self._lines("sheets")

    def faults_met(self):
        return collections.Counter(self._lines("met"))

    def go_offline(self, seconds):
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)


def read_page(pdf, folder):
    """What the code on a printed page says: the page as a picture, read by lanyard-scan."""
    picture = Path(folder) / f"{pdf.stem}.png"
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", str(pdf), str(picture.with_suffix(""))], check=True,
                   timeout=60)
    said = subprocess.run([program("lanyard-scan"), str(picture)], capture_output=True, text=True, check=True,
                          timeout=60).stdout
    if "\t" not in said:
        raise VenueError(f"no code can be read on {pdf}")
    return said.split("\t", 1)[1].rstrip("\n")


def code_picture(text, path, scale=6):
    """A QR code of a text on a grey ground, as a PNG: a badge held still, straight, and in good light."""
    if len(text) > 1000:  # the largest symbols: 177 modules a side
        scale = 4
    level = "M" if len(text) <= 1000 else "L"
    subprocess.run(["qrencode", "-o", str(path), "-s", str(scale), "-m", "8", "-l", level, "-8"], input=text,
                   check=True, text=isinstance(text, str), timeout=20)
    return path


def with_broken_signature(text):
    """A signed credential of which one letter was changed, where it stays base45: the low digit of a late group."""
    at = 3 + 3 * 30
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:]


def blank_picture(path, width=520, height=520):
    """Nobody before the camera."""
    Path(path).write_bytes(png_grey([bytes([128]) * width] * height))
    return path


def png_grey(lines):
    """The smallest of PNG writers: lines of grey pixels."""
    width, height = len(lines[0]), len(lines)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + line for line in lines)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
