"""Disputes over jurisdiction: lists and one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
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
from referrals.internal import may_read_proposal
from referrals.lifecycle import DisputeState
from referrals.models import Dispute
from referrals.policies import DISPUTE_POLICIES
from referrals.rest.beside_shapes import DisputePage, DisputeShape, DisputeWhole
from referrals.selectors import disputes_visible_to


class DisputeFilter(forms.Form):
    state = forms.MultipleChoiceField(label="状态", required=False, choices=DisputeState.choices)
    referral = forms.IntegerField(label="移送", required=False, min_value=1, max_value=MOST_ID)
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


def found(by: Actor, pk: int) -> Dispute:
    dispute: Dispute | None = disputes_visible_to(by).filter(pk=pk).first()
    if dispute is None:
        raise NotVisible(_("没有这件争议，或者您看不到它。"))
    return dispute


def whole(dispute: Dispute, by: Actor) -> Response:
    dispute.allowed_actions = actions_on(dispute, by, DISPUTE_POLICIES)
    told = as_told(dispute, may_read_proposal(dispute, by))
    return Response(DisputeWhole(told).data, headers={"ETag": etag_of(dispute)})


class DisputeList(Rest):
    """Disputes that one may see, newest first."""

    found = False

    @extend_schema(operation_id="disputes_list", responses=DisputePage, parameters=parameters_of(DisputeFilter), tags=["disputes"])
    def get(self, request: Request) -> Response:
        by, wanted = acting(request._request), asked(request.query_params, DisputeFilter)
        rows = disputes_visible_to(by)
        if wanted["state"]:
            rows = rows.filter(in_told_states(by, wanted["state"], "dispute"))
        if wanted["referral"]:
            rows = rows.filter(referral_id=wanted["referral"])
        return keyed_page(request, rows, wanted["after"], DisputeShape, lambda page: [as_told(d, may_read_proposal(d, by)) for d in page])


class DisputeOne(Rest):
    """One dispute with what may be done now."""

    @extend_schema(operation_id="disputes_read", responses=DisputeWhole, tags=["disputes"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        return whole(found(by, pk), by)
