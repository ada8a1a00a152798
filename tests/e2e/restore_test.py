"""A hub that is restored as docs/scaling.md says: from the copy of one file, on another machine."""

import contextlib
import http.client
import json
import sqlite3
import ssl
import unittest

from base import Journey
import venue


class Restore(Journey):
    def certificate(self, hub):
        host, port = hub.address.rsplit(":", 1)
        return ssl.get_server_certificate((host, int(port)), timeout=venue.patience(20))

    def ask(self, hub, certificate, path, body, token=None):
        """By that certificate and no other."""
        context = ssl.create_default_context(cadata=certificate)
        connection = http.client.HTTPSConnection(hub.address, context=context, timeout=venue.patience(20))
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        with contextlib.closing(connection):
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def test_a_hub_from_a_copy_of_hub_db_alone_is_known_by_the_key_that_kiosks_have_pinned(self):
        lost = venue.Hub(self.folder / "lost").start("--tls")
        self.addCleanup(lost.stop)
        known = self.certificate(lost)
        said = {"code": lost.add_device("North", "main"), "public_key": "07" * 32, "software": "test"}
        status, kiosk = self.ask(lost, known, "/v1/enrol", said)
        self.assertEqual(status, 200)
        with contextlib.closing(sqlite3.connect(lost.data / "hub.db")) as source, \
                contextlib.closing(sqlite3.connect(self.folder / "copy.db")) as copy:
            source.backup(copy)
        pin = lost.run("key", "tls")
        lost.stop()

        restored = venue.Hub(self.folder / "restored")
        (self.folder / "copy.db").replace(restored.data / "hub.db")
        for beside in ("hub.db-wal", "hub.db-shm"):
            (restored.data / beside).unlink(missing_ok=True)
        restored.start("--tls")
        self.addCleanup(restored.stop)
        self.assertEqual(restored.run("key", "tls"), pin)
        beat = {"software": "test", "last_seq": 0, "unsent": 0, "rejected": 0, "roster_version": 0,
                "device_now": "2026-11-23T01:30:00.000Z"}
        status, _ = self.ask(restored, known, "/v1/heartbeat", beat, kiosk["token"])
        self.assertEqual(status, 200)


if __name__ == "__main__":
    unittest.main()
