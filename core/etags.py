"""Which version of a thing a request means: ETag out, If-Match in (RFC 9110; 428 of RFC 6585)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInput, EtagRequired, Stale

TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def etag_of(thing: Any) -> str:
    """The strong ETag of anything with a version: "v3"."""
    return f'"v{thing.version}"'


def tags_in(request: Any) -> list[str] | None:
    """The strong tags that If-Match names; None for `*`, which stands for whatever is there.

    Raises EtagRequired without If-Match, BadInput for something that is no list of tags.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise EtagRequired(_("请先读取这条记录，把响应的 ETag 放进 If-Match 再办。"), fields={"If-Match": _("须为所见版本的 ETag")})
    if given == "*":
        return None
    parts = [TAG.fullmatch(part.strip()) for part in given.split(",")]
    if not all(parts):
        raise BadInput(_("If-Match 须为取得的 ETag。"), fields={"If-Match": _("须为取得的 ETag")})
    return [f'"{part[2]}"' for part in parts if part and not part[1]]


def version_in(request: Any) -> int | None:
    """The version that If-Match names ("v12"); None for `*`. A tag that no version of ours can have is stale at once (-1)."""
    tags = tags_in(request)
    if tags is None:
        return None
    versions = [int(tag[2:-1]) for tag in tags if re.fullmatch(r'"v[0-9]{1,9}"', tag)]
    return max(versions, default=-1)


def demand_tag(request: Any, current: str) -> None:
    """Raise Stale unless If-Match names `current`."""
    tags = tags_in(request)
    if tags is not None and current not in tags:
        raise Stale(_("这条记录已被改动，请重新读取。"), current=current)
