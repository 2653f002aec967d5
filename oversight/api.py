"""REST on escalations."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor, acting
from core.acts import actions_on
from core.errors import BadInput, NotVisible
from oversight.doors import ESCALATION_DOORS
from oversight.models import Escalation
from oversight.policies import ESCALATION_POLICIES
from oversight.selectors import escalations_visible_to
from referrals.api import _Act, act_view
from referrals.api_shapes import ActionShape


class EscalationRow(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    title = serializers.CharField()
    referral = serializers.IntegerField(source="referral_id", allow_null=True)
    late_agency = serializers.IntegerField(source="late_agency_id")
    clause = serializers.CharField(source="clock.clause")
    due_at = serializers.DateTimeField(source="clock.due_at")
    raised_at = serializers.DateTimeField()
    order = serializers.CharField()
    letter_number = serializers.CharField()


class EscalationWhole(EscalationRow):
    proposal = serializers.CharField()
    instruction = serializers.CharField()
    explanation = serializers.CharField()
    allowed_actions = ActionShape(many=True)


class EscalationPage(serializers.Serializer):
    results = EscalationRow(many=True)
    next = serializers.IntegerField(allow_null=True)


def _found(by: Actor, pk: int) -> Escalation:
    escalation = escalations_visible_to(by).filter(pk=pk).first()
    if escalation is None:
        raise NotVisible(_("没有这件督办事项，或者您看不到它。"))
    return escalation


def _whole(escalation: Escalation, by: Actor) -> Response:
    escalation.allowed_actions = actions_on(escalation, by, ESCALATION_POLICIES)
    return Response(EscalationWhole(escalation).data, headers={"ETag": f'"v{escalation.version}"'})


class EscalationList(APIView):
    """Escalations that the actor may see, newest first."""

    @extend_schema(
        operation_id="escalations_list", responses=EscalationPage, parameters=[OpenApiParameter("after", int), OpenApiParameter("state", str)]
    )
    def get(self, request: Request) -> Response:
        rows = escalations_visible_to(acting(request._request))
        after, state = request.query_params.get("after", ""), request.query_params.get("state", "")
        if after and not (after.isdigit() and len(after) < 19):
            raise BadInput(_("after 须为编号。"), fields={"after": _("须为编号")})
        rows = rows.filter(pk__lt=int(after)) if after else rows
        rows = rows.filter(state=state) if state else rows
        page = list(rows.order_by("-pk")[:26])
        return Response({"results": EscalationRow(page[:25], many=True).data, "next": page[24].pk if len(page) > 25 else None})


class EscalationOne(APIView):
    """One escalation with what may be done now."""

    @extend_schema(operation_id="escalations_read", responses=EscalationWhole)
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        return _whole(_found(by, pk), by)


class _EscalationAct(_Act):
    noun = "escalation"

    def post(self, request: Request, pk: int) -> Response:
        by = self.perform(request, pk)
        return _whole(_found(by, pk), by)


ESCALATION_ACT_VIEWS = {verb: act_view(_EscalationAct, door, verb, EscalationWhole) for verb, door in ESCALATION_DOORS.items()}
