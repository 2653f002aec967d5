"""What the REST door says of materials and of files on their way: shape only."""

from __future__ import annotations

from rest_framework import serializers

from core.fields import RestLine
from core.reading import MOST_ID
from foundation.cases.models import Material
from referrals.paper_form import MOST_COPIES, MOST_PAGES
from referrals.rest.shapes import ActionShape


class PaperShape(serializers.Serializer):
    """What the list of materials says of the paper behind the file."""

    copies = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_COPIES)
    pages = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_PAGES)
    original = serializers.ChoiceField(
        choices=Material.Original.choices, required=False, allow_blank=True, help_text="original or copy; empty where nothing is said"
    )


class PaperChange(PaperShape):
    """Only what is given is changed."""


class MaterialShape(serializers.Serializer):
    id = serializers.IntegerField()
    slot = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    copies = serializers.IntegerField(allow_null=True)
    pages = serializers.IntegerField(allow_null=True)
    original = serializers.CharField(help_text="original or copy; empty where nothing is said")
    supplementary = serializers.BooleanField()
    later = serializers.BooleanField(default=False, help_text="Added after the signing: not in the signed list")
    uploaded_at = serializers.DateTimeField()


class MaterialWhole(MaterialShape):
    allowed_actions = ActionShape(many=True)


class MaterialList(serializers.Serializer):
    results = MaterialShape(many=True)


class UploadWhole(PaperShape):
    """One file in one request."""

    slot = RestLine(max_length=40)
    file = serializers.FileField()


class UploadBegin(PaperShape):
    """A file that is going to come in parts."""

    slot = RestLine(max_length=40)
    name = RestLine(max_length=1000, help_text="At most 200 characters, each of which can be printed")
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
