"""A place of its own to restore into: an empty database beside the tests' one, an empty storage, an empty anchor folder."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from foundation.storing.connecting import parameters

ROOT = Path(__file__).resolve().parent.parent.parent


class Place:
    def __init__(self, name, folder):
        self.name, self.media, self.anchors = name, folder / "media", folder / "anchors"
        given = parameters()
        url = f"postgresql://{given['user']}:{given['password']}@{given['host']}:{given['port']}/{name}"
        self.env = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "SECRET_KEY": settings.SECRET_KEY, "AUDIT_KEY": settings.AUDIT_KEY, "AUDIT_ANCHOR_KEY": settings.AUDIT_ANCHOR_KEY,
            "AUDIT_ANCHOR_DIR": str(self.anchors), "MEDIA_ROOT": str(self.media), "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL,
        }  # fmt: skip

    def manage(self, *command):
        """Exit code and everything printed."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *map(str, command)], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def count(self, table):
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


@contextmanager
def empty_place(folder):
    name = f"restored_{os.getpid()}_{abs(hash(str(folder))) % 10**6}"
    with psycopg.connect(**parameters(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield Place(name, folder)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
