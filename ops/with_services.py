"""Run one command with a throwaway PostgreSQL and Redis (or with those that DATABASE_URL and REDIS_URL name)."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ops import embedded


def main(command: list[str]) -> int:
    env = {**os.environ}
    env.setdefault("SECRET_KEY", secrets.token_urlsafe(40))
    env.setdefault("AUDIT_KEY", secrets.token_urlsafe(40))
    base = Path(tempfile.mkdtemp(prefix="yisong-", dir="/tmp"))
    services: list[embedded.Service] = []
    child: subprocess.Popen[bytes] | None = None

    def pass_on(signum: int, _frame: object) -> None:
        if child is not None and child.poll() is None:
            child.send_signal(signum)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    try:
        if "DATABASE_URL" not in env:
            server = embedded.start_postgres(base, throwaway=True)
            services.append(server)
            env["DATABASE_URL"] = embedded.make_database(server, "yisong")
        if "REDIS_URL" not in env:
            broker = embedded.start_redis(base / "redis")
            services.append(broker)
            env["REDIS_URL"] = broker.url
        child = subprocess.Popen(command, env=env)
        return child.wait()
    finally:
        for service in reversed(services):
            service.stop()
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
