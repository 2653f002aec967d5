"""The database and the cache: how long each may take, and what is done when one is away."""

from __future__ import annotations

import os

import dj_database_url
from redis.backoff import NoBackoff
from redis.retry import Retry

DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or "postgresql://yisong@127.0.0.1:5432/yisong", engine="core.database")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A connection is asked whether it lives before it is lent; a pool that lost its server tries again every few seconds, not minutes.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {
    "pool": {"min_size": 1, "max_size": int(os.environ.get("DB_POOL", "8")), "timeout": 4, "reconnect_timeout": 3},
    # Seconds (the last in milliseconds): a server that does not answer, or a network that is gone, holds nobody for ever.
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
if os.environ.get("DB_STATEMENT_SECONDS"):
    # No statement of a page or a task may take longer; commands (migrate, sweep by hand) are started without it.
    DATABASES["default"]["OPTIONS"]["options"] = f"-c statement_timeout={int(os.environ['DB_STATEMENT_SECONDS'])}s"
if os.environ.get("DB_BOUNCER") == "1":
    # Through PgBouncer, which lends a server's connection for one transaction: it is the pool, and cursors do not outlive a transaction.
    del DATABASES["default"]["OPTIONS"]["pool"]
    DATABASES["default"]["OPTIONS"].pop("options", None)
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "core.cache.KeptRedis", "LOCATION": REDIS_URL, "KEY_PREFIX": "yisong"}}
# Together with the broker's (foundation/work/queueing.py) at most a second: one try each, then left alone for a while.
CACHES["default"]["OPTIONS"] = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "retry": Retry(NoBackoff(), 0)}
