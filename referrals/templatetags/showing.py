"""Every due-date phrase, lamp and state colour comes from here or from templates/components."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.kinds import LEADERS, Post
from core.nouns import noun, verb_label
from deadlines.book import current_calendar
from deadlines.calendar import SHANGHAI, CalendarError
from deadlines.labels import clock_label, unit_label
from deadlines.models import Clock
from foundation.formats.keeping import marks_said
from foundation.formats.scanning import scan_said
from referrals.models import Referral
from referrals.stages import DECIDER, DECIDERS_LEADER, RECEIVER, REFERRAL_STAGES, SENDER, SENDERS_LEADER

register = template.Library()
register.filter("marks", marks_said)
register.filter("scan", scan_said)
WEEKDAYS = "一二三四五六日"
AGREES = {
    "party": gettext_lazy("当事人"), "place": gettext_lazy("地点"), "matter": gettext_lazy("违法事项"), "time": gettext_lazy("时间"),
    "facts": gettext_lazy("违法事实"),
}  # fmt: skip


@register.filter
def day(moment: dt.datetime | dt.date | None) -> str:
    """2026-11-20（周五）."""
    if moment is None:
        return "—"
    local = moment.astimezone(SHANGHAI).date() if isinstance(moment, dt.datetime) else moment
    from django.utils.translation import get_language

    if get_language() == "en":
        return local.strftime("%Y-%m-%d (%a)")
    return f"{local:%Y-%m-%d}（周{WEEKDAYS[local.weekday()]}）"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """2026-11-20（周五）14:05."""
    return "—" if value is None else f"{day(value)}{value.astimezone(SHANGHAI):%H:%M}"


def remaining(clock: Clock, now: dt.datetime) -> tuple[str, str, str]:
    """(tone, lamp word, phrase) of a clock as of `now`: never a bare timestamp."""
    if clock.ended_at is not None:
        if clock.end == Clock.End.CANCELLED:
            return ("red", _("逾期"), _("逾期后终止")) if clock.was_late else ("plain", _("终止"), _("已终止"))
        return ("red", _("逾期"), _("逾期后办结")) if clock.was_late else ("green", _("按期"), _("按期办结"))
    if clock.past_target(now):
        return "amber", _("久未办理"), _("超过本地提示时间 %(n)d 个工作日") % {"n": max(-_days(clock, now), 1)}
    if clock.has_run_out(now):
        return "red", _("逾期"), _late(clock, now)
    if clock.was_late:
        return "red", _("逾期"), _("已逾期（到期日后经更正）")
    if clock.paused_at is not None:
        return "plain", _("暂停"), _("期限暂停计算")
    if clock.due_at is None:
        return "plain", _("无期限"), _("请立即办理") if clock.at_once else _("未规定数字时限，请及时办理")
    left = _left(clock, now)
    if clock.at_once:
        left = _("立即办理，最迟%(left)s") % {"left": left}
    if clock.provisional:
        return "plain", _("暂定"), _("%(left)s（暂定）") % {"left": left}
    soon = clock.due_at - now < dt.timedelta(hours=4) if clock.unit == "hour" else _days(clock, now) <= 1
    return ("amber", _("将到期"), left) if soon else ("green", _("期内"), left)


def _days(clock: Clock, now: dt.datetime) -> int:
    assert clock.due_at is not None
    try:
        return current_calendar().workdays_between(now.astimezone(SHANGHAI).date(), clock.due_at.astimezone(SHANGHAI).date())
    except CalendarError:
        return (clock.due_at - now).days


def _left(clock: Clock, now: dt.datetime) -> str:
    assert clock.due_at is not None
    if clock.unit == "hour":
        seconds = (clock.due_at - now).total_seconds()
        return _("剩 %(n)d 小时") % {"n": seconds // 3600} if seconds >= 3600 else _("剩 %(n)d 分钟") % {"n": max(seconds // 60, 0)}
    n = _days(clock, now)
    return _("今日到期") if n <= 0 else _("剩 %(n)d 个工作日") % {"n": n}


def _late(clock: Clock, now: dt.datetime) -> str:
    assert clock.due_at is not None
    if clock.unit == "hour":
        return _("逾期 %(n)d 小时") % {"n": max((now - clock.due_at).total_seconds() // 3600, 1)}
    return _("逾期 %(n)d 个工作日") % {"n": max(-_days(clock, now), 1)}


# Twice in each line of a list: formatted here, for a template of its own for each costs a third of the page.
LAMP = '<span class="lamp {}" title="{} {}">{}</span><span class="due">{}</span>'
NO_LAMP = mark_safe('<span class="sub">—</span>')


@register.simple_tag
def lamp(clock: Clock | None, now: dt.datetime | None = None) -> str:
    if clock is None:
        return NO_LAMP
    tone, _word, phrase = remaining(clock, now or timezone.now())
    name = clock_label(clock.key)
    return format_html(LAMP, tone, name, clock.clause, phrase, f"{name} {day(clock.due_at)}" if clock.due_at else name)


@register.simple_tag
def state(thing: Any) -> str:
    value = str(thing.state)
    tone = noun(thing._meta.model_name).stages[value].tone
    return format_html('<span class="tag {}">{}</span>', tone, _state_names(type(thing)).get(value, value))


@lru_cache(maxsize=8)
def _state_names(kind: type) -> dict[str, Any]:
    """The states' names, still lazy. (get_state_display translates all of them to find one.)"""
    return dict(kind._meta.get_field("state").flatchoices)  # type: ignore[attr-defined]


@register.filter
def clock_name(key: str) -> str:
    return clock_label(key)


@register.filter
def unit_name(unit: str) -> str:
    return unit_label(unit)


@register.filter
def filesize(number: int) -> str:
    return f"{number / 1048576:.1f} MB" if number >= 1048576 else f"{max(number // 1024, 1)} KB"


@register.filter
def verb_name(entry: Any) -> str:
    """What an audit entry's verb is called."""
    others = {
        "referral.read_confidential": _("查阅涉密案件"), "material.attach": _("上传材料"),
        "material.remove": _("删除材料"), "material.read": _("下载材料"), "ledger.stream": _("流式导出台账"), "systemclient.register": _("登记对接客户端"),
        "systemclient.change": _("变更权限"), "systemclient.renew_secret": _("更换密钥"), "systemclient.switch_on": _("启用客户端"),
        "systemclient.switch_off": _("停用客户端"), "systemclient.token": _("换取令牌"), "systemclient.refused": _("接口拒绝"),
        "systemclient.subscribe": _("订阅事件"), "systemclient.renew_signing_secret": _("更换签名密钥"),
        "systemclient.endpoint_on": _("启用接收地址"), "systemclient.endpoint_off": _("停用接收地址"), "systemclient.resend": _("重新发送"),
        "user.sign_in": _("登录"), "user.sign_out": _("退出"), "user.sign_in_refused": _("登录被拒"), "user.locked_out": _("登录锁定"),
        "sign_in.refused": _("登录被拒（无此用户）"), "audit.read": _("查阅留痕"), "audit.verify": _("核对留痕"),
    }  # fmt: skip
    return verb_label(entry.verb) or str(others.get(entry.verb, entry.verb))


@register.filter
def address_of_paper(document: Any) -> str:
    """Where a document is read, on the page of the row that it is about."""
    return reverse(noun(document.subject_kind).papers, args=[document.subject_id, document.pk])


@register.simple_tag(takes_context=True)
def error_of(context: Any, name: str) -> str:
    return str(context.get("errors", {}).get(name, ""))


@register.filter
def at_most(number: int, most: int = 99) -> str:
    """A count as the side bar shows it: 99+ beyond ninety-nine."""
    return f"{most}+" if isinstance(number, int) and number > most else str(number)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if mapping else None


@register.filter
def bound(form: Any, name: str) -> Any:
    return form[name] if name in form.fields else None


@register.simple_tag
def named_for(field: Any, which: str) -> Any:
    """A field of a form that stands on the page several times, each with an id of its own."""
    return field.as_widget(attrs={"id": f"{field.id_for_label}-{which}"})


@register.simple_tag
def next_step(referral: Referral, by: Any) -> str:
    """The one right thing to do next with this row, for this desk; or who is waited for."""
    leads, mine, theirs = by.post in LEADERS, by.of(referral.from_agency_id), by.of(referral.to_agency_id)
    does = REFERRAL_STAGES[referral.state].does
    if not mine and not theirs and DECIDER in does:
        return str(does[DECIDERS_LEADER if by.post == Post.GOVERNMENT_LEADER else DECIDER])
    if theirs and RECEIVER in does:
        return str(does[RECEIVER])
    if mine and referral.papers_are_wanted and referral.ended_at is None:
        return _("补充材料")
    if mine and (SENDER in does or (leads and SENDERS_LEADER in does)):
        return str(does[SENDERS_LEADER] if leads and SENDERS_LEADER in does else does[SENDER])
    return "" if referral.ended_at else _("等 %(agency)s") % {"agency": referral.to_agency if referral.to_agency_id else "—"}


@register.filter
def agrees(name: str) -> str:
    """What two cases agree in, in words."""
    return str(AGREES[name])
