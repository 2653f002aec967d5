"""The database engine (ENGINE): counts what was committed, and takes back what a transaction that fell had put elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base

from core.away import is_away

log = logging.getLogger("yisong.database")


class DatabaseWrapper(base.DatabaseWrapper):
    """`commits`: how many transactions this connection has committed; whoever wants to run something again asks it first.

    `may_stand`: how many commits, and statements outside of a transaction that write, were sent and not refused. One whose
    connection broke before the answer is counted: nobody can know whether it stands.

    `on_rollback(undo)`: `undo()` is called when the transaction (or the savepoint) that is open now does not stand; Django
    has the same for commits only.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commits = 0
        self.may_stand = 0
        self.execute_wrappers.append(self._counted)
        self._undo: list[tuple[set[str], Callable[[], Any]]] = []

    def on_rollback(self, undo: Callable[[], Any]) -> None:
        if self.in_atomic_block:
            self._undo.append((set(self.savepoint_ids), undo))

    def _counted(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """A statement by itself commits itself, unless it only reads."""
        if self.in_atomic_block or str(sql).startswith("SELECT"):
            return execute(sql, params, many, context)
        with self._may_stand():
            return execute(sql, params, many, context)

    @contextmanager
    def _may_stand(self) -> Iterator[None]:
        self.may_stand += 1
        try:
            yield
        except Exception as error:
            # What the server refused does not stand; a server that ends while it commits may have committed.
            if getattr(error.__cause__, "sqlstate", None) and not is_away(error):
                self.may_stand -= 1
            raise

    def commit(self) -> None:
        with self._may_stand():
            super().commit()
        self.commits += 1
        self._undo = []

    def rollback(self) -> None:
        # Taken back even where the connection has died: the server drops such a transaction by itself.
        try:
            super().rollback()
        finally:
            self._take_back(lambda sids: True)

    def close(self) -> None:
        super().close()
        if not self.in_atomic_block:
            self._take_back(lambda sids: True)

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        self._take_back(lambda sids: sid in sids)

    def _take_back(self, fell: Callable[[set[str]], bool]) -> None:
        gone = [undo for sids, undo in self._undo if fell(sids)]
        self._undo = [(sids, undo) for sids, undo in self._undo if not fell(sids)]
        for undo in reversed(gone):
            try:
                undo()
            except Exception as error:
                log.warning("not taken back: %s", type(error).__name__)
