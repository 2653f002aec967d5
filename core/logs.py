"""The log, as lines of JSON or readable: what went wrong and where, with nobody's data in it (docs/decisions/0027-logs.md).

Errors are named and placed, never quoted: their texts hold what somebody typed, or what a database read. Of the words that other
people's code logs only its own sentence is kept, with numbers filled in. What is left passes a last sieve for Chinese words,
identity numbers and telephones.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from core.log_context import shown

OURS = "yisong"
MASK = "…"
# Names of ours that other people's code fills in: a task, the number of a task or a request.
_KNOWN = re.compile(r"foundation\.work\.tasks\.\w+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CHINESE = re.compile(r"[⺀-〇㐀-鿿豈-﫿𠀀-𳏿·]+")
_NUMBERS = re.compile(r"(?<![0-9a-fA-F-])(\d{15,17}[\dXx]?|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![0-9a-fA-F-])|[\w.+-]+@[\w-]+\.[\w.-]+")
# What a line may hold besides, as `extra`.
EXTRA = ("method", "status", "ms")
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
# Of a traceback as many places are named, the innermost ones.
MOST_FRAMES = 20


def sifted(text: str) -> str:
    """`text` without Chinese words, identity numbers, telephones and mail addresses."""
    return _NUMBERS.sub(MASK, _CHINESE.sub(MASK, text))


def message_of(record: logging.LogRecord) -> str:
    """What the record says, with errors by their names and, unless it is ours, with numbers only."""
    ours = record.name.partition(".")[0] == OURS
    args: Any = record.args
    if not args:
        # Put together before it was logged: what is in it nobody knows. The places of its error are told.
        return sifted(str(record.msg)) if ours or not record.exc_info else MASK
    safe = {k: _safe(v, ours) for k, v in args.items()} if isinstance(args, dict) else tuple(_safe(v, ours) for v in args)
    try:
        return sifted(str(record.msg) % safe)
    except (TypeError, ValueError):
        return sifted(str(record.msg))


def _safe(value: Any, ours: bool) -> Any:
    if isinstance(value, BaseException):
        return type(value).__name__
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value) if ours or isinstance(value, str) else MASK
    return text if ours or _KNOWN.fullmatch(text) else MASK


def error_of(record: logging.LogRecord) -> dict[str, Any]:
    """The names of the error and of what it came from, and where it was raised; none of its words."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    names: list[str] = []
    at = error.__traceback__
    chain: BaseException | None = error
    while chain is not None and len(names) < 10:
        names.append(f"{type(chain).__module__}.{type(chain).__qualname__}")
        chain = chain.__cause__ or chain.__context__
    frames = []
    while at is not None:
        code = at.tb_frame.f_code
        frames.append(f"{code.co_filename}:{at.tb_lineno} {code.co_name}")
        at = at.tb_next
    return {"error": names, "places": frames[-MOST_FRAMES:]}


class JsonLines(JsonFormatter):
    """One JSON object a line: time (UTC), level, logger, message, request, act, user, view, task; error and places where one was raised."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"json_ensure_ascii": False, **kwargs})

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        line |= shown() | {name: vars(record)[name] for name in EXTRA if name in vars(record)} | error_of(record)
        return self.jsonify_log_record(line)


class Readable(logging.Formatter):
    """The same for the eye: one line, and the error's names and places below it."""

    def __init__(self, fmt: str | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(fmt or LINE, *args, **kwargs)

    def format(self, record: logging.LogRecord) -> str:
        told = {"msg": message_of(record), "args": None, "exc_info": None, "exc_text": None, "stack_info": None}
        said = logging.makeLogRecord(vars(record) | told)
        more = shown() | {name: vars(record)[name] for name in EXTRA if name in vars(record)}
        text = super().format(said) + "".join(f" {name}={value}" for name, value in more.items())
        error = error_of(record)
        if error:
            text += "\n  " + " <- ".join(error["error"]) + "".join(f"\n    {place}" for place in error["places"])
        return text
