"""The year as a page, and the three acts on it: put forward, confirm or refuse, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from core.decisions import Allow
from core.errors import NotVisible, Refused
from core.posting import posts_from
from deadlines.models import YearProposal
from deadlines.views import year_context
from oversight.yearbook import (
    FILE_LIMIT,
    confirm_year,
    may_decide_year,
    may_propose_year,
    may_undo_year,
    proposals_shown,
    propose_year,
    refuse_year,
    undo_year,
    year_from_upload,
)

ACTS: dict[str, Callable[..., Any]] = {"confirm": confirm_year, "refuse": refuse_year, "undo": undo_year}


@login_required
@require_GET
def year_page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    return _page(request, year)


def _page(request: HttpRequest, year: int | None, status: int = 200) -> HttpResponse:
    by, context = acting(request), year_context(year)
    proposals = [(one, _groups(one), _offered(one, by)) for one in proposals_shown(by, context["year"])]
    may_propose = isinstance(may_propose_year(by), Allow)
    return render(request, "deadlines/year.html", context | {"by": by, "proposals": proposals, "may_propose": may_propose}, status=status)


def _offered(proposal: YearProposal, by: Actor) -> list[tuple[str, str, str]]:
    """(act, label, class of the button) that this person may do with the proposal now."""
    offered = []
    if proposal.state == YearProposal.State.PROPOSED:
        if isinstance(may_decide_year(proposal, by), Allow):
            offered = [("confirm", _("确认启用"), "main"), ("refuse", _("退回"), "")]
        elif by.user_id == proposal.proposed_by_id:
            offered = [("refuse", _("收回"), "")]
    elif proposal.state == YearProposal.State.IN_FORCE and isinstance(may_undo_year(proposal, by), Allow):
        offered = [("undo", _("撤销，恢复原来的安排"), "danger")]
    return offered


def _groups(proposal: YearProposal) -> list[tuple[str, list[str], list[str]]]:
    """(holiday, days off, make-up days) as the State Council's notice lists them."""
    names = dict.fromkeys([*proposal.holidays.values(), *proposal.makeup.values()])
    off = {name: [d[5:] for d, n in sorted(proposal.holidays.items()) if n == name] for name in names}
    on = {name: [d[5:] for d, n in sorted(proposal.makeup.items()) if n == name] for name in names}
    return [(name, off[name], on[name]) for name in names]


@login_required
@posts_from("calendar")
def load_year(request: HttpRequest) -> HttpResponse:
    """The administrator's file of one year: it waits for the second person."""
    file = request.FILES.get("file")
    data = file.read(FILE_LIMIT + 1) if file else b""
    try:
        made = propose_year(year_from_upload(data), by=acting(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, None, refusal.status)
    messages.success(
        request,
        _("%(year)d 年安排已提出，试算了 %(tried)d 个正在计算的期限，其中 %(moved)d 个将改期；另一名管理员确认后启用。")
        % {"year": made.year, "tried": made.tried, "moved": made.moved},
    )
    return redirect("calendar-year", made.year)


@login_required
@posts_from("calendar")
def act_on_year(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    if verb not in ACTS:
        raise NotVisible(_("没有这个操作。"))
    by = acting(request)
    try:
        done = ACTS[verb](pk, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, None, refusal.status)
    moved = len(done) if isinstance(done, list) else 0
    said = {"confirm": _("已启用，重新计算了 %(n)d 个到期日。"), "undo": _("已撤销，重新计算了 %(n)d 个到期日。"), "refuse": _("已退回，没有启用。")}
    messages.success(request, said[verb] % {"n": moved} if verb != "refuse" else said[verb])
    return redirect("calendar-year", YearProposal.objects.get(pk=pk).year)
