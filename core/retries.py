"""What the database itself calls a passing collision is tried again, so that nobody meets it as an error."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connection

DEADLOCK, SERIALIZATION_FAILURE = "40P01", "40001"
TRIES = 5
# Seconds; doubled after each try and spread, so that the same two do not meet again.
FIRST_PAUSE = 0.02

Service = TypeVar("Service", bound=Callable[..., Any])


def is_collision(error: BaseException) -> bool:
    """Whether PostgreSQL ended a transaction only because another one stood in its way (deadlock, serialization failure)."""
    cause = error.__cause__ or error
    return getattr(cause, "sqlstate", None) in (DEADLOCK, SERIALIZATION_FAILURE)


def tried_again(service: Service) -> Service:
    """A service whose whole transaction is run again, up to five times, when the database broke it off for a collision.

    Nothing of a broken transaction remains (core.database takes back files too), so the second run is the first one to
    count. Inside a transaction of the caller's nothing is tried: there the caller's own service is the one to be run again.
    Nor is a service run again that has committed something before it collided: that would be done twice.
    """

    @functools.wraps(service)
    def again(*args: Any, **kwargs: Any) -> Any:
        if connection.in_atomic_block:
            return service(*args, **kwargs)
        pause, before = FIRST_PAUSE, connection.commits
        for _ in range(TRIES - 1):
            try:
                return service(*args, **kwargs)
            except OperationalError as error:
                if not is_collision(error) or connection.commits != before:
                    raise
                time.sleep(pause * (0.5 + random.random()))  # noqa: S311
                pause *= 2
        return service(*args, **kwargs)

    again.tried_again = True  # type: ignore[attr-defined]
    return again  # type: ignore[return-value]
