"""What the REST door says of materials and of files on their way: shape only."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.fields import RestLine
from core.reading import MOST_ID
from foundation.cases.models import Material
from foundation.formats.models import Mark
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


def _look(material: Material) -> dict[str, Any]:
    """What is known of its file; nothing of a row that was made this moment."""
    return getattr(material, "look", None) or {}


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
    marks = serializers.SerializerMethodField(help_text="What was found in it: " + ", ".join(Mark.values))
    looked_into = serializers.SerializerMethodField(help_text="False until the file has been looked into: marks and listing may still come")
    listing = serializers.SerializerMethodField(help_text="Names of what lies in an archive or is attached to a mail, 200 at most")

    scan = serializers.SerializerMethodField(
        help_text="What the virus scanner said: clean, infected, too_big; empty where it has not, or is not switched on"
    )

    def get_scan(self, material: Material) -> str:
        return str((_look(material)).get("scan", ""))

    def get_marks(self, material: Material) -> list[str]:
        return list((_look(material)).get("marks", ()))

    def get_looked_into(self, material: Material) -> bool:
        return bool(_look(material).get("read"))

    def get_listing(self, material: Material) -> list[str]:
        return list(_look(material).get("listing", ()))


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


class UploadRow(serializers.Serializer):
    id = serializers.UUIDField(source="pk")
    referral = serializers.IntegerField(source="referral_id")
    slot = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    received = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class UploadList(serializers.Serializer):
    results = UploadRow(many=True)


class UploadShape(UploadRow):
    allowed_actions = ActionShape(many=True)
