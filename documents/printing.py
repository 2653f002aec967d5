"""Before a document is issued: can all of its text be printed? Asked at the act, so that every way in is refused alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.characters import named, standard, unprintable
from core.errors import BadInput
from core.wording import said


def unprintable_sentence(text: str) -> str:
    """What is wrong with `text` for print, naming each character and its code point; empty where nothing is. No SQL."""
    signs = unprintable(text)
    if not signs:
        return ""
    return _("公文字体印不出%(signs)s，请改用通行的字，或者用文字写明。") % {"signs": named(signs)}


def demand_printable(fields: Mapping[str, str]) -> None:
    """Raise BadInput unless every text of `fields` (by the name of its field) prints; each sentence stands beside its field."""
    found = {field: sentence for field, text in fields.items() if (sentence := unprintable_sentence(text or ""))}
    if found:
        raise BadInput(next(iter(found.values())), fields=found)


def texts_of(content: Any) -> list[str]:
    """Every text in a document's content, however deep."""
    if isinstance(content, str):
        return [content]
    if isinstance(content, Mapping):
        return [text for value in content.values() for text in texts_of(value)]
    if isinstance(content, list | tuple):
        return [text for value in content for text in texts_of(value)]
    return []


def standardised(content: Any) -> Any:
    """The same content with the standard characters for the private code points of GB 18030."""
    if isinstance(content, str):
        return standard(content)
    if isinstance(content, Mapping):
        return {key: standardised(value) for key, value in content.items()}
    return [standardised(value) for value in content] if isinstance(content, list | tuple) else content


def demand_all_printable(content: Any) -> None:
    """The last gate, when a document takes its number: raise BadInput if any text of it, typed or not, would not print."""
    sentence = unprintable_sentence("".join(texts_of(content)))
    if sentence:
        raise BadInput(sentence)


def said_in_print(words: str, field: str, sentence: str, clause: str = "") -> str:
    """Words that stand on a paper: they say something (core/wording.py) and every character of them can be printed."""
    words = said(words, field, sentence, clause)
    demand_printable({field: words})
    return words
