"""The trail as a page: read and proved by the audit administrator."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actors import acting
from accounts.kinds import Post
from core import audit
from core.decisions import Allow
from core.errors import BadInput, NotAllowed
from core.posting import posts_from
from core.reading import cursor_in, words_in
from core.retries import tried_again
from oversight.trail import findings_of, last_check, may_verify_trail, sentence_of, trail_visible_to, verify_trail, withheld

PAGE = 50


@login_required
@require_GET
@tried_again
def audit_page(request: HttpRequest) -> HttpResponse:
    """The trail of this jurisdiction's agencies, newest first, for the audit administrator; reading it is recorded too."""
    by = acting(request)
    if not by.holds(Post.AUDITOR):
        raise NotAllowed(_("操作留痕由审计管理员查阅。"))
    rows = trail_visible_to(by)
    wanted = {name: words_in(request.GET, name, 60) for name in ("subject", "verb", "actor")}
    after = cursor_in(request.GET)
    if wanted["subject"]:
        kind, identity = _subject(wanted["subject"])
        rows = rows.filter(subject_kind=kind, subject_id=identity)
    if wanted["verb"]:
        rows = rows.filter(verb=wanted["verb"])
    if wanted["actor"]:
        rows = rows.filter(actor_name__contains=wanted["actor"])
    rows = rows.filter(pk__lt=after) if after else rows
    page = list(rows.order_by("-pk")[: PAGE + 1])
    with transaction.atomic():
        audit.record("audit", by.jurisdiction_id, "audit.read", by=by, asked={k: v for k, v in wanted.items() if v})
    query = request.GET.copy()
    if len(page) > PAGE:
        query["after"] = str(page[PAGE - 1].pk)
    check = last_check(by)
    context = {
        "by": by, "rows": page[:PAGE], "withheld": withheld(page[:PAGE], by), "wanted": wanted, "next": query.urlencode() if len(page) > PAGE else "",
        "may_verify": isinstance(may_verify_trail(by), Allow), "check": check,
        "result": sentence_of(check) if check else "", "findings": findings_of(check) if check else [],
    }  # fmt: skip
    return render(request, "oversight/audit.html", context)


def _subject(wanted: str) -> tuple[str, str]:
    """What somebody looks for in the trail: its kind and its number. Raises BadInput for anything else."""
    kind, colon, identity = wanted.partition(":")
    if not (kind and colon and identity):
        sentence = _("对象须写作“种类:编号”，例如 referral:12，不能是“%(given)s”。") % {"given": wanted}
        raise BadInput(sentence, fields={"subject": sentence})
    return kind, identity


@login_required
@posts_from("audit")
def verify_audit_trail(request: HttpRequest) -> HttpResponse:
    """The auditor's button."""
    try:
        verify_trail(by=acting(request))
    except BadInput as refusal:
        messages.error(request, str(refusal))
    return redirect("audit")
