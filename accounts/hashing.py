"""Passwords and client secrets are hashed a few at a time, and beside the pages, not before them.

Argon2 is slow on purpose. Each process hashes in so many threads of its own; a few callers wait for them, and whoever comes on top
of that is told at once to come again. So a flood of sign-ins, of tokens asked for or of new passwords slows itself and not the
pages. (The threads are not made to give way: one that is kept from the processor while it holds the interpreter's lock holds up
every page of its process.)
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext as _

from core.errors import Busy

# Seconds: how long a caller waits for a hash, and after how many seconds whoever was turned away may come again.
PATIENCE, AGAIN = 10.0, 2


class _Bench:
    """The hashing threads of one process, made when first needed (after a fork, not before)."""

    def __init__(self, running: int, waiting: int) -> None:
        self.process, self.size = os.getpid(), (running, waiting)
        self.seats = threading.BoundedSemaphore(running + waiting)
        self.threads = ThreadPoolExecutor(running, "hashing")

    def do(self, work: Callable[[], Any]) -> Any:
        """The outcome of `work`, done in one of the hashing threads. Raises Busy when all seats are taken."""
        if not self.seats.acquire(blocking=False):
            raise Busy(_("现在登录的人很多，请稍等几秒再试。"), wait=AGAIN)
        done = self.threads.submit(work)
        # The seat is given back when the work has ended, not when its caller has lost patience.
        done.add_done_callback(lambda _done: self.seats.release())
        try:
            return done.result(PATIENCE)
        except TooLate:
            done.cancel()
            raise Busy(_("现在登录的人很多，请稍等几秒再试。"), wait=AGAIN) from None


_bench: _Bench | None = None
_making = threading.Lock()


def beside_the_pages(work: Callable[[], Any]) -> Any:
    """Do `work` (a pure computation) in this process's hashing threads. Raises Busy."""
    global _bench
    with _making:
        size = (int(settings.HASHES_AT_ONCE), int(settings.HASHES_WAITING))
        if _bench is None or _bench.process != os.getpid() or _bench.size != size:
            _bench = _Bench(*size)
        bench = _bench
    return bench.do(work)


class BoundedArgon2(Argon2PasswordHasher):
    """Django's Argon2, in one lane (100 MiB, two passes): one hash is one thread, never eight."""

    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return str(beside_the_pages(partial(super().encode, password, salt)))

    def verify(self, password: str, encoded: str) -> bool:
        return bool(beside_the_pages(partial(super().verify, password, encoded)))
