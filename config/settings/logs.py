"""What is written into the log, and how: nobody's data (docs/decisions/0027-logs.md), one line of JSON each, or readable for the eye."""

from __future__ import annotations

import os
from typing import Any


def logging_as(form: str, level: str) -> dict[str, Any]:
    """For logging.config.dictConfig: `form` is "json" or "plain"; `level` of what is not our own record of requests."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "core.logs.JsonLines"}, "plain": {"()": "core.logs.Readable"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        # Django's own handlers would write to its console and by mail to administrators.
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}, "yisong.access": {"level": "INFO"}},
    }


# "json" for whatever gathers logs, "plain" for the eye.
LOG_FORMAT = os.environ.get("LOG_FORMAT", "json")
LOG_LEVEL = os.environ.get("LOG_LEVEL", "WARNING")
LOGGING = logging_as(LOG_FORMAT, LOG_LEVEL)
