"""The name under which a file is kept, listed and printed: what it cannot bear is said at the upload, not at the signature."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

from django.utils.translation import gettext as _

from core.characters import named
from core.errors import BadInput
from core.text import clean_line, shortened
from documents.printing import unprintable_sentence

LONGEST = 200
# Controls, marks of direction and other signs without ink, lone surrogates: none is part of a name, some show another than it is.
UNSEEN = ("Cc", "Cf", "Cs")


def kept_name(name: str, field: str = "file") -> str:
    """The name without folders, as it is kept: too long a one is cut in the middle, so that its number and its ending stay.

    Raises BadInput beside `field`: signs that nobody sees or no font prints.
    """
    plain = PurePath(name.replace("\\", "/")).name
    unseen = [sign for sign in dict.fromkeys(plain) if unicodedata.category(sign) in UNSEEN]
    if unseen:
        raise _refused(_("文件名中有看不见的控制符或方向符（%(signs)s），请改名后再上传。") % {"signs": named(unseen)}, field)
    plain = shortened(clean_line(plain), LONGEST)
    problem = unprintable_sentence(plain)
    if problem:
        raise _refused(_("文件名：%(problem)s") % {"problem": problem}, field)
    return plain or "file"


def _refused(sentence: str, field: str) -> BadInput:
    return BadInput(sentence, fields={field: sentence})
