"""Numbers, cursors, versions, days and words as they come in addresses and hidden fields: read here and nowhere else.

`str.isdigit` is not `int`: "²" is a digit, 5,000 digits are no number, and what a database cannot hold is no cursor. What cannot
be read is refused with a sentence that names the field; it is never ignored, for a filter left out would show everything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInput
from core.text import clean_line, shortened

# What a bigint column holds.
MOST_ID = 2**62
MOST_VERSION = 10**9
# Days that anybody here speaks about; arithmetic near the ends of the calendar overflows.
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
NUMBER = re.compile("[0-9]{1,19}")


def shown(given: str) -> str:
    """What was given, as a refusal repeats it: one clean line of at most 40 characters."""
    return shortened(clean_line(given[:400]), 40)


def number_in(given: str, name: str, *, least: int = 1, most: int = MOST_ID) -> int | None:
    """The whole number in `given`, None where nothing was given. Raises BadInput naming the field `name`."""
    given = given.strip()
    if not given:
        return None
    if NUMBER.fullmatch(given) and least <= int(given) <= most:
        return int(given)
    sentence = _("“%(name)s”须为数字编号，不能是“%(given)s”。") % {"name": name, "given": shown(given)}
    raise BadInput(sentence, fields={name: sentence})


def cursor_in(data: Mapping[str, Any], name: str = "after") -> int | None:
    """The key of the last row of the page before, or None for the first page. Raises BadInput."""
    return number_in(str(data.get(name, "")), name)


def version_seen(request: HttpRequest) -> int | None:
    """The version of the page on which somebody acts, from its hidden field; None where the page names none. Raises BadInput."""
    given = request.POST.get("version", "")
    try:
        return number_in(given, "version", least=0, most=MOST_VERSION)
    except BadInput:
        raise BadInput(_("页面所带的版本号“%(given)s”无法识别，请重新打开页面后再办。") % {"given": shown(given)}) from None


def choice_in(data: Mapping[str, Any], name: str, known: Iterable[str]) -> str:
    """One of `known`, or "" where nothing was chosen. Raises BadInput with what may be chosen."""
    given = clean_line(str(data.get(name, ""))[:400])
    known = [str(one) for one in known]
    if given and given not in known:
        said = {"name": name, "given": shown(given), "known": "、".join(known)}
        sentence = _("“%(name)s”没有“%(given)s”这一项；可选：%(known)s。") % said
        raise BadInput(sentence, fields={name: sentence})
    return given


def words_in(data: Mapping[str, Any], name: str, most: int) -> str:
    """A clean line of at most `most` characters. Raises BadInput for a longer one: a word cut short finds something else."""
    given = clean_line(str(data.get(name, "")))
    if len(given) > most:
        sentence = _("“%(name)s”不超过 %(most)d 个字，现为 %(n)d 个。") % {"name": name, "most": most, "n": len(given)}
        raise BadInput(sentence, fields={name: sentence})
    return given


class DayField(forms.DateField):
    """A day (Shanghai) from 2000 to 2099."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {"invalid": gettext_lazy("请填写日期，如 2026-03-09。"), "year": gettext_lazy("年份须在 2000 至 2099 之间。")}

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(clean_line(value) if isinstance(value, str) else value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["year"], code="year")
        return day
