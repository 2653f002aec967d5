"""JSON as other systems send it: UTF-8, not too long, not too deep, no name twice, nothing that a database cannot hold.

Every text in it loses what nobody sees; the field that takes it cleans it further.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from core.errors import BadInput, TooLarge
from core.text import cleaned_throughout, without_unseen

MOST_BYTES = 1 << 20
DEEPEST = 20


class _Unfit(ValueError):
    """Well formed, and yet not taken; the argument is a phrase for people."""


class StrictJSON(BaseParser):
    """Raises BadInput (with the path where there is one) or TooLarge."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge(_("请求体超过 1 MB。"))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadInput(_("请求体不是 UTF-8 编码（第 %(at)d 字节）。") % {"at": error.start}) from None
        try:
            data = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
        except RecursionError:
            raise BadInput(_("JSON 嵌套过深。")) from None
        except json.JSONDecodeError as error:
            raise BadInput(_("请求体不是有效的 JSON（第 %(line)d 行第 %(column)d 列）。") % {"line": error.lineno, "column": error.colno}) from None
        except ValueError as error:
            why = error.args[0] if isinstance(error, _Unfit) else _("有位数过多的数")
            raise BadInput(_("请求体不是有效的 JSON：%(why)s。") % {"why": why}) from None
        _refuse_unfit(data)
        return cleaned_throughout(data, without_unseen)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unfit(_("一个对象里有重复的字段名"))
    return found


def _no_constant(name: str) -> Any:
    raise _Unfit(_("%(name)s 不是 JSON 的值") % {"name": name})


def _refuse_unfit(data: Any) -> None:
    waiting: list[tuple[Any, str, int]] = [(data, "", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if depth > DEEPEST:
            raise BadInput(_("JSON 嵌套过深。"), fields={path[:200]: _("嵌套超过 %(n)d 层") % {"n": DEEPEST}})
        if isinstance(value, str):
            _refuse_text(value, path)
        elif isinstance(value, dict):
            for name, inner in value.items():
                _refuse_text(name, path)
                waiting.append((inner, f"{path}/{name}" if path else name, depth + 1))
        elif isinstance(value, list):
            waiting += [(inner, f"{path}/{at}" if path else str(at), depth + 1) for at, inner in enumerate(value)]


def _refuse_text(value: str, path: str) -> None:
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise BadInput(_("字段含有不允许的字符。"), fields={path.encode("ascii", "replace").decode()[:200]: _("含有不允许的字符")})
