"""For gunicorn (`--config python:config.web_server`): all its processes count their requests together."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from config.settings.logs import logging_as

made = ""
_log = logging_as(os.environ.get("LOG_FORMAT", "json"), os.environ.get("LOG_LEVEL", "WARNING"))
# The server's own words, as ours: it would print errors with their texts. It writes no access log; core/request_log.py does.
logconfig_dict = _log | {
    "loggers": _log["loggers"]
    | {
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
    }
}


def on_starting(server: Any) -> None:
    """Before the workers: an empty folder in which they write their counts down."""
    global made
    made = tempfile.mkdtemp(prefix="yisong-counts-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = made


def on_exit(server: Any) -> None:
    if made:
        shutil.rmtree(made, ignore_errors=True)
