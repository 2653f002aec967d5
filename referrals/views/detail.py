"""One page: where it stands, what may be done next, clocks, letters, materials, and one timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from core import audit
from core.acts import actions_on
from core.decisions import Allow
from core.errors import NotVisible, Refused
from core.internal import as_told, without_internal
from core.nouns import hanging_on
from core.posting import act_panel, posts_from
from core.reading import choice_in, version_seen
from deadlines.models import Clock
from documents.issuing import documents_of
from foundation.cases.models import RESULT_SLOT
from foundation.cases.officers import officers_of
from foundation.cases.parties import parties_of
from foundation.formats.table import ACCEPT
from referrals.correspondence import contacts_of, notices_of, progress_of, with_correspondence
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS, Door
from referrals.effects import effects_of, next_duty, told_after
from referrals.forms import NothingForm, bound_to
from referrals.internal import may_read_proposal
from referrals.lifecycle import BEFORE_LETTER, WITH_DRAFTER
from referrals.models import Dispute, Referral
from referrals.panels import Panel, panels_of
from referrals.paper_form import PaperForm
from referrals.policies import DISPUTE_POLICIES, REFERRAL_POLICIES
from referrals.policies.drafting import may_save_draft
from referrals.rules import profile_of_referral
from referrals.same_facts import Found, same_facts
from referrals.selectors import clocks_of, disputes_visible_to, materials_of, referrals_visible_to
from referrals.services.materials import slot_names
from referrals.services.reading import record_reading
from referrals.timeline import since_signed, with_changes


def visible_or_404(by: Actor, pk: int) -> Referral:
    referral = with_correspondence(referrals_visible_to(by).select_related("approver", "filed_with")).filter(pk=pk).first()
    if referral is None:
        raise NotVisible(_("没有这件移送，或者您看不到它。"))
    return referral


@login_required
@require_GET
def referral_detail(request: HttpRequest, pk: int) -> HttpResponse:
    by = acting(request)
    referral = visible_or_404(by, pk)
    record_reading(referral, by=by)
    if referral.state == "submitted":
        request.session["opened"] = [*request.session.get("opened", []), referral.pk][-200:]
    context = context_of(referral, by)
    did = choice_in(request.GET, "did", (*REFERRAL_DOORS, *DISPUTE_DOORS))
    clocks, now = referral.clocks, context["now"]
    context["after"] = told_after(referral, did, by, context["documents"], clocks, now) if did else next_duty(referral, clocks, now)
    return render(request, "referrals/detail.html", context)


def context_of(referral: Referral, by: Actor, failed: str = "", form: forms.Form | None = None) -> dict[str, Any]:
    """Everything on the page; `form` holds what was typed into the act that was refused."""
    profile = profile_of_referral(referral)
    referral.clocks = clocks_of("referral", referral.pk)
    disputes = list(disputes_visible_to(by).filter(referral=referral).order_by("pk"))
    hanging = hanging_on("referral", referral.pk, by)
    shut: list[tuple[str, int]] = [one.subject for one in hanging if one.shut]
    shut += [("dispute", d.pk) for d in disputes if not may_read_proposal(d, by)]
    current = disputes[-1] if disputes and disputes[-1].settled_at is None else None
    subjects = [("referral", referral.pk), *(("dispute", d.pk) for d in disputes), *(one.subject for one in hanging)]
    now = timezone.now()
    names = slot_names(profile)
    shown = names | {RESULT_SLOT: _("处理结果文书")}
    alike = looked_alike(referral, by)
    doors = REFERRAL_DOORS if any(not a.drafted for a in alike) else REFERRAL_DOORS | {"sign": replace(REFERRAL_DOORS["sign"], form=NothingForm)}
    return {
        "by": by, "now": now, "referral": referral, "case": referral.stated, "parties": parties_of(referral.stated), "officers": officers_of(referral.stated), "profile": profile, "dispute": current,
        "disputes": [as_told(d, may_read_proposal(d, by)) for d in disputes],
        "actions": panels_of(
            actions_on(referral, by, REFERRAL_POLICIES), doors, by, failed=failed, form=form,
            effects=lambda verb: effects_of(referral, verb, by, referral.clocks, now),
        ),
        "dispute_actions": _dispute_actions(current, by, failed, form, referral.clocks, now) if current else [],
        "clocks": referral.clocks, "paused": any(c.paused_at and c.ended_at is None for c in referral.clocks),
        "documents": documents_of([("referral", referral.pk), *(one.subject for one in hanging if one.told)]),
        "materials": [(shown.get(m.slot, m.slot), m) for m in materials_of(referral, by)], "slots": names, "accept": ACCEPT, "part_bytes": settings.UPLOAD_PART_BYTES, "paper_form": PaperForm(),
        "alike": alike, "seen_alike": seen_alike(referral, by),
        "timeline": without_internal(with_changes(audit.timeline(subjects), referral, by), shut), 
        "shut": {pk for kind, pk in shut if kind == "dispute"}, "hanging": hanging, "since": since_signed(referral, by), "expired": profile.expired_on(timezone.localdate(now)),
        "notices": notices_of(referral), "progress": progress_of(referral, by), "contacts": contacts_of(referral),
        "may_edit": referral.state in WITH_DRAFTER and isinstance(may_save_draft(referral, by), Allow),
        "may_supply": REFERRAL_POLICIES["supply_supplement"](referral, by),
    }  # fmt: skip


def _dispute_actions(dispute: Dispute, by: Actor, failed: str, form: forms.Form | None, clocks: list[Clock], now: dt.datetime) -> list[Panel]:
    seen: dict[str, Any] = {"offer": dispute.offer_number}
    proposed = dispute.proposed_handler if dispute.proposal and may_read_proposal(dispute, by) else None
    told: list[str] = []
    if proposed is not None:
        # The leader decides over what the office proposed: it stands in the field and above it, and is chosen by being left there.
        seen["handler"] = proposed.pk
        told = [
            _("拟办意见：%(handler)s。%(words)s（%(office)s）") % {"handler": proposed.name, "words": dispute.proposal, "office": dispute.proposed_by}
        ]
    return panels_of(
        actions_on(dispute, by, DISPUTE_POLICIES),
        DISPUTE_DOORS,
        by,
        failed=failed,
        form=form,
        seen=seen,
        effects=lambda verb: [*(told if verb == "designate" else []), *effects_of(dispute.referral, verb, by, clocks, now)],
    )


def looked_alike(referral: Referral, by: Actor) -> list[Found]:
    """What the sender is shown beside its own draft until the letter is signed; reading a confidential one is kept."""
    if referral.state not in BEFORE_LETTER or not by.of(referral.from_agency_id):
        return []
    found = same_facts(referral, profile_of_referral(referral))
    for one in found:
        record_reading(one.referral, by=by, what="same_facts")
    return found


def seen_alike(referral: Referral, by: Actor) -> list[Referral]:
    """Of what the signing leader was shown, that which `by` may see too."""
    if not referral.another_case_of:
        return []
    return list(referrals_visible_to(by).filter(pk__in=referral.another_case_of).order_by("pk"))


@login_required
@posts_from(lambda request, pk, verb: act_panel("referral", verb, pk))
def act_on_referral(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One act on one referral; refused, everything typed stays in its field."""
    by = acting(request)
    return _perform(request, by, REFERRAL_DOORS.get(verb), verb, pk, lambda: pk)


@login_required
@posts_from(lambda request, pk, verb: act_panel("referral", verb, _referral_of(acting(request), pk)))
def act_on_dispute(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    by = acting(request)
    return _perform(request, by, DISPUTE_DOORS.get(verb), verb, pk, lambda: _referral_of(by, pk))


def _referral_of(by: Actor, dispute_id: int) -> int:
    """The referral on whose page a dispute stands."""
    dispute: Dispute | None = disputes_visible_to(by).filter(pk=dispute_id).first()
    if dispute is None:
        raise NotVisible(_("没有这件争议，或者您看不到它。"))
    return dispute.referral_id


def _perform(request: HttpRequest, by: Actor, door: Door | None, verb: str, pk: int, referral_id: Callable[[], int]) -> HttpResponse:
    """The act reads and locks what it needs itself; `referral_id` finds the page again where the act was refused."""
    if door is None:
        raise NotVisible(_("没有这个操作。"))
    form, status = bound_to(door.page_form or door.form, by, request.POST, request.FILES), 400
    if form.is_valid():
        try:
            made = door.service(pk, by=by, if_match=version_seen(request), **form.cleaned_data)
            messages.success(request, str(door.done))
            if isinstance(made, Referral) and made.pk != pk:
                # The act opened another draft: that is where the work goes on.
                return redirect("edit-referral", made.pk)
            # The page says which number it was given and what comes next: it has read all of that anyway.
            return redirect(reverse("referral", args=[made.referral_id if isinstance(made, Dispute) else pk]) + f"?did={verb}")
        except Refused as refusal:
            # Who cannot see it meets a page that is not there.
            visible_or_404(by, referral_id())
            status = refusal.status
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
            messages.error(request, str(refusal))
    fresh = visible_or_404(by, referral_id())
    return render(request, "referrals/detail.html", context_of(fresh, by, verb, form), status=status)
