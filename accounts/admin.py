"""Agencies, posts and people as the system administrator keeps them; every change is in the trail."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.http import HttpRequest

from accounts.actors import acting
from accounts.models import Absence, Agency, ApiToken, Jurisdiction, PostHolding, User
from core import audit


class Recorded(admin.ModelAdmin):
    """Saves through the form, and writes who changed which fields into the subject's chain."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            verb = "change" if change else "add"
            kind = obj._meta.model_name
            audit.record(kind, obj.pk, f"{kind}.admin_{verb}", by=acting(request), fields=sorted(form.changed_data))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Jurisdiction)
class JurisdictionAdmin(Recorded):
    list_display = ("name", "key", "area_code")


@admin.register(Agency)
class AgencyAdmin(Recorded):
    list_display = ("short_name", "name", "kind", "jurisdiction", "valid_to")
    list_filter = ("jurisdiction", "kind")
    search_fields = ("name", "short_name")


@admin.register(PostHolding)
class PostHoldingAdmin(Recorded):
    list_display = ("user", "agency", "post", "since", "until")
    list_filter = ("agency__jurisdiction", "post")
    raw_id_fields = ("user",)


@admin.register(Absence)
class AbsenceAdmin(Recorded):
    list_display = ("holding", "deputy", "since", "until")


@admin.register(User)
class PersonAdmin(Recorded, UserAdmin):
    list_display = ("username", "first_name", "is_active", "must_change_password")
    fieldsets = ((None, {"fields": ("username", "password", "first_name", "email", "is_active", "is_staff", "must_change_password")}),)


@admin.register(ApiToken)
class ApiTokenAdmin(Recorded):
    list_display = ("name", "holding", "created_at", "expires_at", "revoked_at")
    fields = ("name", "holding", "expires_at", "revoked_at")
    readonly_fields = ("name", "holding", "expires_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
