"""The administrator's view: to look, not to touch. Whatever is tried here goes through the acts and is refused with the clause."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.actors import acting
from accounts.administration import LookOnly, Within
from core.errors import Refused
from foundation.cases.models import Case, Matter
from referrals import services
from referrals.models import Dispute, Referral


@admin.register(Referral)
class ReferralAdmin(LookOnly):
    list_display = ("number", "state", "from_agency", "to_agency", "created_at")
    list_filter = ("state", "jurisdiction")
    actions = ("refer_onward",)
    show_full_result_count = False

    @admin.action(description="再行移送")
    def refer_onward(self, request: HttpRequest, rows: Any) -> None:
        """The same act as everywhere: a document that forbids passing on forbids it here too."""
        for referral in rows:
            try:
                services.refer_onward(referral.pk, by=acting(request))
            except Refused as refusal:
                messages.error(request, f"{referral}：{refusal}")


@admin.register(Case)
class CaseAdmin(LookOnly):
    list_display = ("pk", "agency", "matter", "created_at")


@admin.register(Dispute)
class DisputeAdmin(LookOnly):
    within = "referral__jurisdiction"
    list_display = ("pk", "referral", "state", "opened_at")


@admin.register(Matter)
class MatterAdmin(Within):
    list_display = ("name", "basis", "competent", "jurisdiction")
    list_filter = ("jurisdiction", "field")
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Matter, form: Any, change: bool) -> None:
        from referrals.words import initials

        obj.pinyin = initials(obj.name)
        super().save_model(request, obj, form, change)
