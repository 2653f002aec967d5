"""What the page's script asks: keep this, what is kept, forget it; and the page that has the words where no script runs."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import NotVisible, TooLarge
from core.posting import posts_from
from foundation.typed.owners import Owner, mark_of, owner_marked, owner_signed_in
from foundation.typed.replay import replay_of
from foundation.typed.sealing import Pairs, Words, local_key
from foundation.typed.services import NOT_WORDS, Sheet, finish, keep, kept_for, one_kept


def _pairs(text: str) -> Pairs:
    """[[name, value], …] as the script sends them; anything else is nothing."""
    try:
        given: Any = json.loads(text or "[]")
    except ValueError:
        return []
    pairs = given if isinstance(given, list) else []
    return [(p[0], p[1]) for p in pairs if isinstance(p, list) and len(p) == 2 and all(isinstance(x, str) for x in p) and p[0] not in NOT_WORDS]


def _sheet(request: HttpRequest) -> Sheet:
    given = request.POST
    return Sheet(given.get("form", "")[:200], given.get("sheet", "")[:40], given.get("base", "")[:20])


@csrf_exempt  # The signed mark in the form says more than the CSRF token, and is still good when the session is gone.
@never_cache
@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """GET ?form=: what the person signed in has kept of this form. POST: keep a sheet of the person whom the form's mark names."""
    if request.method == "GET":
        owner = owner_signed_in(request)
        return _answer_kept(owner, request.GET.getlist("form")[:100]) if owner else redirect_to_login(request.get_full_path())
    marked = owner_marked(request.POST.get("typed_by", ""))
    if marked is None:
        return redirect_to_login("/") if not request.user.is_authenticated else JsonResponse({"said": _("这一页打开太久了。")}, status=403)
    words = Words(_pairs(request.POST.get("fields", "")), _pairs(request.POST.get("files", "")))
    try:
        keep(marked, _sheet(request), words, now=timezone.now(), instead_of=request.POST.get("instead_of", "")[:40])
    except TooLarge as refusal:
        return JsonResponse({"said": str(refusal)}, status=413)
    here = request.user.is_authenticated and request.user.pk == marked.user_id
    return JsonResponse({"saved": timezone.localtime().strftime("%H:%M:%S"), "signed_in": here})


def _answer_kept(owner: Owner, forms: list[str]) -> JsonResponse:
    kept = {
        form: [
            {"sheet": row.sheet, "base": row.base, "saved": timezone.localtime(row.saved_at).strftime("%m-%d %H:%M"),
             "fields": words.fields, "files": words.files}
            for row, words in rows
        ]
        for form, rows in kept_for(owner, forms, now=timezone.now()).items()
    }  # fmt: skip
    return JsonResponse({"kept": kept})


@login_required
@never_cache
@require_GET
def typed_key(request: HttpRequest) -> JsonResponse:
    """The key for this person's local copies, told to nobody else, and the mark with which the copies come home."""
    owner = owner_signed_in(request)
    assert owner is not None
    return JsonResponse({"key": local_key(owner.user_id), "owner": str(owner.user_id), "mark": mark_of(owner)})


@login_required
@posts_from("workbench")
def discard_typed(request: HttpRequest) -> HttpResponse:
    """Throw away what was typed on one sheet."""
    owner = owner_signed_in(request)
    assert owner is not None
    finish(owner, _sheet(request), now=timezone.now())
    return JsonResponse({"discarded": True})


@login_required
@never_cache
@require_GET
def typed_kept(request: HttpRequest, pk: int) -> HttpResponse:
    """Words of a post that did not get through, with the ways to go on. What was sent meanwhile leads to its form."""
    owner = owner_signed_in(request)
    found = one_kept(owner, pk) if owner else None
    if owner is None or found is None:
        raise NotVisible(_("没有保留的内容，或者已经办完。"))
    row, words = found
    return render(request, "typed/kept.html", {"words": replay_of(words, Sheet(row.form, row.sheet, row.base), owner)})
