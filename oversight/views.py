"""The government's desk as pages; messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from core import audit
from core.acts import actions_on
from core.errors import NotVisible, Refused
from core.internal import as_told, in_told_states, without_internal
from core.nouns import noun_of
from core.posting import act_panel, posts_from
from core.ranged import intact
from core.reading import choice_in, cursor_in, version_seen
from deadlines.clocks import recomputed
from deadlines.labels import clock_label
from deadlines.models import Clock
from documents.issuing import documents_of
from documents.models import OfficialDocument
from notifications.models import Message
from oversight.doors import ESCALATION_DOORS
from oversight.internal import may_read_proposal
from oversight.lifecycle import EscalationState
from oversight.models import Escalation
from oversight.policies import ESCALATION_POLICIES
from oversight.selectors import corrections_visible_to, escalations_visible_to, escalations_waiting_for, matter_seen
from referrals.forms import bound_to
from referrals.panels import panels_of


@login_required
@require_GET
def escalation_list(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    state, after = choice_in(request.GET, "state", EscalationState.values), cursor_in(request.GET)
    waiting = choice_in(request.GET, "desk", ("all", "waiting")) != "all"
    rows = escalations_waiting_for(by) if waiting and not state else escalations_visible_to(by)
    rows = rows.filter(in_told_states(by, [state], "escalation")) if state else rows
    rows = rows.filter(pk__lt=after) if after else rows
    page = [as_told(e, may_read_proposal(e, by)) for e in rows.order_by("-pk")[:26]]
    context = {
        "by": by, "rows": page[:25], "next": page[24].pk if len(page) > 25 else None, "states": EscalationState.choices, "state": state,
        "waiting": waiting, "now": timezone.now(), "corrections": list(corrections_visible_to(by).order_by("-pk")[:10]),
    }  # fmt: skip
    return render(request, "oversight/list.html", context)


def _visible(by: Actor, pk: int) -> Escalation:
    found = escalations_visible_to(by).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有这件督办事项，或者您看不到它。"))
    return found


@login_required
@require_GET
def escalation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    by = acting(request)
    return render(request, "oversight/detail.html", _context(_visible(by, pk), by))


def _context(escalation: Escalation, by: Actor, failed: str = "", form: forms.Form | None = None) -> dict[str, Any]:
    opened = may_read_proposal(escalation, by)
    seen, told = _proposed(escalation) if opened else ({}, [])
    actions = panels_of(
        actions_on(escalation, by, ESCALATION_POLICIES),
        ESCALATION_DOORS,
        by,
        failed=failed,
        form=form,
        seen=seen,
        effects=lambda verb: [*(told if verb == "instruct" else []), _("发往：%(agencies)s") % {"agencies": escalation.late_agency.name}],
    )
    return {
        "by": by, "escalation": as_told(escalation, opened), "actions": actions, "documents": documents_of([("escalation", escalation.pk)]),
        "timeline": without_internal(audit.timeline([("escalation", escalation.pk)]), [] if opened else [("escalation", escalation.pk)]),
        "proposal_open": opened, "clock_name": clock_label(escalation.clock.key),
        "matter": matter_seen(escalation, by), "now": timezone.now(),
    }  # fmt: skip


def _proposed(escalation: Escalation) -> tuple[dict[str, Any], list[str]]:
    """What the office proposed, in the field of the leader's order and in words above it; nothing is filled in where nobody proposed."""
    if not escalation.proposal:
        return {}, []
    words = {"order": escalation.get_proposed_order_display(), "words": escalation.proposal, "office": escalation.proposed_by}
    return {"order": escalation.proposed_order}, [_("拟办意见：%(order)s。%(words)s（%(office)s）") % words]


@login_required
@posts_from(lambda request, pk, verb: act_panel("escalation", verb, pk))
def act_on_escalation(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    by = acting(request)
    escalation, door = _visible(by, pk), ESCALATION_DOORS.get(verb)
    if door is None:
        raise NotVisible(_("没有这个操作。"))
    form, status = bound_to(door.form, by, request.POST), 400
    if form.is_valid():
        try:
            door.service(pk, by=by, if_match=version_seen(request), **form.cleaned_data)
            messages.success(request, str(door.done))
            return redirect("escalation", pk)
        except Refused as refusal:
            status = refusal.status
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
            messages.error(request, str(refusal))
    escalation = _visible(by, pk)
    return render(request, "oversight/detail.html", _context(escalation, by, verb, form), status=status)


@login_required
@require_GET
def escalation_document(request: HttpRequest, pk: int, document_id: int) -> HttpResponse:
    escalation = _visible(acting(request), pk)
    document = OfficialDocument.objects.filter(pk=document_id, subject_kind="escalation", subject_id=escalation.pk).first()
    if document is None:
        raise NotVisible(_("没有这份公文。"))
    if not document.rendered_at:
        return render(request, "documents/waiting.html", {"document": document}, status=202)
    return FileResponse(intact(document.file, document.sha256).open("rb"), filename=f"{document.number}.pdf", content_type="application/pdf")


@login_required
@require_GET
def clock_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How a due date came about, day by day: a page, or with ?part a piece that opens in place."""
    by = acting(request)
    clock = get_object_or_404(Clock.objects.select_related("version", "holder", "counterpart"), pk=pk)
    known = noun_of(clock.subject_kind)
    if known is None or not known.visible_to(by).filter(pk=clock.subject_id).exists():
        raise NotVisible(_("没有这个时限，或者您看不到它。"))
    context = {
        "by": by, "clock": clock, "name": clock_label(clock.key), "extensions": list(clock.extensions.all()), "recounts": list(clock.recounts.all()),
        "corrections": list(clock.corrections.order_by("pk")), "pauses": list(clock.pauses.order_by("pk")),
        "due": recomputed(clock, explain=True) if clock.clause else None, "part": "part" in request.GET,
        "page": known.told([clock.subject_id])[clock.subject_id].page,
    }  # fmt: skip
    return render(request, "deadlines/_explained.html" if "part" in request.GET else "deadlines/clock.html", context)


@login_required
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    rows = list(Message.objects.filter(user_id=by.user_id).order_by("-pk")[:100])
    return render(request, "oversight/messages.html", {"by": by, "rows": rows})


@login_required
@posts_from("messages")
def message_read(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk, user_id=request.user.pk)
    Message.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(message.url)


@login_required
@posts_from("messages")
def messages_all_read(request: HttpRequest) -> HttpResponse:
    Message.objects.filter(user_id=request.user.pk, read_at=None).update(read_at=timezone.now())
    return redirect("messages")
