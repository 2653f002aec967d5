"""While Redis is away the cache is an empty one that forgets at once; it never breaks what asks it."""

from __future__ import annotations

import socket

import pytest

from core.cache import KeptRedis

OPTIONS = {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}


@pytest.fixture
def frozen(monkeypatch):
    """A Redis that takes connections and never answers."""
    monkeypatch.setattr(KeptRedis, "_away_until", 0.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield KeptRedis(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", OPTIONS)


def test_every_question_has_an_answer(frozen):
    assert frozen.get("a", "otherwise") == "otherwise"
    assert frozen.add("a", 1) is True
    assert frozen.set("a", 1) is None
    assert frozen.get_many(["a"]) == {}
    assert frozen.has_key("a") is False
    assert frozen.delete("a") is False
    with pytest.raises(ValueError, match="not found"):
        frozen.incr("a")


def test_a_frozen_one_is_left_alone_for_a_while(frozen, monkeypatch):
    asked = []
    client = frozen._cache.get_client
    monkeypatch.setattr(frozen._cache, "get_client", lambda *a, **k: asked.append(1) or client(*a, **k))
    for _ in range(20):
        frozen.get("a")
    assert len(asked) == 1
