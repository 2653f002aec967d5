"""Desks, and the first screen after sign-in."""

from __future__ import annotations

import inspect
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.actors import acting
from core.errors import NotVisible, Refused
from core.posting import posts_from
from core.reading import number_in
from notifications.models import Message
from referrals.doors import REFERRAL_DOORS
from referrals.filter_form import FilterForm
from referrals.models import Referral
from referrals.policies.drafting import may_start
from referrals.selectors import DESKS, page_after, referrals_visible_to, workbench_rows

# Rows that one press of the button carries along.
MOST_AT_ONCE = 100
DESK_TITLES = {
    "todo": _("待办"), "drafts": _("草稿与待签"), "aging": _("久未办理"), "sent": _("已发出"), "received": _("收到"), "copied": _("抄送"),
    "overdue": _("逾期"), "granted": _("授权查看"), "all": _("全部"),
}  # fmt: skip
EMPTY = {
    "todo": _("现在没有等您办理的移送。别的机关移送来、领导退回、结果通报到时，会出现在这里。"),
    "drafts": _("没有草稿。点“新建移送”起草，没填完也会自动保存。"),
    "aging": _("没有超过本地提示时间还没办的移送，也没有尚未填写起算时间的草稿。没有法定期限在计算的，由领导督促。"),
    "sent": _("还没有发出的移送。领导签发后，会出现在这里。"),
    "received": _("还没有收到移送。对方领导签发并送达后，会出现在这里。"),
    "copied": _("没有抄送给本机关的移送。"),
    "overdue": _("没有逾期的移送。"),
    "granted": _("没有单独授权给您查看的移送。"),
    "all": _("没有符合条件的移送。"),
}


@login_required
@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """What waits for me, by due date; what I sent and wait for; what is new."""
    by, now = acting(request), timezone.now()
    rows, waiting = workbench_rows(by, now)
    news = list(Message.objects.filter(user_id=by.user_id).order_by("-pk")[:8])
    context = {"by": by, "now": now, "todo": rows, "waiting": waiting, "news": news, "may_start": may_start(by)}
    return render(request, "referrals/workbench.html", context)


@login_required
@require_GET
def referral_list(request: HttpRequest, name: str = "all") -> HttpResponse:
    """One desk, filtered as the URL says, 25 rows a page by key."""
    if name not in DESKS:
        raise NotVisible(_("没有这个列表。"))
    by, now, form = acting(request), timezone.now(), FilterForm(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    # What cannot be read is refused beside its field: a filter left out would show everything.
    rows, after = ([], None) if form.errors else page_after(by, name, wanted, now)
    query = request.GET.copy()
    if after:
        query["after"] = str(after)
    context = {
        "by": by, "now": now, "desk": name, "title": DESK_TITLES[name], "rows": rows, "form": form, "empty": EMPTY[name],
        "next": query.urlencode() if after else "", "filtered": bool(form.errors) or any(v for k, v in wanted.items() if k != "after"),
        "may_start": may_start(by), "bulk": name in ("todo", "received"),
    }  # fmt: skip
    return render(request, "referrals/list.html", context, status=400 if form.errors else 200)


@login_required
@posts_from(lambda request: reverse("desk", args=["todo"]))
def bulk(request: HttpRequest) -> HttpResponse:
    """One verb on several: each through its own act, each with its own answer."""
    by, verb = acting(request), request.POST.get("verb", "")
    door = REFERRAL_DOORS.get(verb)
    outcome: list[tuple[Referral | None, str, str]] = []
    opened = set(request.session.get("opened", []))
    for pk in [number_in(given, "id") or 0 for given in request.POST.getlist("id")[:MOST_AT_ONCE]]:
        done, refused = "", str(_("没有这个操作。"))
        if door is not None:
            refused = perform_one(door, pk, verb, by, opened)
            done = "" if refused else str(door.done)
        outcome.append((Referral.objects.filter(pk=pk).select_related("case__matter", "case_version").first(), done, refused))
    visible = {r.pk for r in referrals_visible_to(by).filter(pk__in=[r.pk for r, _d, _f in outcome if r])}
    outcome = [(r if r and r.pk in visible else None, d, f) for r, d, f in outcome]
    return render(request, "referrals/bulk.html", {"outcome": outcome, "by": by})


def perform_one(door: Any, pk: int, verb: str, by: Any, opened: set[int], seen: int | None = None) -> str:
    """Perform a door's act without words on one referral, on the version `seen` if one is named; '' or the refusal."""
    if verb == "sign" and pk not in opened:
        return str(_("签发前须先打开看过。"))
    asked = inspect.signature(door.service).parameters.values()
    if any(p.default is p.empty and p.name != "by" and p.kind is p.KEYWORD_ONLY for p in asked):
        return str(_("这一步须逐件填写，不能批量办理。"))
    try:
        door.service(pk, by=by, if_match=seen)
    except Refused as refusal:
        return str(refusal)
    return ""
