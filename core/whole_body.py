"""A request body that breaks off is an error, never a shorter body: what was not sent whole leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class WholeBody:
    """Around the WSGI application: reading past a broken connection raises, so that no parser takes the first half for the whole."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit() and int(length):
            environ["wsgi.input"] = _Counted(environ["wsgi.input"], int(length))
        return self.application(environ, start_response)


class _Counted:
    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def _took(self, data: bytes, wanted: int | None) -> bytes:
        self.left -= len(data)
        if not data and self.left > 0 and wanted != 0:
            raise OSError("the request body broke off")
        return data

    def read(self, size: int | None = -1) -> bytes:
        return self._took(self.stream.read(size) if size is not None and size >= 0 else self.stream.read(), size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._took(self.stream.readline(size) if size is not None and size >= 0 else self.stream.readline(), size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
