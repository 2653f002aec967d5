"""Django's own list for going live has nothing to say about the production settings."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_check_for_deployment_has_no_warnings():
    key = secrets.token_urlsafe(64)
    # The browser stories of the same process allow what no server may: it is not the server's environment that is asked here.
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    env = {**inherited, "DJANGO_SETTINGS_MODULE": "config.settings.production", "SECRET_KEY": key, "AUDIT_KEY": key, "AUDIT_ANCHOR_KEY": key}
    command = [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
