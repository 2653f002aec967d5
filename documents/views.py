"""The public page that answers genuine or not, and shows nothing else."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from documents.models import OfficialDocument

CODE = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")


@require_GET
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """By QR or by typed code."""
    if not code and request.GET.get("code"):
        typed = re.sub(r"[^0-9A-Za-z]", "", request.GET["code"]).upper()[:16]
        typed = "-".join(typed[i : i + 4] for i in range(0, 16, 4)) if len(typed) == 16 else "0"
        return redirect("verify-code", typed)
    genuine = None
    if code:
        genuine = bool(CODE.match(code)) and OfficialDocument.objects.filter(code=code).exists()
    return render(request, "documents/verify.html", {"code": code, "genuine": genuine}, status=200 if genuine is not False else 404)
