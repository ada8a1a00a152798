#!/usr/bin/env python3
"""How many rows a second hubs take, with either store: prints a table.

    LANYARD_BUILD=build/release tests/bench/hub.py [SECONDS]     of each line; 8 if not said

Load, hubs and PostgreSQL share this machine and its disk: what a hub has to itself is more.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "e2e")]
import postgres_server  # noqa: E402
import venue  # noqa: E402

DEVICES = {1: 32, 32: 16, 500: 4}  # by rows an upload


def measure(hubs, batch, seconds):
    codes = [hubs[0].add_device(f"{batch} {n} {os.urandom(3).hex()}", "main") for n in range(DEVICES[batch])]
    arguments = [part for hub in hubs for part in ("--hub", f"http://{hub.address}")]
    said = subprocess.run([venue.program("lanyard-hub-load"), *arguments, "--batch", str(batch), "--seconds",
                           str(seconds)], input="\n".join(codes) + "\n", capture_output=True, text=True, check=True).stdout
    rate, p50, p99 = re.search(r"(\d+) rows/s, an upload p50 ([\d.]+) ms, p99 ([\d.]+) ms", said).groups()
    return f"{rate} rows/s, {p50} / {p99} ms"


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; an upload takes p50 / p99\n")
    print("| store | hubs | " + " | ".join(f"batch {b}, {d} devices" for b, d in DEVICES.items()) + " |")
    print("|---|---|" + "---|" * len(DEVICES))
    with tempfile.TemporaryDirectory(prefix="lanyard-") as folder:
        server = postgres_server.Server({"max_connections": "100"}).start()
        try:
            for name, url, count in (("SQLite", None, 1), ("PostgreSQL", "one", 1), ("PostgreSQL", "two", 2),
                                     ("PostgreSQL", "four", 4)):
                if url:
                    server.psql(f"CREATE DATABASE {url}")
                first = venue.Hub(Path(folder) / f"{name}{count}", database=url and server.url(url))
                hubs = [first, *(venue.Hub(Path(folder) / f"{name}{count}-{n}", beside=first) for n in range(1, count))]
                for hub in hubs:
                    hub.start()
                cells = [measure(hubs, batch, seconds) for batch in DEVICES]
                print(f"| {name} | {count} | " + " | ".join(cells) + " |", flush=True)
                first.run("journal", "verify")
                for hub in hubs:
                    hub.stop()
        finally:
            server.remove()


if __name__ == "__main__":
    main()
