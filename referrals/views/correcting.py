"""The page on which a leader puts right the facts of a letter that is out."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actors import acting
from core.acts import demand
from core.errors import Refused
from core.reading import version_seen
from foundation.cases.officers import OFFICERS
from foundation.cases.stated import stated
from referrals.correct_form import CorrectFactsForm
from referrals.doors import REFERRAL_DOORS
from referrals.party_rows import PartyForm
from referrals.policies import REFERRAL_POLICIES
from referrals.rows import rows_to_show
from referrals.services.reading import record_reading
from referrals.views.detail import visible_or_404
from referrals.views.lacking import lacks_of


@login_required
@require_http_methods(["GET", "POST"])
def correct_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts as they were put out last, to be changed, and why; refused, everything typed stays."""
    by, door = acting(request), REFERRAL_DOORS["correct_facts"]
    referral = visible_or_404(by, pk)
    demand(REFERRAL_POLICIES["correct_facts"](referral, by))
    if referral.case.signed_version is None:
        return redirect("referral", pk)
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = CorrectFactsForm(request.POST)
        if form.is_valid() and "add_party" not in request.POST:
            try:
                door.service(pk, by=by, if_match=version_seen(request), **form.cleaned_data)
            except Refused as refusal:
                errors = refusal.fields or {"": str(refusal)}
            else:
                messages.success(request, str(door.done))
                return redirect("referral", pk)
    else:
        record_reading(referral, by=by)
        form = CorrectFactsForm(initial=CorrectFactsForm.initial_of(stated(referral.case.signed_version)))
    rows = rows_to_show(form, "further_parties", extra=1 if "add_party" in request.POST else 0)
    context = {
        "by": by, "referral": referral, "form": form, "errors": errors, "lacks": lacks_of(form, errors), "warn": door.warn, "party_rows": rows,
        "empty_party": PartyForm(prefix="further_parties-__n__"), "officer_rows": rows_to_show(form, "officers", least=OFFICERS),
    }  # fmt: skip
    return render(request, "referrals/correct.html", context, status=400 if errors or form.errors else 200)
