"""The administrator's page of parked background work."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.actors import acting
from core.acts import demand
from core.errors import NotVisible
from core.posting import posts_from
from oversight.parked import MOST_SHOWN, give_up_work, may_mend_work, parked_rows, retry_work


@login_required
@never_cache
@require_GET
def parked_work(request: HttpRequest) -> HttpResponse:
    """What is parked, since when and why. Raises NotAllowed for whoever is no system administrator."""
    by = acting(request)
    demand(may_mend_work(by))
    rows = parked_rows(by)
    return render(request, "oversight/parked.html", {"rows": rows, "more": len(rows) == MOST_SHOWN})


@login_required
@never_cache
@posts_from("parked-work")
def act_on_work(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """retry, give_up."""
    by = acting(request)
    if verb == "retry":
        retry_work(pk, by=by)
        messages.success(request, _("已重新排队，办成后不再出现在这里。"))
    elif verb == "give_up":
        give_up_work(pk, by=by)
        messages.success(request, _("已放弃，不再尝试。"))
    else:
        raise NotVisible(_("没有这个操作。"))
    return redirect("parked-work")
