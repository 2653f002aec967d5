"""A file as a download, whole or by range (RFC 9110, 14): one range, with If-Range; anything stranger gets the whole."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from core.api import PROBLEM, problem
from core.errors import NotVisible, WrongState

CHUNK = 1 << 16
log = logging.getLogger("yisong.files")


def row_of(file: Any) -> tuple[str, Any]:
    """Whose file it is, for the log: its table and the row's number. A file's own name may be a person's."""
    row = getattr(file, "instance", None)
    return (row._meta.db_table, row.pk) if row is not None else ("-", None)


def intact(file: Any, sha256: str) -> Any:
    """The stored `file` (a FieldFile), read once and found to be the one that was registered.

    Raises NotVisible where it is gone, WrongState where its bytes are not those of `sha256`: such a file is served to nobody.
    """
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        log.error("a stored file is missing: %s %s", *row_of(file))
        raise NotVisible(_("文件不在存储中，请联系系统管理员。")) from None
    if digest != sha256:
        log.error("a stored file is not what was registered: %s %s", *row_of(file))
        raise WrongState(_("存储的文件与登记的校验值不符，不予提供，请联系系统管理员。"))
    return file


def download(request: Any, file: Any, *, name: str, etag: str, content_type: str = "application/octet-stream") -> Any:
    """The stored `file` (a FieldFile) for this request: 200, 206, or 416. Never such that a browser would run it."""
    try:
        size = file.size
    except FileNotFoundError:
        log.error("a stored file is missing: %s %s", *row_of(file))
        raise NotVisible(_("文件不在存储中，请联系系统管理员。")) from None
    first, last, partial = 0, size - 1, False
    given = request.headers.get("Range", "")
    unchanged = request.headers.get("If-Range", etag) == etag
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", given.replace(" ", ""))
    if match and (match[1] or match[2]) and unchanged:
        first = int(match[1]) if match[1] else max(size - int(match[2]), 0)
        last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
        partial = True
        if first > last or (not match[1] and int(match[2]) == 0):
            refused = problem("range", _("所要的区间不在文件内（共 %(size)d 字节）。") % {"size": size})
            refused["Content-Range"] = f"bytes */{size}"
            refused.content_type = PROBLEM
            return refused
    response: HttpResponse | StreamingHttpResponse
    response = StreamingHttpResponse(_bytes(file, first, last), status=206 if partial else 200, content_type=content_type)
    if partial:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _bytes(file: Any, first: int, last: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        stream.seek(first)
        left = last - first + 1
        while left > 0:
            chunk = stream.read(min(CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
