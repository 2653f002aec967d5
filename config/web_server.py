"""For gunicorn (`--config python:config.web_server`): all its processes count their requests together."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

made = ""


def on_starting(server: Any) -> None:
    """Before the workers: an empty folder in which they write their counts down."""
    global made
    made = tempfile.mkdtemp(prefix="yisong-counts-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = made


def on_exit(server: Any) -> None:
    if made:
        shutil.rmtree(made, ignore_errors=True)
