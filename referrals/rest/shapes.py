"""What the REST door says of cases, referrals and disputes: shape only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import CandidateShape
from core.fields import RestLine
from core.reading import MOST_ID
from foundation.cases.parties import further_parties


class ClockShape(serializers.Serializer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    role = serializers.CharField()
    clause = serializers.CharField()
    holder = serializers.IntegerField(source="holder_id")
    event_at = serializers.DateTimeField()
    unit = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    provisional = serializers.BooleanField()
    at_once = serializers.BooleanField(help_text="Urgent: to be done at once, and at the latest by due_at")
    late_since = serializers.DateTimeField(allow_null=True, help_text="Since when it was late; stays, whatever follows")
    paused_at = serializers.DateTimeField(allow_null=True, help_text="It stands since then and falls due when it runs on")
    ended_at = serializers.DateTimeField(allow_null=True)
    end = serializers.CharField()


class CorrectionShape(serializers.Serializer):
    """A correction of what a running clock counts from."""

    at = serializers.DateTimeField()
    by_name = serializers.CharField()
    reason = serializers.CharField()
    old_key = serializers.CharField()
    new_key = serializers.CharField()
    old_event_at = serializers.DateTimeField()
    new_event_at = serializers.DateTimeField()
    old_urgent = serializers.BooleanField()
    new_urgent = serializers.BooleanField()
    old_due_at = serializers.DateTimeField(allow_null=True)
    new_due_at = serializers.DateTimeField(allow_null=True)
    was_late = serializers.BooleanField()
    moved_later = serializers.BooleanField()


class DayShape(serializers.Serializer):
    date = serializers.DateField()
    counted = serializers.BooleanField()
    why = serializers.CharField()


class ClockWhole(ClockShape):
    """A clock with every day's reason."""

    corrections = CorrectionShape(many=True, source="corrections.all")
    notes = serializers.ListField(child=serializers.CharField())
    days = DayShape(many=True)


class ActionShape(serializers.Serializer):
    verb = serializers.CharField()
    label = serializers.CharField()
    allowed = serializers.BooleanField()
    reason = serializers.CharField()
    clause = serializers.CharField()


class ShortcomingShape(serializers.Serializer):
    field = serializers.CharField()
    sentence = serializers.CharField()
    clause = serializers.CharField()


class MaterialShape(serializers.Serializer):
    id = serializers.IntegerField()
    slot = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    supplementary = serializers.BooleanField()
    later = serializers.BooleanField(default=False, help_text="Added after the signing: not in the signed list")
    uploaded_at = serializers.DateTimeField()


class MaterialWhole(MaterialShape):
    allowed_actions = ActionShape(many=True)


class MaterialList(serializers.Serializer):
    results = MaterialShape(many=True)


class DocumentShape(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    issued_at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    code = serializers.CharField()
    rendered_at = serializers.DateTimeField(allow_null=True)


class PartyShape(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    document = serializers.CharField()
    document_words = serializers.CharField()
    code = serializers.CharField()
    representative = serializers.CharField()
    sex = serializers.CharField()
    age = serializers.IntegerField(allow_null=True)
    address = serializers.CharField()
    contact = serializers.CharField()


class CaseShape(serializers.Serializer):
    id = serializers.IntegerField()
    agency = serializers.IntegerField(source="agency_id")
    source = serializers.CharField()
    found_at = serializers.DateTimeField(allow_null=True)
    place = serializers.CharField()
    township = serializers.IntegerField(source="township_id", allow_null=True)
    ongoing = serializers.BooleanField()
    onsite_measures = serializers.CharField()
    suspected_crime = serializers.BooleanField()
    matter = serializers.IntegerField(source="matter_id", allow_null=True)
    facts = serializers.CharField()
    party_kind = serializers.CharField()
    party_name = serializers.CharField()
    party_document = serializers.CharField()
    party_document_words = serializers.CharField()
    party_code = serializers.CharField()
    party_representative = serializers.CharField()
    party_sex = serializers.CharField()
    party_age = serializers.IntegerField(allow_null=True)
    party_address = serializers.CharField()
    party_contact = serializers.CharField()
    further_parties = serializers.SerializerMethodField(help_text="In their order; the first party has fields of its own")
    urgent = serializers.BooleanField()
    urgent_reason = serializers.CharField()
    confidentiality = serializers.CharField()
    preliminary_investigation = serializers.CharField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(PartyShape(many=True))
    def get_further_parties(self, case: Any) -> Any:
        return PartyShape(further_parties(case), many=True).data


class VersionShape(serializers.Serializer):
    """Over which version of the case a letter stands."""

    number = serializers.IntegerField()
    hash = serializers.CharField(help_text="SHA-256 over the facts and the list of materials")
    made_at = serializers.DateTimeField()
    agency = serializers.IntegerField(source="agency_id")
    maker = serializers.CharField()
    post = serializers.CharField()
    reason = serializers.CharField()


class CaseWhole(CaseShape):
    referrals = serializers.ListField(child=serializers.IntegerField(), help_text="Those of its referrals that one may see")
    allowed_actions = ActionShape(many=True)


class CaseRow(serializers.Serializer):
    """A line of the list; the words of the case are read one by one, so that reading a confidential one is kept."""

    id = serializers.IntegerField()
    agency = serializers.IntegerField(source="agency_id")
    matter = serializers.IntegerField(source="matter_id", allow_null=True)
    party_name = serializers.CharField()
    party_code = serializers.CharField()
    found_at = serializers.DateTimeField(allow_null=True)
    urgent = serializers.BooleanField()
    confidentiality = serializers.CharField()
    created_at = serializers.DateTimeField()


class CasePage(serializers.Serializer):
    results = CaseRow(many=True)
    next = serializers.IntegerField(allow_null=True)


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
    change_reason = serializers.CharField()
    kind = serializers.CharField()
    ground = serializers.CharField()
    reasons = serializers.CharField()
    determined_at = serializers.DateTimeField(allow_null=True)
    contact = serializers.CharField()
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


class FieldChangeShape(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


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


class UploadWhole(serializers.Serializer):
    """One file in one request."""

    slot = RestLine(max_length=40)
    file = serializers.FileField()


class UploadBegin(serializers.Serializer):
    """A file that is going to come in parts."""

    slot = RestLine(max_length=40)
    name = RestLine(max_length=1000, help_text="Kept up to 200 characters, with its ending")
    size = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False, help_text="Checked when the last part is there")


class UploadShape(serializers.Serializer):
    id = serializers.UUIDField(source="pk")
    referral = serializers.IntegerField(source="referral_id")
    slot = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    received = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    allowed_actions = ActionShape(many=True)


class AgencyShape(serializers.Serializer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()


class AgencyList(serializers.Serializer):
    results = AgencyShape(many=True)


class MatterShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    basis = serializers.CharField()
    field = serializers.CharField()
    competent = serializers.IntegerField(source="competent_id")
    competent_reason = serializers.CharField()


class MatterList(serializers.Serializer):
    results = MatterShape(many=True)


class WhoShape(serializers.Serializer):
    name = serializers.CharField()
    agency = serializers.IntegerField(allow_null=True)
    agency_name = serializers.CharField()
    post = serializers.CharField()
    jurisdiction = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField(), help_text="Empty for a person: the post alone decides")
