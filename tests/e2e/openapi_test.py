"""The protocol as it is written down, held against a running hub: by schemathesis, and by one request for each status.

Schemathesis comes from PyPI, for this test alone, into a folder of the build. Where it cannot be had, that is said.
"""

import contextlib
import hashlib
import http.client
import json
import re
import sqlite3
import subprocess
import sys
import threading
import unittest
import venv
from pathlib import Path

from base import Journey
import paper
import venue

SCHEMATHESIS = "schemathesis==4.32.5"
SCHEMA = Path(__file__).resolve().parents[2] / "sync" / "openapi.yaml"
# What the description promises. Not among them: that all which fits the schema is taken, and all else refused. Numbers
# past 64 bits are refused anywhere, and an upload is answered row by row.
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance")


def tools():
    """The programs of schemathesis's own environment; None if it cannot be had."""
    folder = venue.build_folder() / "schemathesis"
    program = folder / "bin" / "schemathesis"
    if not program.exists():
        with contextlib.suppress(subprocess.CalledProcessError):
            venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", SCHEMATHESIS]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print("schemathesis cannot be had:", done.stderr.strip().splitlines()[-1:], file=sys.stderr)
            return None
    return folder / "bin"


class OpenApi(Journey):
    def setUp(self):
        super().setUp()
        self.tools = tools()
        if self.tools is None:
            self.skipTest("schemathesis is not installed, and PyPI is not reached")
        self.the_hub = self.hub()
        self.updates = self.the_hub.folder / "updates"
        self.updates.mkdir()
        self.offer_update()
        self.the_hub.stop()
        self.the_hub.start("--updates", str(self.updates))
        code = self.the_hub.add_device("North", "main")
        status, answer = self.ask("POST", "/v1/enrol", {"code": code, "public_key": "07" * 32, "software": "test"}, token="")
        self.assertEqual(status, 200)
        self.token = answer["token"]

    def offer_update(self):
        kernel = b"a kernel"
        (self.updates / "lanyard_9.0.0.efi").write_bytes(kernel)
        (self.updates / "SHA256SUMS.gpg").write_bytes(b"a signature")
        (self.updates / "SHA256SUMS").write_text(f"{hashlib.sha256(kernel).hexdigest()}  lanyard_9.0.0.efi\n")

    def ask(self, method, path, body=None, token=None, coding=None, seconds=60):
        connection = http.client.HTTPConnection(self.the_hub.address, timeout=venue.patience(seconds))
        headers = {"Content-Type": "application/json"}
        token = self.token if token is None else token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if coding:
            headers["Content-Encoding"] = coding
        data = body if isinstance(body, (str, type(None))) else json.dumps(body)
        with contextlib.closing(connection):
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            said = answer.read()
            is_json = answer.headers.get_content_type() not in ("image/jpeg", "application/octet-stream")
            return answer.status, json.loads(said) if is_json else said

    def is_held_up(self):
        with contextlib.closing(http.client.HTTPConnection(self.the_hub.address, timeout=1)) as connection:
            connection.request("GET", "/healthz")
            try:
                connection.getresponse()
            except TimeoutError:
                return True
        return False

    def documented(self):
        """Every (method, path, status) of the description."""
        loaded = subprocess.run([str(self.tools / "python"), "-c",
                                 "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout, default=str)",
                                 str(SCHEMA)], capture_output=True, text=True, check=True)
        return {(method.upper(), path, int(status))
                for path, operations in json.loads(loaded.stdout)["paths"].items()
                for method, operation in operations.items() if method in ("get", "post")
                for status in operation["responses"]}

    def test_no_answer_is_one_that_the_description_does_not_know(self):
        for headers in ([f"Authorization: Bearer {self.token}"], ["Authorization: Bearer north.0"], []):
            arguments = [part for header in headers for part in ("-H", header)]
            done = subprocess.run([str(self.tools / "schemathesis"), "run", str(SCHEMA), "--url",
                                   f"http://{self.the_hub.address}", "--checks", CHECKS, "--max-examples", "40", "--seed",
                                   str(venue.seeded("openapi").randrange(2**31)), "--no-color", *arguments],
                                  cwd=self.the_hub.folder, capture_output=True, text=True, check=False)  # it keeps notes there
            self.assertEqual(done.returncode, 0, done.stdout[-6000:])
        self.assertEqual(self.ask("GET", "/healthz")[0], 200)

    def test_each_status_that_is_documented_is_seen(self):
        beat = {"software": "test", "last_seq": 0, "unsent": 0, "rejected": 0, "roster_version": 0,
                "device_now": "2026-11-23T01:30:00.000Z"}
        wrong_code = {"code": "AAAA-AAAA", "public_key": "07" * 32, "software": "test"}
        seen = {("POST", "/v1/enrol", 200)}  # by setUp

        def see(method, path, body=None, token=None, coding=None):
            known = re.sub("/v1/photos/.*", "/v1/photos/{hash}", path.split("?")[0])
            known = re.sub("/v1/updates/.*", "/v1/updates/{name}", known)
            seen.add((method, known, self.ask(method, path, body, token, coding)[0]))

        gone_code = self.the_hub.add_device("Gone", "main")
        gone = self.ask("POST", "/v1/enrol", {"code": gone_code, "public_key": "08" * 32, "software": "test"}, token="")[1]
        self.the_hub.run("device", "revoke", "gone")
        portraits = self.the_hub.folder / "portraits"
        portraits.mkdir()
        (portraits / "A0002.png").write_bytes(paper.png_grey([bytes(range(200))] * 300))
        self.the_hub.run("photo", "import", str(portraits))
        photo = next(one["photo"] for one in self.ask("GET", "/v1/roster")[1]["attendees"] if "photo" in one)
        see("GET", "/v1/photos/" + "0" * 64)
        see("GET", "/v1/updates/lanyard_1.0.0.efi")
        see("GET", "/v1/updates/lanyard_9.0.0.efi?from=x")
        for told in ("gone", "half"):
            (self.updates / "SHA256SUMS").unlink(missing_ok=True)
            if told == "half":
                (self.updates / "SHA256SUMS").write_text("half a line")
            see("GET", "/v1/updates")
            see("GET", "/v1/updates/lanyard_9.0.0.efi")
        self.offer_update()
        updates = [("GET", "/v1/updates", None), ("GET", "/v1/updates/lanyard_9.0.0.efi", None)]
        for method, path, body in updates:
            for token in (None, "north.0", gone["token"]):
                see(method, path, body, token=token)
        calls = [("GET", "/healthz", None), ("GET", f"/v1/photos/{photo}", None), ("GET", "/v1/roster?after=0&limit=5", None), ("GET", "/v1/journal?after=0", None),
                 ("POST", "/v1/journal", {"rows": []}), ("POST", "/v1/heartbeat", beat),
                 ("POST", "/v1/token", None), ("POST", "/v1/devices", {"devices": []})]
        for method, path, body in calls:
            see(method, path, body)
            see(method, path, body, token="north.0")
            see(method, path, body, token=gone["token"])
            if path not in ("/v1/token", "/v1/devices") and photo not in path:  # they read neither body nor query
                see(method, path.split("?")[0] + "?after=x", "{" if method == "POST" else None)
            if method == "POST":
                see(method, path, " " * (4 * 1024 * 1024 + 1))
                see(method, path, body, coding="gzip")
        hub_code = self.the_hub.run("device", "add", "Expo", "--venue-hub").strip()
        expo = self.ask("POST", "/v1/enrol", {"code": hub_code, "public_key": "09" * 32, "software": "test", "hub": True},
                        token="")[1]
        see("POST", "/v1/devices", {"devices": []}, token=expo["token"])
        see("POST", "/v1/devices", "{", token=expo["token"])
        see("POST", "/v1/enrol", "{")
        see("POST", "/v1/enrol", " " * 70000)
        see("POST", "/v1/enrol", wrong_code, coding="gzip")
        # Somebody else has the database for longer than the hub waits for it.
        with contextlib.closing(sqlite3.connect(self.the_hub.data / "hub.db", isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            first = threading.Thread(target=see, args=("POST", "/v1/heartbeat", beat))
            first.start()
            # What is asked before the hub waits is answered, as if nobody had the database.
            venue.wait_until("the hub to wait", lambda: self.is_held_up())
            others = [threading.Thread(target=see, args=call) for call in
                      [*calls, ("POST", "/v1/enrol", wrong_code), ("POST", "/v1/devices", {"devices": []}, expo["token"])]]
            for other in others:
                other.start()
            for thread in [first, *others]:
                thread.join()
        for _ in range(22):  # codes that are tried out
            see("POST", "/v1/enrol", wrong_code)
        documented = self.documented()
        self.assertEqual(seen - documented, set())
        self.assertEqual(documented - seen, set())


if __name__ == "__main__":
    unittest.main()
