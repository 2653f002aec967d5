"""The transition of a lifecycle: django-fsm's own, which also remembers that it ran, so that an act can prove what was done."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import django_fsm

Method = TypeVar("Method", bound=Callable[..., Any])
# The names of the transitions that ran on a row since it was locked, in order; never stored.
RAN = "_transitions_that_ran"


def transition(*, field: Any, source: Any, target: Any) -> Callable[[Method], Method]:
    """A method of a lifecycle that takes its row from `source` to `target` (None: the state stays). Use it for every verb."""

    def decorate(method: Method) -> Method:
        @functools.wraps(method)
        def remembered(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = method(self, *args, **kwargs)
            self.__dict__.setdefault(RAN, []).append(method.__name__)
            return result

        return django_fsm.transition(field=field, source=source, target=target)(remembered)

    return decorate


def transitions_that_ran(thing: Any) -> list[str]:
    """Which transitions ran on `thing` since the last time this was asked; asking forgets them."""
    ran: Iterable[str] = thing.__dict__.pop(RAN, ())
    return list(ran)
