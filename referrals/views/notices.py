"""Notices that one's agency received and sent: the list, one with its receipt; and files of the thread."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from core import audit
from core.acts import actions_on
from core.errors import NotVisible, Refused
from core.posting import posts_from
from core.ranged import intact
from core.reading import cursor_in, version_seen
from foundation.formats.keeping import with_looks
from foundation.formats.scanning import demand_sendable
from referrals.doors import NOTICE_DOORS
from referrals.models import Notice, ProgressMessage
from referrals.panels import panels_of
from referrals.policies import NOTICE_POLICIES
from referrals.policies.progress import may_read_progress
from referrals.selectors import PAGE, notices_visible_to, referrals_visible_to
from referrals.views.detail import visible_or_404


def visible_notice(by: Actor, pk: int) -> Notice:
    notice = notices_visible_to(by).filter(pk=pk).first()
    if notice is None:
        raise NotVisible(_("没有这份通报，或者您看不到它。"))
    return notice


@login_required
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Received and sent, newest first, 25 a page by key."""
    by, after = acting(request), cursor_in(request.GET)
    rows = notices_visible_to(by).order_by("-pk")
    rows = rows.filter(pk__lt=after) if after else rows
    page = list(rows[: PAGE + 1])
    context = {"by": by, "rows": page[:PAGE], "next": page[PAGE - 1].pk if len(page) > PAGE else None}
    return render(request, "referrals/notices.html", context)


@login_required
@require_GET
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, acting(request), pk)


def _page(request: HttpRequest, by: Actor, pk: int, status: int = 200) -> HttpResponse:
    notice = visible_notice(by, pk)
    actions = panels_of(actions_on(notice, by, NOTICE_POLICIES), NOTICE_DOORS, by)
    # Whoever was only told does not see the draft behind the notice, and gets no way to it.
    sees = referrals_visible_to(by).filter(pk=notice.referral_id).exists()
    context = {
        "by": by, "notice": notice, "paper": notice.document.content, "actions": actions, "sees_referral": sees,
        "timeline": audit.timeline([("notice", notice.pk)]),
    }  # fmt: skip
    return render(request, "referrals/notice.html", context, status=status)


@login_required
@posts_from("notice", "pk")
def act_on_notice(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    by, door = acting(request), NOTICE_DOORS.get(verb)
    visible_notice(by, pk)
    if door is None:
        raise NotVisible(_("没有这个操作。"))
    try:
        door.service(pk, by=by, if_match=version_seen(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, by, pk, refusal.status)
    messages.success(request, str(door.done))
    return redirect("notice", pk)


@login_required
@require_GET
def notice_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice as PDF; while the worker has not finished, a page that says so."""
    document = visible_notice(acting(request), pk).document
    if not document.rendered_at:
        return render(request, "documents/waiting.html", {"document": document}, status=202)
    stored = intact(document.file, document.sha256)
    return FileResponse(stored.open("rb"), filename=f"{document.number}.pdf", content_type="application/pdf")


@login_required
@require_GET
def progress_file(request: HttpRequest, pk: int, message_id: int) -> FileResponse:
    """A file of the thread, for the two sides, always as a download."""
    by = acting(request)
    message = with_looks(ProgressMessage.objects.filter(pk=message_id, referral_id=pk).exclude(file="")).first()
    if message is None or not may_read_progress(visible_or_404(by, pk), by):
        raise NotVisible(_("没有这个文件。"))
    demand_sendable(message.name, message.look, own=by.of(message.agency_id))
    stored = intact(message.file, message.sha256)
    response = FileResponse(stored.open("rb"), as_attachment=True, filename=message.name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
