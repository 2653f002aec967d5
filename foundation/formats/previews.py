"""The small picture of a file, as an answer."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils.translation import gettext as _

from core.errors import NotVisible


def preview_of(row: Any) -> FileResponse:
    """The preview of a row that has `.look` (see keeping.with_looks). Raises NotVisible for no row, or a file without a preview.

    It was drawn point by point by our own process, so a browser may show it; it may run nothing all the same.
    """
    name = (row.look or {}).get("preview") if row is not None else ""
    if not name:
        raise NotVisible(_("没有预览。"))
    try:
        stored = default_storage.open(name, "rb")
    except FileNotFoundError:
        raise NotVisible(_("没有预览。")) from None
    response = FileResponse(stored, content_type="image/jpeg")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
