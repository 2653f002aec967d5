"""The page of whoever gives a password as the second person: administrators, and the head of the person's agency."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from accounts.actors import Actor, acting
from accounts.models import User
from administration.resets import give_password_reset, resets_before
from core.errors import BadInput
from core.posting import posts_from


def _page(request: HttpRequest, by: Actor, shown: tuple[User, str] | None = None) -> HttpResponse:
    return render(request, "administration/resets.html", {"by": by, "rows": resets_before(by), "shown": shown})


@login_required
@never_cache
@require_GET
def password_resets(request: HttpRequest) -> HttpResponse:
    """What was asked for and waits for this person."""
    return _page(request, acting(request))


@login_required
@never_cache
@sensitive_variables("given")
@posts_from("password-resets")
def give_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """The password is on the answer and nowhere else."""
    by = acting(request)
    try:
        given = give_password_reset(pk, by=by)
    except BadInput as refusal:
        messages.error(request, str(refusal))
        return redirect("password-resets")
    return _page(request, by, shown=given)
