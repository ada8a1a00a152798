#!/usr/bin/env python3
"""What a connection to the hub takes of its memory: prints a table, KiB each.

    LANYARD_BUILD=build/release tests/bench/connections.py [CONNECTIONS]     of each line; 1500 if not said

The hub's resident memory with them, less that without, by their number. A hub of its own for each line, as memory that was
used once is not always given back.
"""

import os
import re
import resource
import socket
import ssl
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
import venue  # noqa: E402

ENROL = b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
LONG = b"".join(b"X-%d: " % n + b"a" * 1000 + b"\r\n" for n in range(15))
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
# What each says, and whether it waits for an answer to it.
KINDS = {
    "connected, and nothing said": (b"", False),
    "idle after a request": (HEALTH + b"\r\n", True),
    "idle after a request with a header of 15 kB": (HEALTH + LONG + b"\r\n", True),
    "in the midst of a header of 15 kB": (HEALTH + LONG, False),
    "in the midst of a chunk's extension of 19 kB": (ENROL + b"\r\n5;" + b"a" * 19_000, False),
    "in the midst of a chunk's extension of 60 kB": (ENROL + b"\r\n5;" + b"a" * 60_000, False),
    "in the midst of both": (ENROL + LONG + b"\r\n5;" + b"a" * 60_000, False),
}


def resident_kib(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))


def connect(address, secure):
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)), timeout=20)
    if not secure:
        return connection
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is ours, on this machine
    return context.wrap_socket(connection)


def measure(said, answered, count, secure):
    with tempfile.TemporaryDirectory(prefix="lanyard-") as folder:
        hub = venue.Hub(Path(folder)).start(*(["--tls"] if secure else []))
        try:
            pid = hub.process.process.pid
            connect(hub.address, secure).close()
            before = resident_kib(pid)
            connections = [connect(hub.address, secure) for _ in range(count)]
            for connection in connections:
                try:
                    connection.sendall(said)
                    if answered:
                        connection.recv(4096)
                except OSError:
                    pass  # refused already, which is as well
            time.sleep(1)
            return (resident_kib(pid) - before) / count
        finally:
            hub.stop()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count + 256), most))
    print(f"{count} connections, load {os.getloadavg()[0]:.1f}; KiB each\n")
    print("| | TLS | in the clear |\n|---|---|---|")
    for name, (said, answered) in KINDS.items():
        print(f"| {name} | " + " | ".join(f"{measure(said, answered, count, secure):.0f}" for secure in (True, False)) + " |",
              flush=True)


if __name__ == "__main__":
    main()
