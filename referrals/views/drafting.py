"""The form in the order in which a clerk thinks. A draft saves itself."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import acting
from core.acts import demand
from core.errors import BadInput, NotVisible, Refused, Stale
from core.posting import posts_from
from core.reading import MOST_VERSION, number_in, version_seen, words_in
from deadlines.book import rules_for
from foundation.cases.identity import canonical_code, code_problem, kind_of_document
from foundation.cases.models import DocumentKind
from foundation.cases.officers import OFFICERS
from foundation.formats.admitting import sizes_said
from foundation.formats.table import ACCEPT
from referrals import services
from referrals.draft_form import DraftForm
from referrals.made import draft_made_with
from referrals.models import Referral
from referrals.paper_form import PaperForm
from referrals.party_rows import PartyForm
from referrals.policies import REFERRAL_POLICIES
from referrals.policies.drafting import may_save_draft, may_start
from referrals.requirements import shortcomings
from referrals.rows import rows_to_show
from referrals.rules import profile_of_referral
from referrals.same_facts import SameFacts
from referrals.selectors import materials_of, referrals_visible_to
from referrals.services.drafting import same_as_shown
from referrals.services.materials import slot_names
from referrals.views.detail import looked_alike
from referrals.views.lacking import lacks_of

# The version of a draft when it has just been made.
FIRST_VERSION = 1


@login_required
@require_http_methods(["GET", "POST"])
def new_referral(request: HttpRequest) -> HttpResponse:
    """An empty form; the first save makes the draft, whatever is filled in. The sheet's key makes one draft, however often it is sent."""
    by = acting(request)
    demand(may_start(by))
    rules = rules_for(by.jurisdiction_id or 0, timezone.localdate())
    profile = rules.profile
    case_id = request.POST.get("case") or request.GET.get("case")
    key = words_in(request.POST, "submit_key", 100) or words_in(request.GET, "key", 100) or uuid.uuid4().hex
    made = draft_made_with(key, by=by) if request.method == "GET" and "key" in request.GET else None
    if made is not None:
        messages.info(request, _("这张表已经存成草稿，请在这里继续。"))
        return redirect("edit-referral", made.pk)
    errors: dict[str, str] = {}
    form = DraftForm(request.POST if request.method == "POST" else None, by=by, profile=profile)
    if request.method == "POST" and form.is_valid():
        try:
            case = number_in(case_id or "", "case")
            referral = services.start_draft(by=by, data=form.data_for_service(), case_id=case, key=key, rules=rules)
        except SameFacts as refusal:
            # Nothing typed is lost: it may be another case after all, and then it only has to say so.
            return _refused_at_start(request, form, profile, refusal, case_id, key)
        except BadInput as refusal:
            made = draft_made_with(key, by=by)
            if made is not None:
                # Back, changed, and saved again: the same draft, not a second one.
                return edit_referral(request, made.pk)
            errors = refusal.fields or {"": str(refusal)}
        else:
            messages.success(request, _("草稿已保存。接着上传材料，再送领导签发。"))
            return _to_draft(request, referral.pk)
    context = {"form": form, "profile": profile, "submit_key": key, "by": by, "case_id": case_id or "", "errors": errors}
    context |= _rows(request, form) | {"lacks": lacks_of(form, errors)}
    return render(request, "referrals/draft.html", context, status=400 if errors or form.errors else 200)


def _to_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the draft; who asked for a further party, or took one away, finds the rows."""
    address, rows = reverse("edit-referral", args=[pk]), any(name.endswith("-remove") for name in request.POST)
    if "add_party" in request.POST:
        return redirect(f"{address}?add_party=1#f-further_parties")
    return redirect(f"{address}#f-further_parties" if rows else address)


def _rows(request: HttpRequest, form: DraftForm) -> dict[str, Any]:
    asked = "add_party" in request.GET or "add_party" in request.POST
    officers = rows_to_show(form, "officers", least=OFFICERS)
    return {
        "party_rows": rows_to_show(form, "further_parties", extra=1 if asked else 0),
        "empty_party": PartyForm(prefix="further_parties-__n__"),
        "officer_rows": officers,
    }


def _refused_at_start(request: HttpRequest, form: DraftForm, profile: Any, refusal: SameFacts, case_id: str | None, key: str) -> HttpResponse:
    messages.error(request, str(refusal))
    context = {
        "form": form, "profile": profile, "submit_key": key, "by": acting(request), "case_id": case_id or "",
        "alike": refusal.found, "told": form.data_for_service(),
    } | _rows(request, form)  # fmt: skip
    return render(request, "referrals/draft.html", context, status=refusal.status)


def draft_or_404(request: HttpRequest, pk: int) -> Referral:
    referral = referrals_visible_to(acting(request)).filter(pk=pk).first()
    if referral is None:
        raise NotVisible(_("没有这件移送，或者您看不到它。"))
    return referral


@login_required
@require_http_methods(["GET", "POST"])
def edit_referral(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft with its materials, what is still missing, and the way to the leader."""
    by, referral = acting(request), draft_or_404(request, pk)
    if referral.state not in ("draft", "returned"):
        return redirect("referral", pk)
    demand(may_save_draft(referral, by))
    profile = profile_of_referral(referral)
    if request.method != "POST":
        form = DraftForm(by=by, profile=profile, initial=DraftForm.initial_of(referral) | {"copies": list(referral.copies.all())})
        return _edit_page(request, referral, form)
    form = DraftForm(request.POST, by=by, profile=profile)
    if not form.is_valid():
        return _edit_page(request, referral, form)
    try:
        referral = services.save_draft(pk, by=by, data=form.data_for_service(), if_match=_seen(request, pk))
        if "send" in request.POST:
            services.submit_referral(pk, by=by)
            messages.success(request, _("已送领导签发，签发人已收到提醒。"))
            return redirect("referral", pk)
    except Refused as refusal:
        return _edit_page(request, draft_or_404(request, pk), form, refusal)
    messages.success(request, _("草稿已保存。"))
    return _to_draft(request, pk)


def _seen(request: HttpRequest, pk: int) -> int | None:
    """The version that the sender of this post knows: the one it says it writes over, else the one its page showed."""
    if "submit_key" in request.POST:
        # The sheet that made the draft knows it as it was made.
        return FIRST_VERSION
    over = number_in(request.POST.get("over", ""), "over", least=0, most=MOST_VERSION)
    return over if over is not None else version_seen(request)


def _edit_page(request: HttpRequest, referral: Referral, form: DraftForm, refusal: Refused | None = None) -> HttpResponse:
    """The draft's page; after a refusal with everything as it was typed, and beside a newer draft with the version that was seen."""
    by = acting(request)
    errors = (refusal.fields or {"": str(refusal)}) if refusal else {}
    context = _context(referral, form, by, errors) | _rows(request, form)
    context |= {"lacks": lacks_of(form, errors, context["short"] if refusal and "send" in request.POST else ())}
    context["not_sent"] = refusal is not None and "send" in request.POST
    if isinstance(refusal, Stale):
        context |= {"stale": refusal, "errors": {}, "seen": request.POST.get("version") or FIRST_VERSION}
    return render(request, "referrals/draft.html", context, status=400 if errors or form.errors else 200)


def _context(referral: Referral, form: DraftForm, by: Any, errors: dict[str, str]) -> dict[str, Any]:
    profile = profile_of_referral(referral)
    materials = materials_of(referral)
    for material in materials:
        material.paper_form = PaperForm.of(material)
    short = shortcomings(referral, profile, materials, timezone.now())
    slots = slot_names(profile)
    return {
        "form": form, "referral": referral, "profile": profile, "materials": materials, "slots": slots, "short": short, "by": by,
        "alike": looked_alike(referral, by), "told": referral.stated, "errors": errors, "accept": ACCEPT, "sizes": sizes_said(), "part_bytes": settings.UPLOAD_PART_BYTES, "missing": {s.field: s for s in short}, "prior_notice": profile.referral.prior_notice.required,
        "required_slots": {m.key for m in profile.referral.materials if m.required},
        "items": {m.key: "、".join(m.items) for m in profile.referral.materials},
        "may_notice": REFERRAL_POLICIES["give_prior_notice"](referral, by),
    }  # fmt: skip


@login_required
@posts_from("edit-referral", "pk")
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """The page's own save while somebody types: keeps everything, answers with what is wrong and the new version."""
    by, referral = acting(request), draft_or_404(request, pk)
    form = DraftForm(request.POST, by=by, profile=profile_of_referral(referral))
    if not form.is_valid():
        return JsonResponse({"errors": {k: " ".join(v) for k, v in form.errors.items()}}, status=400)
    try:
        referral = services.save_draft(pk, by=by, data=form.data_for_service(), stated=False, if_match=version_seen(request))
    except Refused as refusal:
        return JsonResponse({"errors": refusal.fields, "said": str(refusal)}, status=refusal.status)
    alike = render_to_string("components/same_facts.html", {"alike": looked_alike(referral, by), "case": referral.stated}).strip()
    held = _held(referral, form.data_for_service())
    return JsonResponse({"version": referral.version, "saved": timezone.localtime().strftime("%H:%M:%S"), "held": held, "alike": alike})


def _held(referral: Referral, data: dict[str, Any]) -> str:
    """What the page's own save leaves to the person: a running clock is corrected deliberately or not at all."""
    known = {"found_at": referral.stated.found_at, "urgent": referral.stated.urgent, "determined_at": referral.determined_at, "kind": referral.kind}
    if referral.stated_at is None or all(same_as_shown(known[name], data[name]) for name in known if name in data):
        return ""
    return str(_("期限已经起算：更正时间、紧急情形或类别须写明理由并按“保存草稿”，其余已自动保存。"))


@login_required
@require_http_methods(["GET"])
def check_code(request: HttpRequest) -> HttpResponse:
    """Checks a credit code or identity number as it is typed; keeps nothing."""
    kind, document = request.GET.get("kind", ""), request.GET.get("document", "")
    code, words = request.GET.get("code", "")[:200], request.GET.get("words", "")[:40]
    problem = code_problem(kind, code, document, words)
    said = "" if problem else str(dict(DocumentKind.choices).get(kind_of_document(kind, code, document), ""))
    return JsonResponse({"problem": problem, "code": canonical_code(kind, code, document), "document": said})
