"""Signing in and out, first password, authenticator, posts, language, absence."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actors import Actor, acting, actor_for, posts_of, system_actor
from accounts.forms import AbsenceForm, SignInForm, TotpForm
from accounts.models import Absence, PostHolding, User
from accounts.services import colleagues_of, delegate_post, record_sign_in, record_unknown_sign_in
from core.errors import Refused
from core.text import clean_line


def safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("workbench")


def _actor_or_self(user: User) -> Actor:
    return actor_for(user) or Actor(name=user.display_name, user=user, agency=None, post="")


def _named(request: HttpRequest) -> User | None:
    """The person whose name was typed, or None."""
    return User.objects.filter(username=clean_line(request.POST.get("username", ""))[:150]).first()


@sensitive_post_parameters("password", "otp")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Every sign-in and every refusal of a known name is in the trail."""
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            user: Any = form.get_user()
            login(request, user)
            record_sign_in(user, "sign_in", _actor_or_self(user))
            return HttpResponseRedirect(safe_next(request))
        tried = _named(request)
        if tried:
            record_sign_in(tried, "sign_in_refused", system_actor("登录"))
        else:
            record_unknown_sign_in(system_actor("登录"))
    status = 400 if form.errors else 200
    return render(request, "accounts/sign_in.html", {"form": form, "next": request.GET.get("next", "")}, status=status)


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """What a person sees after too many failures; the trail keeps that the account was locked."""
    user = _named(request)
    if user:
        record_sign_in(user, "locked_out", system_actor("登录"))
    return render(request, "accounts/locked.html", status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record_sign_in(request.user, "sign_out", _actor_or_self(request.user))
    logout(request)
    return redirect("sign-in")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        update_session_auth_hash(request, user)
        record_sign_in(user, "change_password", _actor_or_self(user))
        messages.success(request, _("密码已修改。"))
        return redirect("workbench")
    return render(request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """What comes by mail, the authenticator, who acts for me."""
    from django.apps import apps

    by = acting(request)
    kinds = apps.get_model("notifications", "Message").Kind.choices
    mine = PostHolding.objects.select_related("agency", "user").filter(pk=by.holding_id).first()
    colleagues = colleagues_of(mine, timezone.localdate()) if mine is not None else User.objects.none()
    form = AbsenceForm(request.POST if "deputy" in request.POST else None)
    form.fields["deputy"].queryset = colleagues
    form.fields["deputy"].label_from_instance = lambda user: user.display_name
    if request.method == "POST":
        if "mail" in request.POST:
            request.user.mail_kinds = [k for k, _label in kinds if k in request.POST.getlist("mail_kinds")]
            request.user.save(update_fields=["mail_kinds"])
            messages.success(request, _("已保存。"))
            return redirect("settings")
        if form.is_valid():
            try:
                delegate_post(by=by, **form.cleaned_data)
                messages.success(request, _("代行已登记。"))
                return redirect("settings")
            except Refused as refusal:
                messages.error(request, str(refusal))
    context = {
        "by": by, "kinds": kinds, "chosen": request.user.mail_kinds or [], "absence_form": form,
        "absences": Absence.objects.filter(holding_id=by.holding_id).select_related("deputy").order_by("-pk")[:10],
        "totp": TOTPDevice.objects.filter(user=request.user, confirmed=True).exists(),
    }  # fmt: skip
    return render(request, "accounts/settings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator, or remove it (with a code of its own)."""
    confirmed = TOTPDevice.objects.filter(user=request.user, confirmed=True).first()
    device = confirmed or TOTPDevice.objects.get_or_create(user=request.user, confirmed=False, defaults={"name": "authenticator"})[0]
    form = TotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["token"]):
            if confirmed:
                device.delete()
            else:
                device.confirmed = True
                device.save(update_fields=["confirmed"])
            record_sign_in(request.user, "totp_off" if confirmed else "totp_on", _actor_or_self(request.user))
            return redirect("settings")
        form.add_error("token", _("数字不对，请核对验证器上的时间。"))
    qr = "" if confirmed else segno.make(device.config_url).svg_data_uri(scale=4)
    return render(request, "accounts/totp.html", {"form": form, "qr": qr, "confirmed": confirmed})


@login_required
@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("holding", "")
    if wanted in {str(h.pk) for h, _d in posts_of(request.user)}:
        request.session["holding"] = int(wanted)
    return redirect("workbench")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """One click; remembered in the session and, for before the sign-in, in a cookie."""
    language = "en" if request.POST.get("language") == "en" else "zh-hans"
    request.session["language"] = language
    response = HttpResponseRedirect(safe_next(request))
    response.set_cookie("language", language, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response
