"""Run one command with throwaway PostgreSQL and Redis (or with those that DATABASE_URL and REDIS_URL name).

`--each N` starts N of both, one for each of N processes that run side by side: their addresses stand in DATABASE_URLS
and REDIS_URLS, separated by blanks. A test that watches a server's oldest transaction sees nobody else's then.
"""

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


def main(command: list[str], each: int = 1) -> int:
    """Start the services, run `command` with their addresses in its environment, stop them; returns its exit code."""
    env = {**os.environ}
    env.setdefault("SECRET_KEY", secrets.token_urlsafe(40))
    env.setdefault("AUDIT_KEY", secrets.token_urlsafe(40))
    base = Path(tempfile.mkdtemp(prefix="yisong-", dir="/tmp"))
    base.chmod(0o755)  # the account that PostgreSQL runs as must be able to enter
    services: list[embedded.Service] = []
    child: subprocess.Popen[bytes] | None = None

    def pass_on(signum: int, _frame: object) -> None:
        if child is not None and child.poll() is None:
            child.send_signal(signum)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    try:
        if "DATABASE_URL" not in env:
            urls = []
            for number in range(each):
                server = embedded.start_postgres(base / f"postgres{number}", throwaway=True)
                services.append(server)
                urls.append(embedded.make_database(server, "yisong"))
            env |= {"DATABASE_URL": urls[0], "DATABASE_URLS": " ".join(urls)}
        if "REDIS_URL" not in env:
            urls = []
            for number in range(each):
                broker = embedded.start_redis(base / f"redis{number}")
                services.append(broker)
                urls.append(broker.url)
            env |= {"REDIS_URL": urls[0], "REDIS_URLS": " ".join(urls)}
        child = subprocess.Popen(command, env=env)
        return child.wait()
    finally:
        for service in reversed(services):
            service.stop()
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[0] == "--each":
        sys.exit(main(arguments[2:], int(arguments[1])))
    sys.exit(main(arguments))
