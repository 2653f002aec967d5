"""Asking what may hang (a frozen database, a lost disk), and answering in time all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from django.db import connections
from django.utils import translation


class Bounded:
    """`ask()` is called in a thread of its own, one at a time a process however many want to know; its answer is good for `fresh` seconds.

    One that hangs keeps one thread and one connection, not one a request.
    """

    def __init__(self, ask: Callable[[], Any], fresh: float = 0.0) -> None:
        self.ask, self.fresh = ask, fresh
        self._lock = threading.Lock()
        self._asked: Future[Any] | None = None
        self._ended = 0.0

    def begin(self) -> Future[Any]:
        """The answer that is under way, or still fresh, or a new one."""
        with self._lock:
            if self._asked is None or (self._asked.done() and time.monotonic() - self._ended > self.fresh):
                self._asked = Future()
                threading.Thread(target=self._run, args=(self._asked, translation.get_language()), daemon=True).start()
            return self._asked

    def answer(self, until: float) -> Any:
        """The answer. Raises TimeoutError when it has not come at `until` (time.monotonic), or what asking raised."""
        return self.begin().result(timeout=max(until - time.monotonic(), 0.0))

    def _run(self, asked: Future[Any], language: str | None) -> None:
        answer: Any = None
        failed: BaseException | None = None
        try:
            with translation.override(language):
                answer = self.ask()
        except BaseException as error:
            failed = error
        finally:
            connections.close_all()
        self._ended = time.monotonic()
        if failed is None:
            asked.set_result(answer)
        else:
            asked.set_exception(failed)
