"""Keeps the parts of an installation running: whatever died by itself is started again, sooner the less often it died."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ops import embedded

# Seconds between two starts of what dies at once; doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# Whatever ran this long did not die at once.
RAN_WELL = 60.0
Start = Callable[[int | None], embedded.Service]


@dataclass
class Part:
    """One process that is to run for ever. `start(port)` starts it on the port it had before (None: the first time)."""

    name: str
    start: Start
    service: embedded.Service
    port: int | None
    began: float = field(default_factory=time.monotonic)
    pause: float = FIRST_PAUSE
    not_before: float = 0.0


class Household:
    """The parts in the order of their start; `mend` is called a few times a second."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}

    def add(self, name: str, start: Start) -> embedded.Service:
        service = start(None)
        self.parts[name] = Part(name, start, service, urlsplit(service.url).port if service.url else None)
        return service

    def mend(self) -> list[str]:
        """Start again what has ended; returns the names of what runs again."""
        return [part.name for part in self.parts.values() if part.service.process.poll() is not None and self._again(part)]

    def _again(self, part: Part) -> bool:
        now = time.monotonic()
        if now < part.not_before:
            return False
        if now - part.began > RAN_WELL:
            part.pause = FIRST_PAUSE
        part.not_before, part.pause = now + part.pause, min(part.pause * 2, LONGEST_PAUSE)
        # Children that a killed parent left would still hold its port or its queue.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(part.service.process.pid, signal.SIGKILL)
        try:
            part.service = part.start(part.port)
        except (RuntimeError, OSError):
            return False
        part.began = time.monotonic()
        return True

    def stop(self) -> None:
        for part in reversed(self.parts.values()):
            part.service.stop()


def start_program(name: str, command: list[str], env: dict[str, str], log: Path) -> embedded.Service:
    """A process of ours, in a group of its own, which ends with its owner."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command, cwd=embedded.ROOT, env=env, stdout=stream, stderr=stream, preexec_fn=embedded.die_with_owner(signal.SIGTERM)
        )
    return embedded.Service(name, process, "", signal.SIGTERM)
