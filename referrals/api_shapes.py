"""What the REST door says of referrals and disputes: shape only."""

from __future__ import annotations

from rest_framework import serializers


class ClockShape(serializers.Serializer):
    key = serializers.CharField()
    role = serializers.CharField()
    clause = serializers.CharField()
    holder = serializers.IntegerField(source="holder_id")
    event_at = serializers.DateTimeField()
    unit = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    provisional = serializers.BooleanField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end = serializers.CharField()


class ActionShape(serializers.Serializer):
    verb = serializers.CharField()
    label = serializers.CharField()
    allowed = serializers.BooleanField()
    reason = serializers.CharField()
    clause = serializers.CharField()


class MaterialShape(serializers.Serializer):
    id = serializers.IntegerField()
    slot = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class DocumentShape(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    sha256 = serializers.CharField()
    code = serializers.CharField()
    rendered_at = serializers.DateTimeField(allow_null=True)


class ReferralRow(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    from_agency = serializers.IntegerField(source="from_agency_id")
    to_agency = serializers.IntegerField(source="to_agency_id", allow_null=True)
    title = serializers.CharField()
    urgent = serializers.BooleanField(source="case.urgent")
    signed_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    clock = ClockShape(allow_null=True)


class ReferralWhole(ReferralRow):
    case = serializers.IntegerField(source="case_id")
    facts = serializers.CharField(source="case.facts")
    reasons = serializers.CharField()
    party_name = serializers.CharField(source="case.party_name")
    party_code = serializers.CharField(source="case.party_code")
    decision = serializers.CharField()
    allowed_actions = ActionShape(many=True)
    clocks = ClockShape(many=True)
    materials = MaterialShape(many=True)
    documents = DocumentShape(many=True)


class ReferralPage(serializers.Serializer):
    results = ReferralRow(many=True)
    next = serializers.IntegerField(allow_null=True)


class DisputeShape(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    referral = serializers.IntegerField(source="referral_id")
    state = serializers.CharField()
    reasons = serializers.CharField()
    handler = serializers.IntegerField(source="handler_id", allow_null=True)
    decision = serializers.CharField()
    allowed_actions = ActionShape(many=True)


class BulkShape(serializers.Serializer):
    verb = serializers.CharField(max_length=40)
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), max_length=100)


class BulkAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    done = serializers.BooleanField()
    refused = serializers.CharField()


class UploadShape(serializers.Serializer):
    slot = serializers.CharField()
    file = serializers.FileField()
