"""What came back, for those who oversee: refusals for reasons outside the list, and letters filed again, with their count."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from accounts.kinds import Post
from core.acts import demand
from core.decisions import Allow, Decision, Deny
from core.reading import cursor_in
from referrals.selectors import PAGE, returned_rows


def may_read_returned(by: Actor) -> Decision:
    """The government's offices, the supervision office, the joint-meeting office and auditors of the district."""
    if by.in_government_office or by.holds(Post.SUPERVISION, Post.MEETING_OFFICE, Post.CONVENER, Post.AUDITOR):
        return Allow()
    return Deny(_("退回与重新移送的清单由监督机关查看。"))


@login_required
@require_GET
def returned_list(request: HttpRequest) -> HttpResponse:
    """Numbers, agencies, reasons and counts; the cases themselves stay with their parties."""
    by = acting(request)
    demand(may_read_returned(by))
    rows = returned_rows(by, cursor_in(request.GET))
    following = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return render(request, "oversight/returned.html", {"by": by, "rows": rows[:PAGE], "next": following})
