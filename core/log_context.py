"""What is being done while something is logged: which request or task, which act, who, on which page. Numbers and names of ours only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.functional import SimpleLazyObject


@dataclass
class Doing:
    """`request_id`: of a request or a task; `task`: kind and number of the subject; `act`: the number of the last audit entry written."""

    request_id: str = ""
    task: str = ""
    request: Any = None
    act: int | None = None


_doing: ContextVar[Doing | None] = ContextVar("doing", default=None)


@contextmanager
def doing(**what: Any) -> Iterator[Doing]:
    """Within the block every line of the log says so. The fields are those of `Doing`."""
    one = Doing(**what)
    token = _doing.set(one)
    try:
        yield one
    finally:
        _doing.reset(token)


def acted(number: int) -> None:
    """An audit entry of this number was written (its transaction may still fall)."""
    one = _doing.get()
    if one is not None:
        one.act = number


def view_of(request: Any) -> str:
    """The name of the view that answers, or "-": never the address, which holds what people typed."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name if match else "") or "-"


def user_of(request: Any) -> int | None:
    """The number of who asks, where it is known already: nobody is looked up for the log."""
    user = getattr(request, "_cached_user", None)
    if user is None:
        user = getattr(request, "user", None)
        if isinstance(user, SimpleLazyObject):
            return None
    return getattr(user, "pk", None)


def shown() -> dict[str, Any]:
    """What is known now, for a line of the log; nothing outside of requests and tasks."""
    one = _doing.get()
    if one is None:
        return {}
    found = {"request": one.request_id, "task": one.task, "act": one.act}
    if one.request is not None:
        found |= {"view": view_of(one.request), "user": user_of(one.request)}
    return {name: value for name, value in found.items() if value not in ("", None)}
