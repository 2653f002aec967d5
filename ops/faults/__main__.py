"""`make faults`: breaks a running installation in every way that is listed here, and ends non-zero unless nothing was lost, doubled or stuck."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from ops.faults.disk import SmallDisk
from ops.faults.servers import Listener
from ops.faults.stack import Stack

# Seconds for all of it.
BOUND = 15 * 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the moments at which things happen follow from it")
    parser.add_argument("--only", default="", help="names of faults, with commas")
    parser.add_argument("--letters", type=int, default=8, help="letters signed, sent and accepted beside each fault")
    parser.add_argument("--minutes", type=float, default=3.0, help="how long the soak lasts")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    given = parser.parse_args()
    began, base = time.monotonic(), Path(tempfile.mkdtemp(prefix="yisong-faults-", dir="/tmp"))
    base.chmod(0o755)
    disk, listener = SmallDisk(base / "media"), Listener()
    stack = Stack(base, disk.environment)
    try:
        stack.start()
        os.environ.update(stack.env)
        django.setup()
        from ops.faults import running

        return running.run(stack, disk, listener, given, began + BOUND)
    finally:
        stack.stop()
        listener.stop()
        disk.stop()
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
