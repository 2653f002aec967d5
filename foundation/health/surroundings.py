"""What is around the database: the disks on which files lie, and Redis."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from foundation.health.figures import Figure

# Seconds, to connect and to answer each.
PATIENCE = 0.5


def disk_figures() -> Iterator[Figure]:
    """The free bytes of each disk that files are written to. (The database's own disk is the database server's to watch.)"""
    places = {"temp": Path(tempfile.gettempdir()), "anchors": Path(settings.AUDIT_ANCHOR_DIR)}
    if isinstance(default_storage, FileSystemStorage):
        places["media"] = Path(default_storage.location)
    for place, path in places.items():
        free = shutil.disk_usage(_there(path)).free
        said = _("%(place)s 所在的磁盘还有 %(n).1f GB。") % {"place": place, "n": free / 1e9}
        yield Figure("disk_free", free, said, "bytes", place, settings.HEALTH_DISK_FREE_MB * 1e6, least=True)


def _there(path: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not path.exists():
        path = path.parent
    return path


@functools.cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0))


def redis_figure() -> Figure:
    """Whether Redis takes something: one that is full, or only reads, answers a ping as well as any."""
    try:
        well = bool(_client().set("yisong:health", "1", ex=60))
    except (redis.RedisError, OSError):
        well = False
    said = _("Redis 有应答，可以写入。") if well else _("Redis 没有应答或者不能写入：后台工作要等它恢复。")
    return Figure("redis", int(well), said, limit=1, least=True)
