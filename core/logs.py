"""The application's log: what went wrong and where, without the values that a database puts into its complaints."""

from __future__ import annotations

import logging
import re

# Of a PostgreSQL error: the row or the key that was refused, the statement, a value in quotes.
_LINES = re.compile(r"^(\s*)(DETAIL|CONTEXT|QUERY|STATEMENT|HINT|LINE \d+): .*(?:\n\s*\^)?", re.MULTILINE)
_VALUE = re.compile(r'((?:invalid input syntax|invalid byte sequence|out of range|malformed \w+ literal|value)[^\n"]*: ?)"[^\n]*"')


def without_values(text: str) -> str:
    """`text` with what PostgreSQL quoted of somebody's data taken out."""
    return _VALUE.sub(r'\1"…"', _LINES.sub(r"\1\2: …", text))


class WithoutValues(logging.Formatter):
    """Formats as usual, then takes the quoted data out of message and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_values(super().format(record))
