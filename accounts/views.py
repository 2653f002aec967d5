"""Signing in and out, first password, authenticator, posts, language, absence."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import signing_in
from accounts.actors import acting, posts_of, system_actor
from accounts.forms import AbsenceForm, SignInForm
from accounts.models import Absence, PostHolding, User
from accounts.second_factor import device_of, forget_device, forgive_guesses, remembered_devices, spend_guess
from accounts.services import colleagues_of, delegate_post, record_sign_in
from accounts.sign_in_limits import reported_wait
from accounts.signing_in import actor_or_self, safe_next
from accounts.unknown_names import note_unknown_name
from core.errors import Refused, Slowed
from core.posting import posts_from


@sensitive_post_parameters("password", "otp")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; then, for who has an authenticator and is not on a remembered device, its code.

    Every sign-in and every refusal is in the trail.
    """
    if request.method == "POST" and "username" not in request.POST and "otp" in request.POST:
        return signing_in.second_step(request)
    form = SignInForm(request, data=request.POST or None)
    slowed: Slowed | None = None
    if request.method == "POST":
        try:
            if form.is_valid():
                return signing_in.after_password(request, form.get_user())
            _refused(form)
        except Slowed as refusal:
            slowed, form = refusal, SignInForm(request, initial={"username": request.POST.get("username", "")[:150]})
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", ""), "slowed": slowed}
    if slowed is not None:
        answer = render(request, "accounts/sign_in.html", context | {"wait": reported_wait(slowed.wait)}, status=429)
        answer["Retry-After"] = str(slowed.wait)
        return answer
    return render(request, "accounts/sign_in.html", context, status=400 if form.errors else 200)


def _refused(form: SignInForm) -> None:
    """The trail keeps a wrong password of a person, and that the waiting began; of names that nobody has, only how often."""
    if form.attempt is None:
        return
    person = User.objects.filter(username=form.attempt.name).first()
    if person is None:
        note_unknown_name(timezone.now())
        return
    record_sign_in(person, "sign_in_refused", system_actor("登录"))
    if form.attempt.begins_to_wait:
        record_sign_in(person, "locked_out", system_actor("登录"))


@posts_from("workbench")
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record_sign_in(request.user, "sign_out", actor_or_self(request.user))
    logout(request)
    answer = redirect("sign-in")
    # The next person at this machine finds neither pages nor copies of what was typed. Cookies stay: the language, a known device.
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST":
        spend_guess(request.user)
        if form.is_valid() or "old_password" not in form.errors:
            forgive_guesses(request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        update_session_auth_hash(request, user)
        record_sign_in(user, "change_password", actor_or_self(user))
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
        if "forget" in request.POST:
            forget_device(request.POST["forget"], user=request.user, by=by)
            update_session_auth_hash(request, request.user)
            messages.success(request, _("这台设备下次登录须再输入动态口令。"))
            return redirect("settings")
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
        "totp": device_of(request.user) is not None, "demanded": by.demands_second_factor,
        "devices": remembered_devices(request.user),
    }  # fmt: skip
    return render(request, "accounts/settings.html", context, status=400 if request.method == "POST" else 200)


@login_required
@posts_from("workbench")
def switch_post(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("holding", "")
    if wanted in {str(h.pk) for h, _d in posts_of(request.user)}:
        request.session["holding"] = int(wanted)
    return redirect("workbench")


@posts_from(lambda request: safe_next(request))
def set_language(request: HttpRequest) -> HttpResponse:
    """One click; remembered in the session and, for before the sign-in, in a cookie."""
    language = "en" if request.POST.get("language") == "en" else "zh-hans"
    request.session["language"] = language
    response = HttpResponseRedirect(safe_next(request))
    response.set_cookie("language", language, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response
