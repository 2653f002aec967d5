"""What a handling decision is: a penalty has clauses of its own, so it is said and never read out of the words."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInput


class DecisionKind(models.TextChoices):
    PENALTY = "penalty", gettext_lazy("行政处罚")
    NO_PENALTY = "no_penalty", gettext_lazy("不予行政处罚")
    OTHER = "other", gettext_lazy("其他处理")


def demand_stated(kind: str, at: dt.datetime | None, clause: str = "") -> dt.datetime:
    """The instant (aware) of a decision whose kind and time were both stated. Raises BadInput beside each that was not.

    Limits count from it (XC-2.2-f, XC-3.4-b, ZC-2.4.3-g): 'now' would be the machine's guess.
    """
    missing = {}
    if kind not in DecisionKind.values:
        missing["kind"] = _("请选择处理决定的种类。")
    if at is None:
        missing["at"] = _("请填写作出决定的时间：期限自此起算。")
    if missing or at is None:
        raise BadInput(next(iter(missing.values())), clause, missing)
    return at
