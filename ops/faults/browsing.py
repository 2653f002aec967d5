"""A person at a browser: signs in, reads pages, sends forms; waits and looks again where a part is away, as people do."""

from __future__ import annotations

import http.cookiejar
import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from ops.faults.stack import multipart

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
# Seconds that a person goes on trying.
PATIENCE = 60.0


@dataclass
class Page:
    """Status 0 where no answer came; `to` is where a redirect leads."""

    status: int = 0
    text: str = ""
    to: str = ""

    def hidden(self, name: str) -> str:
        for tag in HIDDEN.findall(self.text):
            if f'name="{name}"' in tag:
                found = re.search(r'value="([^"]*)"', tag)
                return found[1] if found else ""
        return ""


@dataclass
class Seen:
    """What all browsers together were answered: how often each status, the moments of each 503, and faults of ours."""

    statuses: dict[int, int] = field(default_factory=dict)
    away: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    held: threading.Lock = field(default_factory=threading.Lock)

    def note(self, method: str, path: str, page: Page, retry_after: str) -> None:
        with self.held:
            self.statuses[page.status] = self.statuses.get(page.status, 0) + 1
            if page.status == 503:
                self.away.append(time.monotonic())
                if not retry_after:
                    self.faults.append(f"503 without Retry-After: {method} {path}")
            elif page.status >= 500:
                self.faults.append(f"{page.status} {method} {path}: {re.sub('<[^>]+>', ' ', page.text)[-300:]}")


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        return None


class Browser:
    def __init__(self, address: str, seen: Seen) -> None:
        self.address, self.seen = address, seen
        self.opener = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stays())

    def ask(self, method: str, path: str, fields: Any = None, file: tuple[str, bytes] | None = None) -> Page:
        """One request, asked once."""
        headers, data = {"Accept-Language": "zh"}, None
        if file is not None:
            headers["Content-Type"], data = multipart(fields, "file", *file)
        elif fields is not None:
            data = urlencode(fields, doseq=True).encode()
        page, retry_after = Page(), ""
        try:
            with self.opener.open(Request(self.address + path, data=data, method=method, headers=headers), timeout=40) as answer:
                page = Page(answer.status, answer.read().decode("utf-8", "replace"))
        except HTTPError as error:
            retry_after = error.headers.get("Retry-After", "")
            page = Page(error.code, error.read().decode("utf-8", "replace"), error.headers.get("Location", ""))
        except (OSError, HTTPException):
            pass
        self.seen.note(method, path, page, retry_after)
        return page

    def read(self, path: str) -> Page:
        """A page, asked for until it comes."""
        return self._until_there("GET", path)

    def send(self, path: str, fields: Any, file: tuple[str, bytes] | None = None) -> Page:
        """A form that may be sent twice without harm, sent until it is answered."""
        return self._until_there("POST", path, fields, file)

    def _until_there(self, method: str, path: str, *given: Any) -> Page:
        until = time.monotonic() + PATIENCE
        while True:
            page = self.ask(method, path, *given)
            if page.status not in (0, 429, 503) or time.monotonic() > until:
                return page
            time.sleep(1.0)

    def sign_in(self, username: str, password: str) -> Page:
        form = {"username": username, "password": password, "csrfmiddlewaretoken": self.read("/sign-in/").hidden("csrfmiddlewaretoken")}
        return self.send("/sign-in/", form)
