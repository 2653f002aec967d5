"""What the REST door says of what lies beside a letter: notices, the thread of the two sides, disputes. Shape only."""

from __future__ import annotations

from rest_framework import serializers

from referrals.rest.shapes import ActionShape


class NoticeShape(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.CharField()
    from_agency = serializers.IntegerField(source="from_agency_id")
    to_agency = serializers.IntegerField(source="to_agency_id")
    number = serializers.CharField(source="document.number")
    title = serializers.CharField(source="document.title")
    sent_at = serializers.DateTimeField()
    receipted_at = serializers.DateTimeField(allow_null=True)
    receipted_by = serializers.CharField()
    receipted_post = serializers.CharField()
    voided_at = serializers.DateTimeField(allow_null=True)
    void_reason = serializers.CharField()


class BlockShape(serializers.Serializer):
    kind = serializers.CharField()
    text = serializers.CharField()


class NoticeWhole(NoticeShape):
    """With the words of the paper; the draft behind it is not for its addressee."""

    words = BlockShape(source="document.content.body", many=True)
    allowed_actions = ActionShape(many=True)


class NoticePage(serializers.Serializer):
    results = NoticeShape(many=True)
    next = serializers.IntegerField(allow_null=True)


class ProgressShape(serializers.Serializer):
    id = serializers.IntegerField()
    agency = serializers.IntegerField()
    agency_name = serializers.CharField()
    person = serializers.CharField()
    post = serializers.CharField()
    words = serializers.CharField()
    at = serializers.DateTimeField()
    name = serializers.CharField(help_text="Of the file that came along; empty without one")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class ProgressList(serializers.Serializer):
    results = ProgressShape(many=True)


class DisputeShape(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    referral = serializers.IntegerField(source="referral_id")
    state = serializers.CharField()
    opened_by = serializers.IntegerField(source="opened_by_id")
    reasons = serializers.CharField()
    suggested = serializers.IntegerField(source="suggested_id", allow_null=True)
    offer_by = serializers.IntegerField(source="offer_by_id", allow_null=True)
    offer_handler = serializers.IntegerField(source="offer_handler_id", allow_null=True)
    offer_words = serializers.CharField()
    offer_number = serializers.IntegerField(help_text="Which offer this is: confirm_agreement names it")
    offer_binds = serializers.BooleanField(help_text="Made by a leader: only such an offer can be confirmed")
    handler = serializers.IntegerField(source="handler_id", allow_null=True)
    decision = serializers.CharField()
    opened_at = serializers.DateTimeField()
    reported_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class DisputeWhole(DisputeShape):
    allowed_actions = ActionShape(many=True)


class DisputePage(serializers.Serializer):
    results = DisputeShape(many=True)
    next = serializers.IntegerField(allow_null=True)
