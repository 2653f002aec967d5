"""Kept words as a page shows them: to read, and to send again or to go on with in their form. Works without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foundation.typed.owners import Owner, mark_of
from foundation.typed.sealing import Pairs, Words
from foundation.typed.services import Sheet

# Numbers, dates and the keys behind a choice say nothing without their form; sentences and names do.
_PLAIN = re.compile(r"[\w\-:.+]{0,60}", re.ASCII)


@dataclass(frozen=True)
class Replay:
    """`action` is empty where the words can only be read."""

    shown: list[str]
    files: Pairs
    fields: Pairs
    too_long: list[str]
    action: str = ""
    name: str = ""
    sheet: str = ""
    base: str = ""
    mark: str = ""


def replay_of(words: Words, sheet: Sheet | None = None, owner: Owner | None = None, too_long: list[str] | None = None) -> Replay:
    """What the page shows; with the sheet and its owner also the way back."""
    shown = [value for _name, value in words.fields if not _PLAIN.fullmatch(value)]
    if sheet is None or owner is None:
        return Replay(shown, words.files, words.fields, too_long or [])
    path, _hash, name = sheet.form.partition("#")
    return Replay(shown, words.files, words.fields, too_long or [], path, name, sheet.sheet, sheet.base, mark_of(owner))
