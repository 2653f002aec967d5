"""Run one command with throwaway PostgreSQL and Redis (or with those that DATABASE_URL and REDIS_URL name).

DATABASE_URL is the owner of the tables, who may make the test databases; APPLICATION_DATABASE_URL the role that the
product runs as; ADMIN_DATABASE_URL the superuser, for the bench's loading by the million.

`--each N` starts N of both, one for each of N processes that run side by side: their addresses stand in DATABASE_URLS
(and the two others) and REDIS_URLS, separated by blanks. A test that watches a server's oldest transaction sees nobody
else's then.
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

DATABASES = ("DATABASE_URL", "APPLICATION_DATABASE_URL", "ADMIN_DATABASE_URL")


def main(command: list[str], each: int = 1) -> int:
    """Start the services, run `command` with their addresses in its environment, stop them; returns its exit code."""
    env = {**os.environ}
    env.setdefault("SECRET_KEY", secrets.token_urlsafe(40))
    env.setdefault("AUDIT_KEY", secrets.token_urlsafe(40))
    env.setdefault("AUDIT_ANCHOR_KEY", secrets.token_urlsafe(40))
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
            found = []
            for number in range(each):
                place = base / f"postgres{number}"
                server = embedded.start_postgres(place, throwaway=True)
                services.append(server)
                found.append((*embedded.make_database(server, "yisong", place, for_tests=True), server.url + "yisong"))
            for name, urls in zip(DATABASES, zip(*found, strict=True), strict=True):
                env |= {name: urls[0], f"{name}S": " ".join(urls)}
        if "REDIS_URL" not in env:
            brokers = []
            for number in range(each):
                broker = embedded.start_redis(base / f"redis{number}")
                services.append(broker)
                brokers.append(broker.url)
            env |= {"REDIS_URL": brokers[0], "REDIS_URLS": " ".join(brokers)}
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
