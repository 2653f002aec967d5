"""From a right password to a session: the code where there is an authenticator, the device where it is remembered."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.actors import Actor, actor_for, system_actor
from accounts.forms import CodeForm, SignInForm
from accounts.known import become_known
from accounts.models import User
from accounts.second_factor import COOKIE, REMEMBERED_FOR, device_of, remember_device, remembered, satisfies
from accounts.services import record_sign_in

# Between the password and the code, in seconds; and how many codes may be tried in that time.
PENDING_FOR, MOST_CODES = 300, 5
BACKEND = "django.contrib.auth.backends.ModelBackend"


def safe_next(request: HttpRequest) -> str:
    """The page asked for, if it is one of this house; else the workbench."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("workbench")


def actor_or_self(user: User) -> Actor:
    """Who signs in: in the first post, or, without one, as themselves."""
    return actor_for(user) or Actor(name=user.display_name, user=user, agency=None, post="")


def _signed_in(request: HttpRequest, user: User, how: str) -> HttpResponseRedirect:
    login(request, user, backend=BACKEND)
    device = device_of(user)
    request.session["second_factor"] = how if device is not None and satisfies(device) else ""
    record_sign_in(user, "sign_in", actor_or_self(user), second_factor=how)
    answer = HttpResponseRedirect(safe_next(request))
    become_known(request, answer, user.pk)
    return answer


def after_password(request: HttpRequest, user: User) -> HttpResponse:
    """The password was right. Signed in at once without an authenticator or on a remembered device; else the code is asked."""
    if device_of(user) is None:
        return _signed_in(request, user, "")
    if remembered(user, request) is not None:
        return _signed_in(request, user, "device")
    request.session["pending"] = {"user": user.pk, "at": time.time(), "hash": user.get_session_auth_hash(), "tries": 0}
    if "otp" in request.POST:
        return second_step(request)
    return _ask_for_code(request, CodeForm(), 400)


def _pending(request: HttpRequest) -> User | None:
    """Who gave the right password less than five minutes ago and has tries left."""
    kept = request.session.get("pending")
    if not kept or not 0 <= time.time() - kept["at"] <= PENDING_FOR or kept["tries"] >= MOST_CODES:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return user if user is not None and constant_time_compare(kept["hash"], user.get_session_auth_hash()) else None


def second_step(request: HttpRequest) -> HttpResponse:
    """The code. Five tries, then the password again; django-otp slows the tries across sessions."""
    user = _pending(request)
    if user is None:
        request.session.pop("pending", None)
        form = SignInForm(request, data=None)
        context = {"form": form, "next": request.POST.get("next", ""), "again": True}
        return render(request, "accounts/sign_in.html", context, status=400)
    form = CodeForm(request.POST)
    if form.is_valid():
        device, code = device_of(user), form.cleaned_data["otp"].strip()
        if device is not None and code.isascii() and code.isdigit() and device.verify_token(code):
            del request.session["pending"]
            answer = _signed_in(request, user, "code")
            return _with_cookie(request, answer, user) if form.cleaned_data["remember"] else answer
        form.add_error("otp", _("动态口令不对或已过期。"))
    request.session["pending"] |= {"tries": request.session["pending"]["tries"] + 1}
    request.session.modified = True
    record_sign_in(user, "sign_in_refused", system_actor("登录"), why="code")
    return _ask_for_code(request, form, 400)


def _ask_for_code(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "accounts/code.html", context, status=status)


def _with_cookie(request: HttpRequest, answer: HttpResponseRedirect, user: User) -> HttpResponseRedirect:
    name = request.headers.get("User-Agent", "")
    _row, value = remember_device(user, name=name, by=actor_or_self(user))
    answer.set_cookie(
        COOKIE, value, max_age=int(REMEMBERED_FOR.total_seconds()), httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return answer
