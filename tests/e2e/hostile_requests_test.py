"""What is no request, or too much of one, while honest kiosks go on: one refusal or a closed connection, and nothing else."""

import contextlib
import http.client
import json
import re
import resource
import socket
import ssl
import subprocess
import threading
import time
import unittest
from pathlib import Path

from base import Journey
import venue

HOST = b"Host: hub\r\n"
POST = b"POST /v1/enrol HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
# Answered, this one is the proof that something was taken for a request that was none.
HIDDEN = b"GET /v1/hidden HTTP/1.1\r\nHost: hidden\r\n\r\n"
HOSTILE = "127.0.0.66"  # a neighbour's address: honest clients have places of their own
SECRET = "north.Zm9yZ2V0LW1lLW5vdC1mb3JnZXQtbWUtbm90LXNlY3JldC0"  # as a token looks; in no log afterwards
HONEST = 6
IDLE = 3000
SLOW = 60

LONG = b"x" * 20_000
# name -> bytes; each is answered by one 4xx and a closed connection, or by a closed connection alone
MALFORMED = {
    "an address that is too long": b"GET /" + LONG + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header that is too long": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + LONG + b"\r\n\r\n",
    "too many headers": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: x\r\n" * 5000 + b"\r\n",
    "a method that is too long": LONG + b" /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a body that is said to be too long": POST + b"Content-Length: 99999999999\r\n\r\n",
    "a body that is longer than said": POST + b"Content-Length: 2\r\n\r\n{}{}{}" + HIDDEN,
    "a length and chunks": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "two equal lengths": POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "a list of lengths": POST + b"Content-Length: 0, 0\r\n\r\n" + HIDDEN,
    "chunks in HTTP/1.0": b"POST /v1/enrol HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n" + HIDDEN,
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + b"Host: other\r\n\r\n",
    "a Host that is none": b"GET /healthz HTTP/1.1\r\nHost: hub other\r\n\r\n",
    "a name and password": b"GET http://ann:secret@hub/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a host that is empty": b"GET http:///healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a host and an address that are too long": b"GET http://hub/" + LONG + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "lines that end in LF": b"GET /healthz HTTP/1.1\nHost: hub\n\n",
    "one line that ends in LF": b"GET /healthz HTTP/1.1\r\nHost: hub\nX: x\r\n\r\n",
    "one line that ends in CR": b"GET /healthz HTTP/1.1\r\nHost: hub\rX: x\r\n\r\n",
    "a header that begins folded": b"GET /healthz HTTP/1.1\r\n X: x\r\n" + HOST + b"\r\n",
    "NUL in a value": b"GET /healthz HTTP/1.1\r\nHost: hub\0other\r\n\r\n",
    "NUL in a name": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X\0: x\r\n\r\n",
    "NUL in the address": b"GET /healthz\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space before the colon": POST + b"Content-Length : %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a header without a name": b"GET /healthz HTTP/1.1\r\n" + HOST + b": x\r\n\r\n",
    "a method that is none": b"G@T /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "tabs for spaces": b"GET\t/healthz\tHTTP/1.1\r\n" + HOST + b"\r\n",
    "HTTP/0.9": b"GET /healthz\r\n",
    "HTTP/1.2": b"GET /healthz HTTP/1.2\r\n" + HOST + b"\r\n",
    "HTTP/2.0": b"GET /healthz HTTP/2.0\r\n" + HOST + b"\r\n",
    "http/1.1": b"GET /healthz http/1.1\r\n" + HOST + b"\r\n",
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "a percent sign without digits": b"GET /healthz?a=%g1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "too many questions": b"GET /healthz?" + b"&".join(b"a%d=1" % n for n in range(50)) + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "an extension of a chunk without end": CHUNKED + b"1;" + b"x" * 100_000,
    "trailers without end": CHUNKED + b"0\r\n" + b"X: x\r\n" * 20_000,
    "chunks without a last one": CHUNKED + b"1000\r\n" + b"x" * 4096 + b"\r\n1000\r\n" + b"x" * 4096 + b"\r\n",
    "zeros": bytes(5000),
    "line ends alone": b"\r\n" * 10_000,
    "spaces alone": b" " * 20_000,
}
for _length in (b"-1", b"+0", b"0x0", b"0 0", b"9" * 30, b"", b"0;", b"1e0", b"\x000", b"0\x0b"):
    MALFORMED[f"the length {_length}"] = POST + b"Content-Length: " + _length + b"\r\n\r\n" + HIDDEN
for _coding in (b"identity", b"xchunked", b"chunked, identity", b"gzip, chunked", b"gzip", b"chunked, chunked", b"chunked;q=1",
                b"\x0bchunked", b'"chunked"', b"", b"chunked\r\nTransfer-Encoding: identity", b"identity, chunked"):
    MALFORMED[f"the coding {_coding}"] = POST + b"Transfer-Encoding: " + _coding + b"\r\n\r\n" + HIDDEN
for _chunk in (b"F" * 17 + b"\r\n", b"7FFFFFFFFFFFFFFF\r\n", b"-1\r\n", b"0x1\r\nx\r\n0\r\n\r\n", b"+1\r\nx\r\n0\r\n\r\n", b" 1\r\nx\r\n0\r\n\r\n",
               b"1\nx\n0\n\n", b"1\r\nxX0\r\n\r\n", b"g\r\n", b"\r\n", b"1;a\0b\r\nx\r\n0\r\n\r\n", b"1;\nx\r\n0\r\n\r\n",
               b"1\r\nx\r\n0\r\nX : x\r\n\r\n", b"1\r\nxyz\r\n0\r\n\r\n"):
    MALFORMED[f"the chunk {_chunk[:20]}"] = CHUNKED + _chunk + HIDDEN


# Requests that are in order, if odd: name -> (bytes, statuses in their order). What is inside a body is no request.
ODD = {
    "a request in a body": (POST + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, [400]),
    "a request in a chunk": (CHUNKED + b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n", [400]),
    "a request in the body of a GET": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, [200]),
    "a request in a value": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: GET /v1/hidden HTTP/1.1\r\n\r\n", [200]),
    "line ends in an address, as digits": (b"GET /healthz%0d%0a%0d%0aGET%20/v1/hidden HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "a folded header": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: x\r\n y\r\n\r\n", [200]),
    "a folded coding": (POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", [400]),
    "a method nobody has": (b"BREW /healthz HTTP/1.1\r\n" + HOST + b"\r\n", [405]),
    "HEAD, then GET": (b"HEAD /healthz HTTP/1.1\r\n" + HOST + b"\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", [405, 200]),
    "CONNECT": (b"CONNECT other:443 HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "somebody else's address": (b"GET http://other/healthz HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "an upgrade": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", [200]),
    "a token that is none": (b"GET /v1/roster HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + SECRET.encode() + b"\r\n\r\n", [401]),
    "a token in the address": (b"GET /v1/roster?token=" + SECRET.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n", [401]),
    "a code that is none": (POST + b"Content-Length: %d\r\n\r\n" % len(SECRET) + SECRET.encode(), [400]),
    "a thousand at once": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
}


def raise_open_files(wanted):
    """How many files may be open here now, at most `wanted`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(soft, wanted)


def statuses_of(said, methods=()):
    """The answers in what a server said, read strictly, one behind the other; anything between them is an error."""
    found = []
    at = 0
    while at < len(said):
        head_end = said.find(b"\r\n\r\n", at)
        match = re.match(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n", said[at:])
        if head_end < 0 or not match:
            raise AssertionError(f"no answer begins here: {said[at:at + 80]}")
        length = re.search(rb"\r\ncontent-length: (\d+)\r\n", said[at:head_end + 2].lower())
        is_head = len(found) < len(methods) and methods[len(found)] == "HEAD"
        found.append(int(match.group(1)))
        at = head_end + 4 + (0 if is_head or not length else int(length.group(1)))
    return found


class HostileRequests(Journey):
    def setUp(self):
        super().setUp()
        self.chance = venue.seeded("hostile_requests")
        self.open_files = raise_open_files(2 * IDLE + 1000)
        self.the_hub = self.hub()
        self.host, port = self.the_hub.address.rsplit(":", 1)
        self.port = int(port)
        self.waiting = {}  # of what is malformed, connections that were not closed at once

    def connect(self, source=HOSTILE, seconds=20):
        return socket.create_connection((self.host, self.port), timeout=venue.patience(seconds), source_address=(source, 0))

    def ask(self, sent, half_close=False, quiet=1.5):
        """What is answered until the connection is closed, or nothing has come for `quiet` seconds; and whether it was closed."""
        with contextlib.closing(self.connect()) as connection:
            self.send(connection, sent, half_close)
            return self.hear(connection, quiet)

    def send(self, connection, sent, half_close=False):
        with contextlib.suppress(OSError):  # refused before it was all said
            # In pieces now and then: it must not matter.
            cut = self.chance.randrange(1, len(sent)) if len(sent) > 1 and self.chance.random() < 0.3 else len(sent)
            connection.sendall(sent[:cut])
            if cut < len(sent):
                time.sleep(0.02)
                connection.sendall(sent[cut:])
            if half_close:
                connection.shutdown(socket.SHUT_WR)

    @staticmethod
    def hear(connection, quiet):
        said = b""
        connection.settimeout(venue.patience(quiet))
        try:
            while part := connection.recv(65536):
                said += part
        except TimeoutError:
            return said, False
        except OSError:
            pass
        return said, True

    def healthy(self):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=venue.patience(20))
        with contextlib.closing(connection):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status == 200 and json.loads(answer.read()) == {"status": "ok"}

    def memory_mb(self):
        status = Path(f"/proc/{self.the_hub.process.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) // 1024

    def start_honest_load(self, seconds):
        """Devices that upload, and one that follows; any wrong answer ends it with an error."""
        codes = [self.the_hub.add_device(f"honest {n}", "main") for n in range(HONEST + 1)]
        self.acknowledged, self.feed = self.folder / "acknowledged", self.folder / "feed"
        load = subprocess.Popen(
            [venue.program("lanyard-hub-load"), "--hub", f"http://{self.the_hub.address}", "--seconds", str(seconds),
             "--batch", "3", "--pause-ms", "50", "--acknowledged", str(self.acknowledged), "--feed", str(self.feed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(load.kill)
        load.stdin.write("\n".join(codes) + "\n")
        load.stdin.close()
        return load, codes

    def end_honest_load(self, load):
        self.assertEqual(load.wait(timeout=venue.patience(120)), 0, load.stderr.read())
        said = load.stdout.read().strip()
        load.stdout.close()
        load.stderr.close()
        rows = self.the_hub.rows()
        at_hub = {(row["device"], row["seq"]) for row in rows}
        self.assertEqual(len(at_hub), len(rows), "a row stands twice")
        promised = [tuple(line.split()) for line in self.acknowledged.read_text(encoding="ascii").splitlines()]
        self.assertGreater(len(promised), 100)
        self.assertEqual({(device, int(seq)) for device, seq, _, _ in promised} - at_hub, set(), "acknowledged, and not there")
        self.assertEqual(len(self.feed.read_text(encoding="ascii").splitlines()), len(rows))
        self.assertIn(" 0 again", said, "an honest client had to ask twice")
        self.the_hub.run("journal", "verify")
        return said

    # --- what is tried --------------------------------------------------------------------------------------------
    def send_malformed(self, rounds):
        for _ in range(rounds):
            for name, sent in self.chance.sample(sorted(MALFORMED.items()), len(MALFORMED)):
                connection = self.connect()
                self.addCleanup(connection.close)
                self.send(connection, sent)
                said, closed = self.hear(connection, quiet=1.5)
                if not closed:  # it may be the beginning of something: then it has the time of a request
                    self.assertEqual(said, b"", f"{name}: the connection stays open")
                    self.waiting[name] = connection
                    continue
                connection.close()
                statuses = statuses_of(said)
                if name == "a body that is longer than said":  # whatever follows is the next request, and none
                    self.assertEqual(statuses, [400, 400], name)
                elif name == "chunks without a last one":
                    self.assertEqual(statuses, [413], name)
                else:
                    self.assertLessEqual(len(statuses), 1, f"{name}: {said[:2000]}")
                self.assertNotIn(b"hidden", said, name)
                self.assertTrue(all(400 <= status < 500 for status in statuses), f"{name}: {statuses}")
        return rounds * len(MALFORMED)

    def send_odd(self):
        for name, (sent, expected) in ODD.items():
            if name == "a thousand at once":
                sent, expected = sent * 1000, expected * 1000
            said, _ = self.ask(sent, quiet=0.5)
            self.assertEqual(statuses_of(said, ["HEAD"] if name.startswith("HEAD") else []), expected, name)
        return len(ODD)

    def send_truncated(self, count):
        """A request that ends anywhere, whose sender then says no more, or is gone."""
        whole = POST + b"Content-Length: 200\r\n\r\n" + b"{" * 200
        for n in range(count):
            said, closed = self.ask(whole[:self.chance.randrange(1, len(whole) - 1)], half_close=n % 2 == 0, quiet=0.05)
            self.assertEqual(said, b"")
            self.assertTrue(closed or n % 2)
        return count

    def send_garbage(self, count):
        for _ in range(count):
            said, closed = self.ask(self.chance.randbytes(self.chance.randrange(1, 3000)) + b"\r\n\r\n")
            self.assertTrue(closed)
            self.assertTrue(set(statuses_of(said)) <= {400}, said)
        return count

    def mutate_requests(self, count):
        """A good request with some of its bytes changed: one answer, or none where it does not end any more."""
        good = b"GET /healthz HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        for _ in range(count):
            bytes_ = bytearray(good)
            for _ in range(self.chance.randrange(1, 4)):
                bytes_[self.chance.randrange(len(bytes_))] = self.chance.randrange(256)
            said, _ = self.ask(bytes(bytes_), half_close=True)
            statuses = statuses_of(said)
            self.assertLessEqual(len(statuses), 1, bytes(bytes_))
            self.assertTrue(all(status == 200 or 400 <= status < 500 for status in statuses), (bytes(bytes_), statuses))
        return count

    def greet_by_tls(self):
        context = ssl.create_default_context()
        for _ in range(5):
            with contextlib.closing(self.connect()) as connection, self.assertRaises((ssl.SSLError, OSError)):
                context.wrap_socket(connection, server_hostname="hub")
        return 5

    def open_slow(self):
        """Connections that send a byte now and then: some of a header, some of a body, some between two chunks."""
        beginnings = (b"GET /healthz HTTP/1.1\r\nX: ", POST + b"Content-Length: 1000\r\n\r\n",
                      CHUNKED + b"1;", b"", CHUNKED + b"3e8\r\n")
        slow = [self.connect() for _ in range(SLOW)]
        for n, connection in enumerate(slow):
            connection.sendall(beginnings[n % len(beginnings)])
        ends = {}
        stop = threading.Event()

        def drip():
            while not stop.is_set() and len(ends) < len(slow):
                for connection in slow:
                    if connection in ends:
                        continue
                    try:
                        connection.sendall(b"a")
                        connection.setblocking(False)
                        with contextlib.suppress(BlockingIOError):
                            if connection.recv(4096) == b"":
                                ends[connection] = True
                        connection.settimeout(5)
                    except OSError:
                        ends[connection] = True
                stop.wait(0.5)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        self.addCleanup(lambda: [stop.set(), thread.join(), *(connection.close() for connection in slow)])
        return slow, ends

    def open_idle(self):
        """As many connections as may be, of which a tenth has half a header in it."""
        idle = []
        self.addCleanup(lambda: [connection.close() for connection in idle])
        for n in range(min(IDLE, self.open_files - 500)):
            idle.append(self.connect())
            if n % 10 == 0:
                idle[-1].sendall(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 15_000)
        return idle

    def test_nobody_s_body_is_unpacked_before_it_is_known_whose_it_is(self):
        # Unpacked, each would be 400: what is no frame of zstd, and what is no question.
        for path, body in (("/v1/journal", b"no frame"), ("/v1/heartbeat", b"no frame"), ("/v1/journal", b"x" * 100_000)):
            connection = http.client.HTTPConnection(self.host, self.port, timeout=venue.patience(20))
            with contextlib.closing(connection):
                connection.request("POST", path, body, {"Authorization": f"Bearer {SECRET}", "Content-Encoding": "zstd"})
                self.assertEqual(connection.getresponse().status, 401, path)

    def test_hostile_requests_are_refused_and_honest_kiosks_go_on(self):
        before = self.memory_mb()
        load, codes = self.start_honest_load(seconds=45)
        slow, ended = self.open_slow()
        done = {"malformed": self.send_malformed(2), "odd": self.send_odd(), "truncated": self.send_truncated(100),
                "garbage": self.send_garbage(100), "mutated": self.mutate_requests(400), "TLS": self.greet_by_tls()}
        idle = self.open_idle()
        self.assertTrue(self.healthy())
        done["idle"] = len(idle)
        done["malformed beside them"] = self.send_malformed(1)
        high = self.memory_mb()
        # A request has half a minute, however busy its sender looks.
        venue.wait_until("the slow ones to be dropped", lambda: len(ended) == len(slow), 60)
        done["slow, dropped"] = len(ended)
        for name, connection in self.waiting.items():
            said, closed = self.hear(connection, quiet=60)
            self.assertTrue(closed, name)
            self.assertEqual(said, b"", name)
        self.assertLess(len(self.waiting), 5, self.waiting.keys())
        said = self.end_honest_load(load)
        for connection in idle:
            connection.close()
        venue.wait_until("the hub to be well", self.healthy)
        after = self.memory_mb()
        # Sanitizers keep what was freed; patience is longer then, and memory is larger.
        self.assertLess(max(high, after) - before, venue.patience(150), "the hub's memory has grown")
        log = self.the_hub.process.log.read_text(errors="replace")
        for secret in (SECRET, *codes):
            self.assertNotIn(secret, log)
        self.assertNotIn("[error]", log)
        self.assertLess(len(log), 20_000, "a flood of requests has become one of the log")
        print("; ".join(f"{count} {what}" for what, count in done.items())
              + f"\nthe hub's memory: {before} MB, then at most {high}, {after} in the end\nhonest clients: {said}", flush=True)


if __name__ == "__main__":
    unittest.main()
