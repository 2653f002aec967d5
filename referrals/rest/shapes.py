"""What the REST door says of clocks, letters and what may be done, and of the lists a draft chooses from: shape only."""

from __future__ import annotations

from rest_framework import serializers


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


class DocumentShape(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    issued_at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    code = serializers.CharField()
    rendered_at = serializers.DateTimeField(allow_null=True)


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
