"""What the REST door says of a referral: shape only."""

from __future__ import annotations

from rest_framework import serializers

from core.api import CandidateShape
from core.fields import RestLine
from core.reading import MOST_ID
from referrals.rest.case_shapes import CaseShape, FieldChangeShape, NewerShape, VersionShape
from referrals.rest.paper_shapes import MaterialShape
from referrals.rest.shapes import ActionShape, ClockShape, DocumentShape, ShortcomingShape


class ReferralRow(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    from_agency = serializers.IntegerField(source="from_agency_id")
    to_agency = serializers.IntegerField(source="to_agency_id", allow_null=True)
    title = serializers.CharField()
    urgent = serializers.BooleanField(source="stated.urgent")
    signed_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    refiled_times = serializers.IntegerField(help_text="How often it was filed again after it came back")
    clock = ClockShape(allow_null=True)


class ReferralWhole(ReferralRow):
    case = CaseShape(source="stated", help_text="As this letter states it: of a letter that is out, the version it was signed over")
    case_version = VersionShape(allow_null=True, help_text="null while it is drafted")
    has_newer_version = serializers.BooleanField(help_text="The sender put out another version of the case after this letter")
    newer_version = NewerShape(allow_null=True, help_text="To the two sides: what the case is said to be since; null where nothing is newer")
    change_reason = serializers.CharField()
    kind = serializers.CharField()
    ground = serializers.CharField()
    reasons = serializers.CharField()
    determined_at = serializers.DateTimeField(allow_null=True)
    contact = serializers.CharField(source="letter_contact", help_text="Whom the letter names to be asked; of a draft, what it would say")
    sender_department = serializers.CharField()
    sender_person = serializers.CharField()
    sender_phone = serializers.CharField()
    receiver_department = serializers.CharField()
    receiver_person = serializers.CharField()
    receiver_phone = serializers.CharField()
    prior_notice_at = serializers.DateTimeField(allow_null=True)
    consent_at = serializers.DateTimeField(allow_null=True)
    consent_of = serializers.IntegerField(source="consent_of_id", allow_null=True)
    filed_at = serializers.DateTimeField(allow_null=True)
    filed_with = serializers.IntegerField(source="filed_with_id", allow_null=True)
    returned_reason = serializers.CharField()
    signed_for_at = serializers.DateTimeField(allow_null=True)
    answer_reasons = serializers.CharField()
    refusal_kind = serializers.CharField(help_text="Why it was not accepted, of the list; empty where it was not refused")
    onward_from = serializers.IntegerField(source="onward_from_id", allow_null=True)
    refiled_from = serializers.IntegerField(source="refiled_from_id", allow_null=True, help_text="The referral that came back for its papers")
    refiled_to = serializers.ListField(child=serializers.IntegerField(), help_text="The referral that was filed again in its place")
    bound = serializers.BooleanField(help_text="Jurisdiction was decided or agreed: it binds")
    another_case = serializers.CharField(help_text="Why it is another case than one that looks the same, in the signing leader's words")
    same_facts = CandidateShape(many=True, help_text="To the sender, until the letter is signed: what looks the same among its own")
    supplement_wanted = serializers.CharField()
    decision = serializers.CharField()
    decision_kind = serializers.CharField(help_text="penalty, no_penalty or other; empty until it is decided")
    decision_number = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()
    allowed_actions = ActionShape(many=True)
    missing = ShortcomingShape(many=True, help_text="What keeps a draft from the leader's desk")
    clocks = ClockShape(many=True)
    materials = MaterialShape(many=True)
    documents = DocumentShape(many=True)
    disputes = serializers.ListField(source="dispute_ids", child=serializers.IntegerField())


class ReferralPage(serializers.Serializer):
    results = ReferralRow(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="The `after` of the next page")
    as_of = serializers.DateTimeField(help_text="The `updated_since` of the next synchronisation; overlaps by a minute")


class EntryShape(serializers.Serializer):
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    subject = serializers.CharField()
    agency = serializers.CharField(source="agency_name")
    actor = serializers.CharField(source="actor_name")
    post = serializers.CharField()
    changes = FieldChangeShape(many=True, default=list, help_text="What a new version of the case changed, for the two sides")


class Timeline(serializers.Serializer):
    results = EntryShape(many=True)


class BulkItem(serializers.Serializer):
    id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    version = serializers.IntegerField(min_value=1, max_value=10**9, help_text="The version that was seen")


class BulkShape(serializers.Serializer):
    verb = RestLine(max_length=40)
    items = BulkItem(many=True, min_length=1, max_length=100)


class BulkOutcome(serializers.Serializer):
    id = serializers.IntegerField()
    done = serializers.BooleanField()
    refused = serializers.CharField()


class BulkAnswer(serializers.Serializer):
    results = BulkOutcome(many=True)
