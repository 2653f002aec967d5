"""Why a due date is what it is, in words: each day counted or skipped, each reading taken. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from deadlines.calendar import WorkCalendar
from deadlines.profile import Extension, Profile, Unit

Step = tuple[dt.date, bool, str]


@dataclass(frozen=True)
class Resolved:
    """A clock's rule after `same_as`, urgency and options are settled."""

    key: str
    clause: str
    trigger: str
    unit: Unit
    value: int | None
    extension: Extension | None
    urgent: bool
    counts_by: Literal["workday", "calendar_day", "hour", "same_day", "none"]
    backwards: bool = False
    no_urgent_variant: bool = False
    generally: bool = False
    at_once: bool = False


def day_word(calendar: WorkCalendar, day: dt.date) -> str:
    kind, name = calendar.describe(day)
    words = {
        "workday": _("工作日"),
        "makeup": _("调休上班（%(name)s）") % {"name": name},
        "weekend": _("周末"),
        "holiday": _("放假（%(name)s）") % {"name": name},
    }
    word = words[kind]
    return word + (_("，该年安排尚未公布，暂推") if calendar.is_provisional(day) else "")


def walk(calendar: WorkCalendar, start: dt.date, end: dt.date, by_workday: bool, counts_start: bool) -> tuple[Step, ...]:
    step = 1 if end >= start else -1
    steps: list[Step] = []
    day, n = start, 0
    while True:
        worked = calendar.is_workday(day)
        if day == start and not counts_start:
            steps.append((day, False, _("起算当日不计入（%(day)s）") % {"day": day_word(calendar, day)}))
        elif not by_workday or worked:
            n += 1
            steps.append((day, True, _("第 %(n)d 日：%(day)s") % {"n": n, "day": day_word(calendar, day)}))
        else:
            steps.append((day, False, _("跳过：%(day)s") % {"day": day_word(calendar, day)}))
        if day == end:
            return tuple(steps)
        day += dt.timedelta(days=step)


def reading_note(profile: Profile, rule: Resolved) -> list[str]:
    notes = []
    if rule.unit == "plain_day":
        mode = profile.counting.plain_day_mode
        texts = {
            "penalty_law_85": _("原文只写“日”，按行政处罚法第八十五条读法：二、三、五、七日为工作日，其他为自然日"),
            "workday": _("原文只写“日”，按选项全部读作工作日"),
            "calendar_day": _("原文只写“日”，按选项全部读作自然日"),
        }
        notes.append(texts.get(mode, mode))
    if rule.no_urgent_variant:
        notes.append(_("本条没有紧急情形的另行规定，按一般时限计算"))
    if rule.at_once:
        notes.append(_("情况紧急的，须立即（及时）办理；下列数字时限是最迟期限") if rule.value else _("情况紧急的，须立即办理"))
    if rule.generally:
        notes.append(_("原文为“一般”，以此数为准"))
    unnumbered = {
        "immediate": _("原文为“立即”，未规定数字"),
        "timely": _("原文为“及时”，未规定数字，只提醒，不判逾期"),
        "none": _("原文未规定时限，只提醒，不判逾期"),
    }
    if rule.unit in unnumbered:
        notes.append(unnumbered[rule.unit])
    if rule.counts_by == "hour":
        notes.append(_("按小时计，夜间和节假日连续计算"))
    return notes


def rolled(calendar: WorkCalendar, nominal: dt.date, due: dt.date) -> tuple[Step, ...]:
    if nominal == due:
        return ()
    why = _("期限届满日不是工作日，顺延至此日") if due > nominal else _("倒数届满日不是工作日，提前至此日")
    return ((due, False, why),)
