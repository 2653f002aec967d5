"""A small disk for the stored files, filled on purpose: a real one (tmpfs) for root, else a storage that pretends to be full."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from pathlib import Path
from typing import Any

from foundation.storing.disk import DurableDisk

FLAG = "FAULTS_FULL_WHILE"


class PretendedFull(DurableDisk):
    """Says that the disk is full, in the middle of writing, while the file named by FAULTS_FULL_WHILE is there."""

    def _write(self, partial: Path, content: Any) -> None:
        flag = os.environ.get(FLAG)
        if flag and Path(flag).exists():
            partial.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "pretended: no space left on device")
        super()._write(partial, content)


class SmallDisk:
    """`real`: whether it is a disk of its own. Made before anything is stored, at `place`."""

    def __init__(self, place: Path, megabytes: int = 96) -> None:
        self.place, self.flag = place, place.parent / "full"
        place.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)]
        self.real = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
        self.name = f"a disk of {megabytes} MB that is full" if self.real else "a storage that pretends to be full"

    @property
    def environment(self) -> dict[str, str]:
        return {} if self.real else {FLAG: str(self.flag)}

    def fill(self) -> None:
        if not self.real:
            self.flag.touch()
            return
        with contextlib.suppress(OSError), (self.place / "ballast").open("wb", buffering=0) as stream:
            while stream.write(b"\0" * 65536):
                pass

    def free(self) -> None:
        (self.place / "ballast" if self.real else self.flag).unlink(missing_ok=True)

    def partials(self) -> int:
        """Files that were begun and neither finished nor taken away."""
        return sum(1 for _ in self.place.rglob(".partial-*"))

    def stop(self) -> None:
        if self.real:
            subprocess.run(["umount", "-l", str(self.place)], capture_output=True)
