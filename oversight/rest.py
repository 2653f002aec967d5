"""REST on escalations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, acting
from core.acts import actions_on
from core.api_shapes import asked
from core.errors import NotVisible
from core.etags import etag_of
from core.internal import as_told, in_told_states
from core.reading import MOST_ID
from core.rest import Rest, keyed_page, parameters_of
from oversight.doors import ESCALATION_DOORS
from oversight.internal import may_read_proposal
from oversight.lifecycle import EscalationState
from oversight.models import Escalation
from oversight.policies import ESCALATION_POLICIES
from oversight.selectors import corrections_visible_to, escalations_visible_to, subjects_named
from referrals.rest.acts import Act, act_view
from referrals.rest.shapes import ActionShape


class SubjectShape(serializers.Serializer):
    """A row of a noun."""

    kind = serializers.CharField(help_text="As in events and the trail: referral …")
    id = serializers.IntegerField()


class EscalationRow(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    title = serializers.CharField()
    subject = SubjectShape(allow_null=True, help_text="What it hangs on; null until that may be named outside its agency")
    late_agency = serializers.IntegerField(source="late_agency_id")
    clause = serializers.CharField(source="clock.clause")
    due_at = serializers.DateTimeField()
    raised_at = serializers.DateTimeField()
    order = serializers.CharField()
    letter_number = serializers.CharField()


class EscalationWhole(EscalationRow):
    proposal = serializers.CharField()
    instruction = serializers.CharField()
    order_until = serializers.DateField(allow_null=True)
    explanation = serializers.CharField()
    closing = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = ActionShape(many=True)


class EscalationPage(serializers.Serializer):
    results = EscalationRow(many=True)
    next = serializers.IntegerField(allow_null=True)


class EscalationFilter(forms.Form):
    state = forms.MultipleChoiceField(label="状态", required=False, choices=EscalationState.choices)
    agency = forms.IntegerField(label="逾期机关", required=False, min_value=1, max_value=MOST_ID)
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


def found(by: Actor, pk: int) -> Escalation:
    escalation = escalations_visible_to(by).filter(pk=pk).first()
    if escalation is None:
        raise NotVisible(_("没有这件督办事项，或者您看不到它。"))
    return escalation


def with_subjects(rows: list[Escalation]) -> list[Escalation]:
    """The rows, each with what it hangs on where that may be named."""
    named = subjects_named(rows)
    for row in rows:
        row.subject = named[row.pk]
    return rows


def _told(escalation: Escalation, by: Actor) -> Escalation:
    told: Escalation = as_told(escalation, may_read_proposal(escalation, by))
    return told


def whole(escalation: Escalation, by: Actor) -> Response:
    with_subjects([escalation])
    escalation.allowed_actions = actions_on(escalation, by, ESCALATION_POLICIES)
    return Response(EscalationWhole(_told(escalation, by)).data, headers={"ETag": etag_of(escalation)})


class EscalationList(Rest):
    """Escalations that one may see, newest first."""

    found = False

    @extend_schema(operation_id="escalations_list", responses=EscalationPage, parameters=parameters_of(EscalationFilter), tags=["escalations"])
    def get(self, request: Request) -> Response:
        by, wanted = acting(request._request), asked(request.query_params, EscalationFilter)
        rows = escalations_visible_to(by)
        if wanted["state"]:
            rows = rows.filter(in_told_states(by, wanted["state"], "escalation"))
        if wanted["agency"]:
            rows = rows.filter(late_agency_id=wanted["agency"])
        return keyed_page(request, rows, wanted["after"], EscalationRow, lambda page: [_told(e, by) for e in with_subjects(page)])


class CorrectionRow(serializers.Serializer):
    """A correction that moved a due date later."""

    id = serializers.IntegerField()
    clock = serializers.IntegerField(source="clock_id")
    agency = serializers.IntegerField(source="clock.holder_id")
    clause = serializers.CharField(source="clock.clause")
    at = serializers.DateTimeField()
    by_name = serializers.CharField()
    reason = serializers.CharField()
    old_event_at = serializers.DateTimeField()
    new_event_at = serializers.DateTimeField()
    old_due_at = serializers.DateTimeField(allow_null=True)
    new_due_at = serializers.DateTimeField(allow_null=True)
    was_late = serializers.BooleanField()


class CorrectionPage(serializers.Serializer):
    results = CorrectionRow(many=True)
    next = serializers.IntegerField(allow_null=True)


class CorrectionFilter(forms.Form):
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class CorrectionList(Rest):
    """Corrections that moved a due date later, newest first: for those who watch over the clocks, and the agency itself."""

    found = False

    @extend_schema(operation_id="corrections_list", responses=CorrectionPage, parameters=parameters_of(CorrectionFilter), tags=["escalations"])
    def get(self, request: Request) -> Response:
        wanted = asked(request.query_params, CorrectionFilter)
        return keyed_page(request, corrections_visible_to(acting(request._request)), wanted["after"], CorrectionRow)


class EscalationOne(Rest):
    """One escalation with what may be done now."""

    @extend_schema(operation_id="escalations_read", responses=EscalationWhole, tags=["escalations"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        return whole(found(by, pk), by)


class _EscalationAct(Act):
    noun = "escalation"
    verbs = Escalation.VERBS

    def answer(self, pk: int, by: Actor) -> Response:
        return whole(found(by, pk), by)


ESCALATION_ACT_VIEWS = {verb: act_view(_EscalationAct, door, verb, EscalationWhole) for verb, door in ESCALATION_DOORS.items()}
