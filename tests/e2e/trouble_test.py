"""Hostile codes, missing parts, a full disk: a clear error or a calm screen, and no row lost."""

import os
import subprocess
import unittest

from base import Journey
import paper
import venue


class Trouble(Journey):
    def test_hostile_codes_are_refused_and_change_nothing(self):
        other = venue.Hub(self.folder / "other",
                          event=venue.event_with(self.folder / "other.toml", ('id = "forum-2026"', 'id = "other"')))
        hub = self.hub()
        codes = hub.credentials()
        kiosk = self.kiosk(hub, "north", "main")
        kiosk.start_app()
        kiosk.wait_ready()
        broken = paper.with_broken_signature(codes["A0002"])
        cases = [("A" * 2900, "credential.too_long"),
                 ("\x01\x1b[2J\x07", "credential.bad_characters"),
                 ("'; DROP TABLE journal; --", "attendee.unknown"),
                 ("L1:", "credential.malformed"),
                 ("L1:%%%%%", "credential.malformed"),
                 (broken, "credential.bad_signature"),
                 (other.credentials()["A0002"], "event.other"),
                 ("https://example.org/?q=<script>", "attendee.unknown"),
                 (venue.PIN, "attendee.unknown")]
        for text, rule in cases:
            self.assertEqual(self.show(kiosk, text)["rule"], rule)
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        rows = kiosk.own_rows()
        self.assertEqual([row[3] for row in rows if row[1] == "refused"], [rule for _, rule in cases])
        self.assertTrue(all(row[2] == "" for row in rows if row[1] == "refused"))

    def test_unreadable_pictures_before_the_camera_do_not_stop_it(self):
        hub = self.hub()
        codes = hub.credentials()
        kiosk = self.kiosk(hub, "north", "main")
        (kiosk.frames / "000000.png").write_bytes(b"\x89PNG\r\n\x1a\nnot really")
        (kiosk.frames / "000001.jpg").write_bytes(b"\xff\xd8\xff\xe0")
        (kiosk.frames / "000002.png").write_bytes(b"")
        kiosk.start_app()
        kiosk.wait_ready()
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")

    def test_a_missing_camera_is_a_calm_screen_with_a_code_and_heals(self):
        hub = self.hub()
        kiosk = self.kiosk(hub, "north", "main")
        mark = kiosk.mark()
        kiosk.start_app("--camera", "v4l2:/dev/no-such-camera")
        kiosk.wait_event("out of order, C1", lambda e: e.get("fault") == "C1", since=mark)
        self.assertEqual(kiosk.stop_app(), 0)
        mark = kiosk.mark()
        kiosk.start_app("--camera", "none")
        kiosk.wait_event("idle", lambda e: e["screen"] == "idle", since=mark)

    def test_a_kiosk_that_is_not_enrolled_says_so(self):
        hub = self.hub()
        kiosk = self.kiosk(hub, "north", "main")
        settings = self.folder / "new.toml"
        settings.write_text((kiosk.folder / "kiosk.toml").read_text().replace("store.db", "new.db"))
        kiosk.folder.joinpath("kiosk.toml").write_text(settings.read_text())
        kiosk.start_app()
        kiosk.wait_event("out of order, E1", lambda e: e.get("fault") == "E1")

    def test_a_database_of_which_nothing_can_be_read_is_a_calm_screen_and_nobody_is_let_in(self):
        hub = self.hub()
        codes = hub.credentials()
        kiosk = self.kiosk(hub, "north", "main")
        kiosk.stop_daemon()
        for suffix in ("-wal", "-shm"):
            kiosk.store.with_name(kiosk.store.name + suffix).unlink(missing_ok=True)
        kiosk.store.write_bytes(b"this is not a database" * 1000)
        kiosk.start_app()
        # Who it was went with it: it is to be set up anew. The file is kept.
        kiosk.wait_event("out of order, E1", lambda e: e.get("fault") == "E1")
        aside = next(kiosk.store.parent.glob(kiosk.store.name + ".aside-*"))
        self.assertIn(b"this is not a database", (aside / kiosk.store.name).read_bytes())
        kiosk.hold_up(self.pictures([codes["A0002"]]))
        with self.assertRaises(venue.VenueError):
            kiosk.wait_event("a green", lambda e: e["screen"] == "admitted", seconds=2)

    def test_what_is_wrong_in_the_settings_is_named_with_its_line(self):
        settings = self.folder / "kiosk.toml"
        for text, named in (("[camera]\nsurce = \"none\"\n", ["kiosk.toml:2", "surce"]),
                            ("[screen]\nwidth_px = \"wide\"\n", ["kiosk.toml:2", "width_px"]),
                            ("[screen\n", ["kiosk.toml:1"]),
                            ("[[staff]]\nid = \"a\"\npin_hash = \"1234\"\n", ["kiosk.toml:3", "pin_hash"]),
                            ("[printer]\nuri = \"lpt1\"\n", ["lpt1", "ipp://"])):
            settings.write_text(text)
            done = subprocess.run([venue.program("lanyard-kiosk"), "--config", str(settings)], capture_output=True,
                                  text=True, check=False, timeout=venue.patience(30),
                                  env={k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")})
            self.assertEqual(done.returncode, 78, done)  # no restart mends it
            for part in named:
                self.assertIn(part, done.stderr)

    def test_a_machine_without_fonts_is_told_so_and_what_to_install(self):
        fonts = self.folder / "fonts.conf"
        fonts.write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
                         f'<dir>{self.folder}/no-fonts</dir><cachedir>{self.folder}/cache</cachedir></fontconfig>')
        settings = self.folder / "kiosk.toml"
        settings.write_text('[camera]\nsource = "none"\n')
        for arguments, stream in (([], "stderr"), (["check"], "stdout")):
            done = subprocess.run([venue.program("lanyard-kiosk"), "--config", str(settings), *arguments],
                                  capture_output=True, text=True, check=False, timeout=venue.patience(30),
                                  env={**os.environ, "FONTCONFIG_FILE": str(fonts)})
            self.assertEqual(done.returncode, 1 if arguments else 78, done)
            self.assertIn("no letters for Latin, Cyrillic", getattr(done, stream))
            self.assertIn("Han, rare Han, Hangul, Kana (install fonts-noto-cjk)", getattr(done, stream))

    def test_every_program_answers_help_and_version_and_wrong_use(self):
        for name in ("lanyard-kiosk", "lanyard-hub", "lanyard-setup", "lanyard-syncd", "lanyard-scan"):
            for option in ("--help", "--version"):
                done = subprocess.run([venue.program(name), option], capture_output=True, text=True, check=False,
                                      timeout=venue.patience(30))
                self.assertEqual(done.returncode, 0, (name, option, done.stderr))
                self.assertIn(name, done.stdout)
            done = subprocess.run([venue.program(name), "--no-such-option"], capture_output=True, text=True, check=False,
                                  timeout=venue.patience(30))
            self.assertEqual(done.returncode, 2, (name, done))
            self.assertEqual(done.stdout, "")

    @unittest.skipUnless(os.geteuid() == 0, "a small disk of its own can be made by root alone")
    def test_a_full_disk_admits_nobody_and_heals_when_there_is_room_again(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)], check=False,
                          capture_output=True).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(disk)], check=False)
        hub = self.hub()
        codes = hub.credentials()
        (self.folder / "north").symlink_to(disk)
        kiosk = self.kiosk(hub, "north", "main", printer=f"folder:{self.folder / 'printed'}")
        pictures = self.folder / "outside"
        pictures.mkdir()
        kiosk.frames.rmdir()
        kiosk.frames.symlink_to(pictures)
        kiosk.start_app()
        kiosk.wait_ready()
        self.assertEqual(self.show(kiosk, codes["A0002"])["screen"], "admitted")
        kiosk.wait_event("idle", lambda e: e["screen"] == "idle" and e is kiosk.events[-1])
        before = len(kiosk.own_rows())

        with open(disk / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass
        mark = kiosk.mark()
        kiosk.hold_up(self.pictures([codes["A0005"]]))
        # The write-ahead log may have room for a row or two in pages that it has; go on until it has not.
        for who in ("A0008", "A0009", "A0010", "A0011", "A0013"):
            kiosk.hold_up([self.blank()] + self.pictures([codes[who]]) * 3)
        kiosk.wait_event("out of order, D1", lambda e: e.get("fault") == "D1", since=mark, seconds=40)
        shown = {e["attendee"] for e in kiosk.events[mark:] if e["screen"] == "admitted"}
        kiosk.hold_up([self.blank()])
        (disk / "filler").unlink()
        kiosk.wait_event("idle again", lambda e: e["screen"] == "idle" and e is kiosk.events[-1], seconds=30)
        rows = {row[2] for row in kiosk.own_rows()[before:] if row[1] == "admitted"}
        self.assertLessEqual(shown, rows, "greens without rows")
        self.assertEqual(self.show(kiosk, codes["A0016"])["screen"], "admitted")
        kiosk.wait_synced()


if __name__ == "__main__":
    unittest.main()
