"""Administrators at the browser, each acting in one post."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.kinds import Post


def signed_in(world: Any, post: str) -> Client:
    """A browser of the world's administrator in `post`."""
    office = next(short for (short, held) in world.holdings if held == post)
    client = Client()
    client.force_login(world.user(office, post))
    return client


def keeper(world: Any, post: str) -> Any:
    """The actor of the world's administrator in `post`."""
    return world.actor(next(short for (short, held) in world.holdings if held == post), post)


@pytest.fixture
def system_admin(xuecheng: Any) -> Client:
    return signed_in(xuecheng, Post.ADMINISTRATOR)


@pytest.fixture
def security_admin(xuecheng: Any) -> Client:
    return signed_in(xuecheng, Post.SECURITY)
