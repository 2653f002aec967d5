"""Materials and letters as files; the ledger."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import acting
from core import audit
from core.errors import NotVisible
from core.framing import in_own_frame
from core.ranged import intact
from core.retries import tried_again
from documents.models import OfficialDocument
from foundation.formats.previews import preview_of
from foundation.formats.scanning import demand_sendable
from referrals.selectors import materials_of
from referrals.services.exporting import exports_of, request_export
from referrals.services.reading import record_reading
from referrals.views.detail import visible_or_404

# Seconds after which the page looks again how far a ledger is.
LOOK_AGAIN = 10


@login_required
@require_GET
@tried_again
def material_file(request: HttpRequest, pk: int, material_id: int) -> FileResponse:
    """A material, always as a download and never as something a browser would run."""
    by = acting(request)
    referral = visible_or_404(by, pk)
    material = next((m for m in materials_of(referral, by) if m.pk == material_id), None)
    if material is None:
        raise NotVisible(_("没有这份材料。"))
    demand_sendable(material.name, material.look, own=by.of(material.uploaded_for_id))
    stored = intact(material.file, material.sha256)
    with transaction.atomic():
        audit.record("referral", referral.pk, "material.read", by=by, material=material.pk)
    response = FileResponse(stored.open("rb"), as_attachment=True, filename=material.name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
@require_GET
def material_preview(request: HttpRequest, pk: int, material_id: int) -> FileResponse:
    """A small picture of a material, drawn by us, for whoever may see the material: a way of reading the case like its page."""
    by = acting(request)
    referral = visible_or_404(by, pk)
    material = next((m for m in materials_of(referral, by) if m.pk == material_id), None)
    preview = preview_of(material)
    record_reading(referral, by=by, what="material")
    return preview


def _document(request: HttpRequest, pk: int, document_id: int) -> OfficialDocument:
    by = acting(request)
    referral = visible_or_404(by, pk)
    record_reading(referral, by=by, what="letter")
    document = OfficialDocument.objects.filter(pk=document_id, subject_kind="referral", subject_id=referral.pk).first()
    if document is None:
        raise NotVisible(_("没有这份公文。"))
    return document


@login_required
@require_GET
def document_file(request: HttpRequest, pk: int, document_id: int) -> HttpResponse:
    """An issued document as PDF; while the worker has not finished, a page that says so."""
    document = _document(request, pk, document_id)
    if not document.rendered_at:
        return render(request, "documents/waiting.html", {"document": document}, status=202)
    name = f"{document.number}.pdf"
    return FileResponse(
        intact(document.file, document.sha256).open("rb"), as_attachment="download" in request.GET, filename=name, content_type="application/pdf"
    )


@login_required
@require_GET
@in_own_frame
def letter_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it will print, before it is signed: pictures of the PDF itself, or with ?pdf the PDF."""
    from django.utils import timezone

    from documents.previewing import as_if_issued, preview_pages, preview_pdf
    from referrals import documents
    from referrals.services.signing import reply_words

    by = acting(request)
    referral = visible_or_404(by, pk)
    record_reading(referral, by=by, what="preview")
    if referral.to_agency is None or referral.stated.found_at is None:
        raise Http404
    content = documents.referral_letter(referral, materials_of(referral), list(referral.copies.all()), reply=reply_words(referral))
    content = as_if_issued(documents.REFERRAL_LETTER, content, issuer=referral.from_agency, day=timezone.localdate())
    if "pdf" in request.GET:
        return HttpResponse(preview_pdf(content), content_type="application/pdf")
    return render(request, "documents/preview.html", {"title": content["title"], "pages": preview_pages(content)})


@login_required
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """Ledgers asked for, and the form to ask for another: made in the background, can be left."""
    by = acting(request)
    if request.method == "POST":
        request_export(by=by, desk=request.POST.get("desk", "all"), query=request.POST.get("query", ""))
        return redirect("exports")
    rows = list(exports_of(by).order_by("-pk")[:20])
    under_way = any(row.done_at is None and not row.failed for row in rows)
    return render(request, "referrals/exports.html", {"rows": rows, "by": by, "refresh": LOOK_AGAIN if under_way else 0})


@login_required
@require_GET
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    export = exports_of(acting(request)).filter(pk=pk, done_at__isnull=False).first()
    if export is None:
        raise NotVisible(_("没有这份台账。"))
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=f"移送台账-{export.pk}.xlsx")
