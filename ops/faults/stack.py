"""A whole installation of its own in a folder of its own: PostgreSQL, Redis, web, a worker a queue, beat, and a mail server."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ops import embedded
from ops.demo import programs
from ops.faults.servers import Mail
from ops.messages import compile_messages
from ops.supervising import Household, start_program


def multipart(fields: dict[str, str], name: str, file: str, content: bytes) -> tuple[str, bytes]:
    """The content type and the body of a form with one file."""
    edge = secrets.token_hex(16)
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n{value}\r\n'.encode() for one, value in fields.items()]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: application/pdf\r\n\r\n'
    return f"multipart/form-data; boundary={edge}", b"".join([*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()])


@dataclass
class Answer:
    """Of one request; status 0 where none came."""

    path: str
    status: int = 0
    text: str = ""
    etag: str = ""
    retry_after: str = ""


class Stack:
    """`start` brings everything up; a thread starts again what dies, as the operator's supervisor would."""

    def __init__(self, base: Path, more: dict[str, str] | None = None, only: tuple[str, ...] = ()) -> None:
        self.base, self.more, self.only, self.house = base, more or {}, only, Household()
        self.port, self.mail = embedded.free_port(), Mail()
        self.address = f"http://127.0.0.1:{self.port}"
        self.owner = ""
        self.env: dict[str, str] = {}
        self._stopped, self._held = threading.Event(), threading.Lock()

    def start(self) -> Stack:
        base = self.base
        base.chmod(0o755)
        server = self.house.add("PostgreSQL", lambda port: embedded.start_postgres(base / "pg", port=port))
        self.owner, url = embedded.make_database(server, "yisong", base)
        broker = self.house.add("Redis", lambda port: embedded.start_redis(base / "redis", port=port))
        self.env = self._environment(url, broker.url)
        compile_messages()
        self.manage("migrate", "--no-input", "-v0", as_owner=True)
        self.manage("grant_rights", "--to", urlsplit(url).username or "", as_owner=True)
        return self

    def _environment(self, url: str, broker: str) -> dict[str, str]:
        made = {name: secrets.token_urlsafe(40) for name in ("SECRET_KEY", "AUDIT_KEY", "AUDIT_ANCHOR_KEY", "HEALTH_TOKEN")}
        return os.environ | made | self.more | {
            "DJANGO_SETTINGS_MODULE": "ops.faults.settings", "DATABASE_URL": url, "REDIS_URL": broker, "MEDIA_ROOT": str(self.base / "media"),
            "AUDIT_ANCHOR_DIR": str(self.base / "anchors"), "PUBLIC_URL": self.address, "DEMO_PASSWORD": secrets.token_urlsafe(12),
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.mail.port),
            "EMAIL_TIMEOUT": "5", "REST_RATE": "1000000", "PYTHONUNBUFFERED": "1", "EVENTS_ALLOW_PRIVATE": "1",
        }  # fmt: skip

    def run(self) -> None:
        """Web, workers and beat; returns when the web server answers."""
        for name, command, more in programs(self.port, self.base):
            if not self.only or name in self.only:
                self._add(name, command, self.env | more)
        threading.Thread(target=self._mend, daemon=True).start()
        self.wait(lambda: self.get("/health/ready/")[0] == 200, 120)

    def _add(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.house.add(name, lambda _port: start_program(name, command, env, self.base / f"{name}.log"))

    def _mend(self) -> None:
        while not self._stopped.wait(0.2):
            with self._held:
                self.house.mend()

    def manage(self, *command: str, as_owner: bool = False, more: dict[str, str] | None = None) -> str:
        """What the command prints; `more` goes into its environment. Raises RuntimeError where it fails."""
        env = self.env | ({"DATABASE_URL": self.owner} if as_owner else {}) | (more or {})
        done = subprocess.run([sys.executable, "manage.py", *command], cwd=embedded.ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"manage.py {command[0]} failed:\n{(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def python(self, module: str, *arguments: str, more: dict[str, str] | None = None) -> Any:
        """What `python -m module` prints, read as JSON; `more` goes into its environment."""
        env = self.env | (more or {})
        done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=embedded.ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{module} failed:\n{(done.stdout + done.stderr)[-2500:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the whole group of this part, children included."""
        os.killpg(self.house.parts[name].service.process.pid, number)

    def down(self, name: str, seconds: float) -> None:
        """Kill a part and keep it away for so long; then it is started again."""
        with self._held:
            self.signal(name, signal.SIGKILL)
            time.sleep(seconds)

    def get(self, path: str, *, token: str = "", cookie: str = "", timeout: float = 20) -> tuple[int, str]:
        return self.call("GET", path, token=token, cookie=cookie, timeout=timeout)

    def call(
        self, method: str, path: str, *, body: Any = None, token: str = "", cookie: str = "", timeout: float = 20, **headers: str
    ) -> tuple[int, str]:
        """The status and the text of an answer; status 0 where none came."""
        request = Request(self.address + path, method=method, data=None if body is None else json.dumps(body).encode())
        given = {name.replace("_", "-"): value for name, value in headers.items()} | {"Accept-Language": "zh"}
        given |= {"Content-Type": "application/json"} if body is not None else {}
        given |= {"Authorization": f"Bearer {token}"} if token else {}
        given |= {"Cookie": cookie} if cookie else {}
        for name, value in given.items():
            request.add_header(name, value)
        try:
            with urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            return 0, ""

    def ask(self, method: str, path: str, *, token: str, body: Any = None, key: str = "", version: str = "", slot: str = "") -> Answer:
        """One REST request; `body` is JSON, or with `slot` the bytes of a paper."""
        headers, data = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}, None if body is None else body
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": version if version.startswith('"') else f'"{version}"'} if version else {}
        if slot:
            headers["Content-Type"], data = multipart({"slot": slot}, "file", "paper.pdf", body)
        elif body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        request = Request(self.address + path, method=method, data=data, headers=headers)
        try:
            with urlopen(request, timeout=30) as said:
                return Answer(path, said.status, said.read().decode(), said.headers.get("ETag", ""))
        except HTTPError as error:
            return Answer(path, error.code, error.read().decode("utf-8", "replace"), "", error.headers.get("Retry-After", ""))
        except (OSError, HTTPException):
            return Answer(path)

    def wait(self, until: Any, seconds: float, every: float = 0.1) -> float:
        """How long it took until `until()` was true; raises TimeoutError after `seconds`."""
        began = time.monotonic()
        while not until():
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"not within {seconds} s")
            time.sleep(every)
        return time.monotonic() - began

    def stop(self) -> None:
        self._stopped.set()
        self.mail.stop()
        with self._held:
            for part in self.house.parts.values():
                if part.service.process.poll() is None:
                    self.signal(part.name, signal.SIGCONT)
            self.house.stop()
