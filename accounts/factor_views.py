"""The authenticator's page: setting it up, replacing it, doing without."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.forms import TotpForm
from accounts.second_factor import WITHOUT, demanded_of, device_of, satisfies, set_up, take_off
from accounts.signing_in import actor_or_self
from core.errors import BadInput


@sensitive_post_parameters("password", "code", "token")
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator; who has one replaces it with two administrators' code, or takes it off where no post demands it."""
    confirmed, demanded = device_of(request.user), demanded_of(request.user)
    replacing = confirmed is not None and (demanded or "replace" in request.GET or bool(request.POST.get("code")))
    setting_up = confirmed is None or replacing
    form = TotpForm(request.POST or None, needs_code=setting_up and (demanded or confirmed is not None))
    fresh = None
    if setting_up:
        fresh, _new = TOTPDevice.objects.get_or_create(user=request.user, confirmed=False, defaults={"name": WITHOUT})
    if request.method == "POST" and form.is_valid():
        data, by = form.cleaned_data, actor_or_self(request.user)
        try:
            if fresh is not None:
                set_up(request.user, fresh, token=data["token"], password=data["password"], code=data.get("code", ""), by=by)
                request.session["second_factor"] = "code" if satisfies(fresh) else ""
                messages.success(request, _("动态口令已启用。"))
            else:
                take_off(request.user, confirmed, token=data["token"], password=data["password"], by=by)
                messages.success(request, _("动态口令已停用。"))
            update_session_auth_hash(request, request.user)
            return redirect("settings")
        except BadInput as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
    qr = segno.make(fresh.config_url).svg_data_uri(scale=4) if fresh is not None else ""
    context = {"form": form, "qr": qr, "setting_up": setting_up, "demanded": demanded}
    return render(request, "accounts/totp.html", context, status=400 if form.errors else 200)
