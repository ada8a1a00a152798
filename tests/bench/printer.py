#!/usr/bin/env python3
"""Runs a program with the address of a real IPP printer, CUPS' ippeveprinter, behind its arguments:

    printer.py PROGRAM [ARGUMENT...]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
import paper  # noqa: E402


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="lanyard-") as folder:
        printer = paper.IppPrinter(Path(folder))
        try:
            return subprocess.run([*sys.argv[1:], printer.uri], check=False).returncode
        finally:
            printer.stop()


if __name__ == "__main__":
    sys.exit(main())
