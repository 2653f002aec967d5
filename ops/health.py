"""Health checks of the containers: `python -m ops.health web | beat | QUEUE`. Exit code 0 when well; what is not is said in a sentence.

QUEUE is watch, letters, mail, exports, files or events: the worker of that queue answers, hangs on nothing and lets nothing wait.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from foundation.health.figures import Figure

SWEEP_MAY_BE_OLD = dt.timedelta(minutes=5)


def web() -> bool:
    """The server answers and reaches the database."""
    request = Request(os.environ.get("HEALTH_URL", "http://127.0.0.1:8000/health/ready/"), headers={"Host": _host(), "X-Forwarded-Proto": "https"})
    with urlopen(request, timeout=5) as answer:
        return int(answer.status) == 200


def _host() -> str:
    return os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]


def _answering() -> set[str]:
    """The names of the workers that answer a ping through the broker."""
    from config.celery import app

    return {name for answer in app.control.ping(timeout=5) or [] for name in answer}


def worker(queue: str) -> bool:
    """The worker of this queue answers; nothing in it is past its limit, nothing waits too long."""
    found = [one for one in _figures() if one.of == queue and one.name in ("queue_age", "tasks_over_limit")]
    unwell = [one.said for one in found if not one.well]
    if unwell or not found:
        raise OSError(" ".join(unwell) or "the database does not answer")
    return any(name.startswith(f"{queue}@") for name in _answering())


def _figures() -> list[Figure]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    django.setup()
    from foundation.health.collecting import figures

    return figures()


def beat() -> bool:
    """The sweep has run within five minutes: the beat beats and a worker hears it."""
    lag = [one for one in _figures() if one.name == "beat_lag"]
    if not all(one.well for one in lag):
        raise OSError(lag[0].said)
    from foundation.work.runs import last_end
    from oversight.apps import SWEEP

    last = last_end(SWEEP)
    return last is not None and dt.datetime.now(dt.UTC) - last < SWEEP_MAY_BE_OLD


if __name__ == "__main__":
    try:
        part = sys.argv[1]
        well = web() if part == "web" else beat() if part == "beat" else worker(part)
    except (OSError, IndexError) as error:
        sys.exit(f"unwell: {error}")
    sys.exit(0 if well else 1)
