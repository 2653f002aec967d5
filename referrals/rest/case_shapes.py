"""What the REST door says of a case and its versions: shape only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.cases.officers import officers_of
from foundation.cases.parties import further_parties
from referrals.rest.shapes import ActionShape


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


class OfficerShape(serializers.Serializer):
    name = serializers.CharField()
    certificate = serializers.CharField()


class CaseShape(serializers.Serializer):
    id = serializers.IntegerField()
    agency = serializers.IntegerField(source="agency_id")
    source = serializers.CharField()
    found_at = serializers.DateTimeField(allow_null=True)
    place = serializers.CharField()
    township = serializers.IntegerField(source="township_id", allow_null=True)
    ongoing = serializers.BooleanField()
    onsite_measures = serializers.CharField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    competent_told_at = serializers.DateTimeField(allow_null=True)
    competent_told = serializers.CharField(help_text="Who on the competent side was told of a violation in progress, and how")
    rectify_told_on = serializers.DateField(allow_null=True)
    rectify_told = serializers.CharField(help_text="How the party was told to put it right")
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
    case_number = serializers.CharField(help_text="The sender's own file, and since when")
    filed_on = serializers.DateField(allow_null=True)
    officers = serializers.SerializerMethodField(help_text="The two enforcement officers")
    violated_article = serializers.CharField()
    further_parties = serializers.SerializerMethodField(help_text="In their order; the first party has fields of its own")
    urgent = serializers.BooleanField()
    urgent_reason = serializers.CharField()
    confidentiality = serializers.CharField()
    preliminary_investigation = serializers.CharField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(OfficerShape(many=True))
    def get_officers(self, case: Any) -> Any:
        return OfficerShape(officers_of(case), many=True).data

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


class FieldChangeShape(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class NewerShape(serializers.Serializer):
    """The version that the sender put out last, beside the one over which the letter stands."""

    version = VersionShape()
    changes = FieldChangeShape(many=True)


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
