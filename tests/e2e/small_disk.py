"""A disk that is soon full: a small file system in memory, mounted where only this process and its children see it."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

MARK = "LANYARD_OWN_MOUNTS"
PAGE = 4096


def enter_own_mounts():
    """Begins this program anew with mounts of its own, which are gone with it; by a user namespace for who is not root.

    Where the machine allows neither, it goes on as it was, and SmallDisk skips the test.
    """
    if MARK in os.environ:
        return
    unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    tried = subprocess.run([*unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    if tried.returncode == 0:
        os.execvpe(unshare[0], [*unshare, sys.executable, "-B", *sys.argv], dict(os.environ, **{MARK: "1"}))
    print("no file system can be mounted here:", tried.stderr.decode().strip(), file=sys.stderr)


class SmallDisk:
    def __init__(self, folder, megabytes):
        if MARK not in os.environ:
            raise unittest.SkipTest("no file system can be mounted here")
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(self.folder)], check=True)
        self._filler = self.folder / "filler"

    def fill(self, but_pages=0):
        """Takes all the room there is, but for some pages."""
        with open(self._filler, "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(PAGE))
            except OSError:
                pass
            filler.truncate(max(0, filler.tell() // PAGE - but_pages) * PAGE)

    def free(self):
        self._filler.unlink()

    def remove(self):
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
