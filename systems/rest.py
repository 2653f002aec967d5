"""A client's own subscriptions and deliveries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import acting
from core.acts import action_of
from core.answers import once
from core.api_shapes import asked
from core.decisions import Allow, Deny
from core.errors import BadInput, NotVisible
from core.etags import etag_of, version_in
from core.fields import RestLine
from core.reading import MOST_ID
from core.rest import Rest, keyed_page, parameters_of
from referrals.rest.shapes import ActionShape
from systems.endpoints import clients_of, deliveries_visible_to, endpoints_visible_to, resend, subscribe, switch_endpoint
from systems.event_kinds import EVENT_KINDS
from systems.models import Delivery, Endpoint


class EndpointShape(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    url = serializers.CharField()
    events = serializers.ListField(source="verbs", child=serializers.CharField())
    created_at = serializers.DateTimeField()
    off_at = serializers.DateTimeField(allow_null=True)
    off_reason = serializers.CharField()
    failing_since = serializers.DateTimeField(allow_null=True)


class EndpointWhole(EndpointShape):
    allowed_actions = ActionShape(many=True)


class EndpointList(serializers.Serializer):
    results = EndpointShape(many=True)


class EndpointMade(EndpointShape):
    secret = serializers.CharField(help_text="Key of the signatures; told once")


class Subscription(serializers.Serializer):
    url = RestLine(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(choices=sorted(EVENT_KINDS)), required=False, max_length=100, help_text="Empty: all")


class DeliveryShape(serializers.Serializer):
    id = serializers.IntegerField()
    endpoint = serializers.IntegerField(source="endpoint_id")
    event = serializers.UUIDField(source="event.uid")
    type = serializers.CharField(source="event.verb")
    stream = serializers.CharField()
    state = serializers.CharField()
    attempts = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField()
    last_tried_at = serializers.DateTimeField(allow_null=True)
    next_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


class DeliveryPage(serializers.Serializer):
    results = DeliveryShape(many=True)
    next = serializers.IntegerField(allow_null=True)


class DeliveryFilter(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=Delivery.State.choices)
    endpoint = forms.IntegerField(label="接收地址", required=False, min_value=1, max_value=MOST_ID)
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class Endpoints(Rest):
    """Where one's events go; subscribe another address."""

    scopes = {"GET": "administer", "POST": "administer"}
    found = False
    also_answers = (404,)

    @extend_schema(operation_id="endpoints_list", responses=EndpointList, tags=["events"])
    def get(self, request: Request) -> Response:
        rows = endpoints_visible_to(acting(request._request)).order_by("pk")
        return Response(EndpointList({"results": rows}).data)

    @extend_schema(operation_id="endpoints_subscribe", request=Subscription, responses={201: EndpointMade}, tags=["events"])
    @once
    def post(self, request: Request) -> Response:
        if isinstance(request.data, dict) and set(request.data) - {"url", "events"}:
            raise BadInput(_("有不认识的字段。"))
        shape = Subscription(data=request.data)
        shape.is_valid(raise_exception=True)
        by = acting(request._request)
        client = clients_of(by).first() if hasattr(request.auth, "application_id") else None
        if client is None:
            raise NotVisible(_("只有对接客户端可以订阅事件；管理员请在系统对接页面办理。"))
        endpoint, secret = subscribe(client.pk, by=by, url=shape.validated_data["url"], verbs=shape.validated_data.get("events", []))
        data = EndpointShape(endpoint).data | {"secret": secret}
        return Response(data, status=201, headers={"ETag": etag_of(endpoint), "Location": f"/api/v1/endpoints/{endpoint.pk}/"})


class EndpointOne(Rest):
    """One subscription; end it."""

    scopes = {"GET": "administer", "DELETE": "administer"}
    if_match = ("DELETE",)

    @extend_schema(operation_id="endpoints_read", responses=EndpointWhole, tags=["events"])
    def get(self, request: Request, pk: int) -> Response:
        endpoint: Endpoint | None = endpoints_visible_to(acting(request._request)).filter(pk=pk).first()
        if endpoint is None:
            raise NotVisible(_("没有这个接收地址，或者您看不到它。"))
        ended = Deny(_("接收地址已经停用。")) if endpoint.off_at else Allow()
        endpoint.allowed_actions = [action_of("unsubscribe", _("停止订阅"), ended)]
        return Response(EndpointWhole(endpoint).data, headers={"ETag": etag_of(endpoint)})

    @extend_schema(operation_id="endpoints_unsubscribe", responses={204: None}, tags=["events"])
    def delete(self, request: Request, pk: int) -> Response:
        switch_endpoint(pk, by=acting(request._request), on=False, if_match=version_in(request))
        return Response(status=204)


class Deliveries(Rest):
    """What was sent, and how it was answered, newest first."""

    scopes = {"GET": "administer"}
    found = False

    @extend_schema(operation_id="deliveries_list", responses=DeliveryPage, parameters=parameters_of(DeliveryFilter), tags=["events"])
    def get(self, request: Request) -> Response:
        rows, wanted = deliveries_visible_to(acting(request._request)), asked(request.query_params, DeliveryFilter)
        if wanted["state"]:
            rows = rows.filter(state=wanted["state"])
        if wanted["endpoint"]:
            rows = rows.filter(endpoint_id=wanted["endpoint"])
        return keyed_page(request, rows, wanted["after"], DeliveryShape)


class DeliveryResend(Rest):
    """Send an event once more; nothing of ours changes, so no version is asked for."""

    scopes = {"POST": "administer"}

    @extend_schema(operation_id="deliveries_resend", request=None, responses=DeliveryShape, tags=["events"])
    @once
    def post(self, request: Request, pk: int) -> Any:
        return Response(DeliveryShape(resend(pk, by=acting(request._request))).data)
