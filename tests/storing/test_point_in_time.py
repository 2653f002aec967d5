"""Back to any moment: PostgreSQL's own archive of its log, with the settings that docs/operating.md names, tried on a server of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from ops import embedded

pytestmark = pytest.mark.worker
GUIDE = (Path(__file__).resolve().parent.parent.parent / "docs" / "operating.md").read_text(encoding="utf-8")


@pytest.fixture
def base():
    # Not under pytest's own folder: the account that PostgreSQL runs as must be able to enter.
    made = Path(tempfile.mkdtemp(prefix="yisong-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def owned(folder):
    """A folder that the server's account may write."""
    folder.mkdir(mode=0o700)
    account = embedded.service_account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def settings_of(guide, name):
    """The value that the guide gives to a setting of the server."""
    line = next(line for line in guide.splitlines() if line.strip().startswith(f"{name} ="))
    return line.partition("=")[2].strip().strip("'")


def test_a_server_goes_back_to_the_moment_before_a_mistake(base):
    archive = owned(base / "wal")
    first = embedded.start_postgres(base / "first")
    url = f"{first.url}postgres"
    with psycopg.connect(url, autocommit=True) as admin:
        for name in ("archive_mode", "archive_command"):
            value = settings_of(GUIDE, name).replace("/srv/wal", str(archive))
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    first.stop()
    first = embedded.start_postgres(base / "first")
    url = f"{first.url}postgres"
    second = base / "second"
    second.mkdir()
    second.chmod(0o755)
    tool = embedded._binaries(base / "first", embedded.service_account()) / "pg_basebackup"
    try:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE TABLE kept (said text)")
            subprocess.run([str(tool), "--pgdata", str(second / "pgdata"), "--checkpoint", "fast", "--dbname", url], check=True, capture_output=True)
            admin.execute("INSERT INTO kept VALUES ('before')")
            time.sleep(0.1)
            moment = admin.execute("SELECT clock_timestamp()::text").fetchone()[0]
            time.sleep(0.1)
            admin.execute("INSERT INTO kept VALUES ('the mistake')")
            admin.execute("SELECT pg_switch_wal()")
            while admin.execute("SELECT last_archived_wal IS NULL FROM pg_stat_archiver").fetchone()[0]:
                time.sleep(0.1)
    finally:
        first.stop()
    data = second / "pgdata"
    (second / "pg.password").write_text((base / "first" / "pg.password").read_text())
    shutil.copytree(base / "first" / "postgresql", second / "postgresql", symlinks=True) if (base / "first" / "postgresql").exists() else None
    with (data / "postgresql.auto.conf").open("a") as stream:
        stream.write(f"\narchive_mode = off\nrestore_command = '{settings_of(GUIDE, 'restore_command').replace('/srv/wal', str(archive))}'\n")
        stream.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = '{settings_of(GUIDE, 'recovery_target_action')}'\n")
    (data / "recovery.signal").touch()
    account = embedded.service_account()
    if account is not None:
        for path in (data, *data.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    server = embedded.start_postgres(second)
    try:
        with psycopg.connect(f"{server.url}postgres", autocommit=True) as admin:
            while admin.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                time.sleep(0.1)
            assert admin.execute("SELECT array_agg(said) FROM kept").fetchone()[0] == ["before"]
    finally:
        server.stop()
