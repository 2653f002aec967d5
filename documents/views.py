"""The public page that answers genuine or not, and shows nothing else."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.text import clean_code
from documents.models import OfficialDocument

LENGTH = 16
CODE = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")


@require_GET
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """By QR or by typed code, however it was typed; a code that cannot be one is refused in words, with what was typed."""
    typed = request.GET.get("code", "")[:200]
    if not code and clean_code(typed):
        plain = clean_code(typed)
        wrong = _wrong_with(plain)
        if wrong:
            return render(request, "documents/verify.html", {"code": typed, "genuine": None, "wrong": wrong}, status=400)
        return redirect("verify-code", "-".join(plain[i : i + 4] for i in range(0, LENGTH, 4)))
    genuine, code = None, code.upper()
    if code:
        genuine = bool(CODE.match(code)) and OfficialDocument.objects.filter(code=code).exists()
    return render(request, "documents/verify.html", {"code": code, "genuine": genuine}, status=200 if genuine is not False else 404)


def _wrong_with(plain: str) -> str:
    """Why the cleaned text cannot be a verification code, or ""."""
    if len(plain) != LENGTH:
        return _("校验码应为%(most)d位字母和数字，现为%(n)d位。") % {"most": LENGTH, "n": len(plain)}
    strange = re.search(r"[^0-9A-Z]", plain)
    return _("校验码第%(place)d位“%(sign)s”不是字母或数字。") % {"place": strange.start() + 1, "sign": strange[0]} if strange else ""
