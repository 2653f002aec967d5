"""What came back, for the systems of those who oversee: the same list as the page."""

from __future__ import annotations

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import acting
from core.acts import demand
from core.api_shapes import asked
from core.reading import MOST_ID
from core.rest import PAGE, Rest, next_page, parameters_of
from oversight.returned import may_read_returned
from referrals.selectors import returned_rows


class ReturnedFilter(forms.Form):
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class ReturnedRow(serializers.Serializer):
    """Number, agencies, reason and count; the case itself stays with its parties."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    from_agency = serializers.IntegerField(source="from_agency_id")
    to_agency = serializers.IntegerField(source="to_agency_id", allow_null=True)
    refusal_kind = serializers.CharField()
    answer_reasons = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    refiled_times = serializers.IntegerField()
    refiled_from = serializers.IntegerField(source="refiled_from_id", allow_null=True)


class ReturnedPage(serializers.Serializer):
    results = ReturnedRow(many=True)
    next = serializers.IntegerField(allow_null=True)


class Returned(Rest):
    """Letters refused for a reason outside the list, and letters filed again, newest first; for the offices that oversee."""

    found = False

    @extend_schema(operation_id="referrals_returned", responses=ReturnedPage, parameters=parameters_of(ReturnedFilter), tags=["referrals"])
    def get(self, request: Request) -> Response:
        by = acting(request._request)
        demand(may_read_returned(by))
        rows = returned_rows(by, asked(request.query_params, ReturnedFilter)["after"])
        following = rows[PAGE - 1].pk if len(rows) > PAGE else None
        body = {"results": ReturnedRow(rows[:PAGE], many=True).data, "next": following}
        return Response(body, headers=next_page(request, following))
