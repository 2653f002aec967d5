"""A client of another system, and how it calls."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.kinds import HEADS, Post
from systems.clients import register_client
from systems.confirming import confirm_client

EVERY = ["read", "file", "answer", "decide", "share", "administer"]


class Caller:
    """Calls the REST door as one client; keeps its token."""

    def __init__(self, client: Any, secret: str) -> None:
        self.client, self.secret, self.http, self.token = client, secret, Client(), ""

    def fetch_token(self, **form: str) -> Any:
        basic = base64.b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()
        answer = self.http.post("/api/v1/token/", {"grant_type": "client_credentials", **form}, headers={"Authorization": f"Basic {basic}"})
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        if not self.token:
            assert self.fetch_token().status_code == 200
        return {"Authorization": f"Bearer {self.token}"} | more

    def get(self, url: str, **headers: str) -> Any:
        return self.http.get(f"/api/v1/{url}", headers=self.headers(_named(headers)))

    def send(self, method: str, url: str, data: Any = None, **headers: str) -> Any:
        body = data if isinstance(data, bytes) else json.dumps({} if data is None else data)
        kind = "application/octet-stream" if isinstance(data, bytes) else "application/json"
        return getattr(self.http, method)(f"/api/v1/{url}", body, content_type=kind, headers=self.headers(_named(headers)))

    def post(self, url: str, data: Any = None, **headers: str) -> Any:
        return self.send("post", url, data, **headers)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def caller(
    world: Any, agency: str, post: str = Post.CLERK, scopes: list[str] | None = None, networks: str = "", name: str = "执法办案系统"
) -> Caller:
    by = world.actor("区政府办公室", Post.SECURITY)
    client, secret = register_client(
        by=by, agency=world.agencies[agency], name=name, post=post, scopes=scopes or EVERY,
        expires_at=timezone.now() + timedelta(days=90), networks=networks,
    )  # fmt: skip
    if client.awaits_confirmation:
        client, secret = confirm_client(client.pk, by=head_of(world, agency))
    return Caller(client, secret)


def head_of(world: Any, agency: str) -> Any:
    """Who confirms a client of `agency`: its own head, or the leader of the government for an agency without one."""
    own = [post for short, post in world.holdings if short == agency and post in HEADS]
    return world.actor(agency, own[0]) if own else world.actor("区政府", Post.GOVERNMENT_LEADER)


@pytest.fixture
def system(xuecheng: Any) -> Caller:
    return caller(xuecheng, "区住建局")
