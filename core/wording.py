"""Words that must say something: a reason, an opinion, a statement of facts. One rule for every act and every door."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from core.errors import BadInput

# A Chinese character is a unit of meaning; so is a word of two or more letters in another script. Figures, punctuation, signs and
# what cannot be seen are none.
_UNIT = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]|[^\W\d_㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]{2,}")


def units_of(words: str) -> list[str]:
    """The units of meaning in `words`, in order, after compatibility normalisation; a letter repeated is no word."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return [unit for unit in _UNIT.findall(plain) if len(unit) == 1 or len(set(unit)) > 1]


def says_something(words: str, least: int = 2) -> bool:
    """Whether `words` hold at least `least` units of meaning, not all the same one ('aaaaaa', '。。。', '不不不' do not)."""
    units = units_of(words)
    return len(units) >= least and len(set(units)) >= 2


def said(words: str, field: str, sentence: str, clause: str = "", least: int = 2) -> str:
    """`words` without blanks at the ends. Raises BadInput with `sentence` beside `field` where they are empty or say nothing."""
    if not words.strip():
        raise BadInput(sentence, clause, {field: sentence})
    if not says_something(words, least):
        told = sentence + _("（请用文字说明，不能只是重复的字、数字或者符号。）")
        raise BadInput(told, clause, {field: told})
    return words.strip()
