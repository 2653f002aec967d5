"""Django's Redis cache with one client per server kept, and as good as empty while Redis is away.

A client is kept because making one anew for each call costs as much as the call. Nothing that must last is in the cache,
so a Redis that refuses, hangs or is full costs a request a fraction of a second, once in five, and nothing else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger("yisong.cache")
# Seconds for which nobody asks a Redis that has just failed.
LEFT_ALONE = 5.0


class _KeepsClients(RedisCacheClient):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        # The client only borrows connections from a pool that is safe between threads.
        index = self._get_connection_pool_index(write)
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]


class KeptRedis(RedisCache):
    """What is asked of it while Redis is away is answered as by an empty cache that forgets at once."""

    _away_until = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeepsClients

    @cached_property
    def _cache(self) -> Any:
        return self._class(self._servers, **self._options)

    def _asked(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < KeptRedis._away_until:
            return otherwise
        try:
            return ask()
        except (RedisError, OSError) as error:
            KeptRedis._away_until = time.monotonic() + LEFT_ALONE
            log.warning("Redis is away: %s", type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> Any:
        # True: whoever does something only the first time does it rather once too often than never.
        return self._asked(lambda: super(KeptRedis, self).add(*args, **kwargs), True)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._asked(lambda: super(KeptRedis, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).get_many(*args, **kwargs), {})

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).delete_many(*args, **kwargs), None)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._asked(lambda: super(KeptRedis, self).has_key(*args, **kwargs), False)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        counted = self._asked(lambda: super(KeptRedis, self).incr(key, delta, version), None)
        if counted is None:
            raise ValueError(f"Key '{key}' not found")
        return counted

    def clear(self) -> Any:
        return self._asked(super().clear, False)
