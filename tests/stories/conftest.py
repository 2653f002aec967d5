"""A browser, a live server, and people who sign in."""

from __future__ import annotations

import os
import shutil
import threading
import time

import pytest
from django.core.handlers.base import BaseHandler

from tests.conftest import PASSWORD, world_of

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Debian's chromium is not installed; run: make setup as root, or apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


@pytest.fixture
def world(transactional_db):
    return world_of("xuecheng")


class Answering:
    """Counts the requests that are being answered, from before their first middleware until after their last."""

    def __init__(self, monkeypatch):
        self.held, self.now, self.last = threading.Lock(), 0, time.monotonic()
        counted, answer = self, BaseHandler.get_response

        def get_response(self, request):
            counted.add(1)
            try:
                return answer(self, request)
            finally:
                counted.add(-1)

        monkeypatch.setattr(BaseHandler, "get_response", get_response)

    def add(self, number):
        with self.held:
            self.now, self.last = self.now + number, time.monotonic()

    def wait_until_idle(self, seconds):
        """Until nothing has been answered for `seconds`; the story fails when something never ends."""
        until = time.monotonic() + 30
        while self.now or time.monotonic() - self.last < seconds:
            assert time.monotonic() < until, "a request is still being answered"
            time.sleep(0.02)


@pytest.fixture
def answering(monkeypatch):
    return Answering(monkeypatch)


@pytest.fixture
def sign_in(chromium, live_server, world, answering):
    """sign_in(agency, post, phone=False) → a page at the workbench, failing the test on any script error."""
    contexts, problems = [], []

    def make(agency, post="clerk", phone=False, scripts=True):
        context = chromium.new_context(viewport=PHONE if phone else DESK, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(live_server.url + "/sign-in/")
        page.fill("[name=username]", world.user(agency, post).username)
        page.fill("[name=password]", PASSWORD)
        page.click("button.main")
        page.wait_for_url(live_server.url + "/")
        return page

    yield make
    for context in contexts:
        # A page that closes sends what was typed last: the server finishes that before the tables are emptied.
        for page in context.pages:
            page.goto("about:blank")
        context.close()
    answering.wait_until_idle(0.8)
    assert problems == []
