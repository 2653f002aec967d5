"""The head's page: the systems that act for the own agency, to confirm and to end."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from accounts.kinds import HEADS
from core.errors import NotAllowed, NotVisible, Refused
from core.posting import posts_from
from systems.confirming import clients_of_agency, confirm_client, end_client


def _page(request: HttpRequest, by: Actor, shown: tuple[str, str, str] | None = None) -> HttpResponse:
    context = {"by": by, "rows": list(clients_of_agency(by)[:200]), "now": timezone.now(), "shown": shown}
    return render(request, "systems/agency.html", context)


@login_required
@never_cache
@require_GET
def agency_systems(request: HttpRequest) -> HttpResponse:
    """What other systems act for this agency."""
    by = acting(request)
    if not by.holds(*HEADS):
        raise NotAllowed(_("本机关的对接系统由主要负责人查看。"))
    return _page(request, by)


@login_required
@never_cache
@sensitive_variables("secret")
@posts_from("agency-systems")
def act_on_agency_system(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """confirm: the secret is on the answer and nowhere else. end."""
    by = acting(request)
    try:
        if verb == "confirm":
            client, secret = confirm_client(pk, by=by)
            return _page(request, by, shown=(client.name, client.client_id, secret))
        if verb == "end":
            end_client(pk, by=by)
            messages.success(request, _("已停用，已发的令牌立即失效。"))
            return redirect("agency-systems")
    except Refused as refusal:
        if refusal.status != 400:
            raise
        messages.error(request, str(refusal))
        return redirect("agency-systems")
    raise NotVisible(_("没有这个操作。"))
