"""The administrator's pages: clients of other systems, their subscriptions and deliveries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import Actor, acting
from core import audit
from core.acts import demand
from core.errors import NotVisible, Refused
from core.posting import posts_from
from core.reading import choice_in, cursor_in
from systems.clients import change_client, client_for, clients_visible_to, register_client, renew_secret, switch_client
from systems.endpoints import renew_signing_secret, resend, subscribe, switch_endpoint
from systems.forms import EndpointForm, RegisterForm, RightsForm
from systems.models import Delivery, SystemClient
from systems.policies import may_administer_clients


def _taken_up(form: forms.Form, refusal: Refused) -> None:
    """The refusal's sentences beside the fields of the form."""
    for name, sentence in refusal.fields.items():
        place = {"expires_at": "expires_on", "events": "verbs"}.get(name, name)
        form.add_error(place if place in form.fields else None, sentence)
    if not refusal.fields:
        form.add_error(None, str(refusal))


@login_required
@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def client_list(request: HttpRequest) -> HttpResponse:
    """The district's clients, and the form to register another. The secret is on the answer to the registration and nowhere else."""
    by = acting(request)
    demand(may_administer_clients(by))
    form = RegisterForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            client, secret = register_client(by=by, agency=data["agency"], name=data["name"], post=data["post"], **form.rights())
            messages.success(request, _("客户端已登记。"))
            if not secret:
                messages.success(request, _("所属机关的主要负责人已收到通知，确认时由其领取密钥。"))
                return redirect("system", client.pk)
            return _page(request, by, client, shown=("client", client.client_id, secret))
        except Refused as refusal:
            _taken_up(form, refusal)
    rows = list(clients_visible_to(by).order_by("disabled_at", "-pk")[:200])
    context = {"by": by, "rows": rows, "form": form, "now": timezone.now()}
    return render(request, "systems/list.html", context, status=400 if form.errors else 200)


def _page(
    request: HttpRequest, by: Actor, client: SystemClient, *, shown: tuple[str, str, str] | None = None, status: int = 200, **typed: Any
) -> HttpResponse:
    """One client with everything about it; `shown` is a secret that is told this once, `typed` a form that was refused."""
    client = client_for(by, client.pk)
    initial = {"scopes": client.scopes, "expires_on": timezone.localdate(client.expires_at), "networks": "\n".join(client.networks)}
    endpoints = list(client.endpoints.order_by("off_at", "pk"))
    rows = Delivery.objects.filter(endpoint__client=client).select_related("event", "endpoint")
    state, after = choice_in(request.GET, "state", Delivery.State.values), cursor_in(request.GET)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(pk__lt=after) if after else rows
    page = list(rows.order_by("-pk")[:26])
    context = {
        "by": by, "client": client, "now": timezone.now(), "usable": client.usable(timezone.now()), "shown": shown, "endpoints": endpoints,
        "rights": typed.get("rights") or RightsForm(initial=initial), "endpoint_form": typed.get("endpoint_form") or EndpointForm(),
        "deliveries": page[:25], "next": page[24].pk if len(page) > 25 else None, "state": state, "states": Delivery.State.choices,
        "timeline": audit.timeline([("systemclient", client.pk)])[-60:],
    }  # fmt: skip
    return render(request, "systems/detail.html", context, status=status)


@login_required
@never_cache
@require_GET
def client_page(request: HttpRequest, pk: int) -> HttpResponse:
    by = acting(request)
    return _page(request, by, client_for(by, pk))


@login_required
@never_cache
@sensitive_variables("secret")
@posts_from("system", "pk")
def act_on_client(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """change, renew-secret, switch-off, switch-on, subscribe. Refused, everything typed stays."""
    by = acting(request)
    client = client_for(by, pk)
    if verb == "renew-secret":
        client, secret = renew_secret(pk, by=by)
        messages.success(request, _("密钥已更换，旧密钥和已发的令牌立即失效。"))
        return _page(request, by, client, shown=("client", client.client_id, secret))
    if verb in ("switch-off", "switch-on"):
        try:
            switch_client(pk, by=by, on=verb == "switch-on")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("system", pk)
    form: Any = {"change": RightsForm, "subscribe": EndpointForm}.get(verb)
    if form is None:
        raise NotVisible(_("没有这个操作。"))
    form = form(request.POST)
    if form.is_valid():
        try:
            if verb == "change":
                change_client(pk, by=by, **form.rights())
                messages.success(request, _("已保存。"))
                return redirect("system", pk)
            endpoint, secret = subscribe(pk, by=by, **form.cleaned_data)
            messages.success(request, _("已订阅。"))
            return _page(request, by, client, shown=("endpoint", endpoint.url, secret))
        except Refused as refusal:
            _taken_up(form, refusal)
    return _page(request, by, client, status=400, **{"rights" if verb == "change" else "endpoint_form": form})


@login_required
@never_cache
@sensitive_variables("secret")
@posts_from("system", "pk")
def act_on_endpoint(request: HttpRequest, pk: int, endpoint_id: int, verb: str) -> HttpResponse:
    by = acting(request)
    client = client_for(by, pk)
    if not client.endpoints.filter(pk=endpoint_id).exists():
        raise NotVisible(_("没有这个接收地址，或者您看不到它。"))
    if verb == "renew":
        endpoint, secret = renew_signing_secret(endpoint_id, by=by)
        return _page(request, by, client, shown=("endpoint", endpoint.url, secret))
    if verb not in ("on", "off"):
        raise NotVisible(_("没有这个操作。"))
    try:
        switch_endpoint(endpoint_id, by=by, on=verb == "on")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("system", pk)


@login_required
@posts_from("system", "pk")
def resend_delivery(request: HttpRequest, pk: int, delivery_id: int) -> HttpResponse:
    by = acting(request)
    client = client_for(by, pk)
    if not Delivery.objects.filter(pk=delivery_id, endpoint__client=client).exists():
        raise NotVisible(_("没有这次投递，或者您看不到它。"))
    try:
        resend(delivery_id, by=by)
        messages.success(request, _("已排队重新发送。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("system", pk)
