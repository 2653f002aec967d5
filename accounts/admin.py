"""Agencies, posts and people as the system administrator keeps them; every change is in the trail."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from accounts.administration import Recorded
from accounts.models import Absence, Agency, ApiToken, Jurisdiction, PostHolding, User


@admin.register(Jurisdiction)
class JurisdictionAdmin(Recorded):
    within = "pk"
    list_display = ("name", "key", "area_code")


@admin.register(Agency)
class AgencyAdmin(Recorded):
    list_display = ("short_name", "name", "kind", "jurisdiction", "valid_to")
    list_filter = ("jurisdiction", "kind")
    search_fields = ("name", "short_name")


@admin.register(PostHolding)
class PostHoldingAdmin(Recorded):
    within = "agency__jurisdiction"
    list_display = ("user", "agency", "post", "since", "until")
    list_filter = ("agency__jurisdiction", "post")
    raw_id_fields = ("user",)


@admin.register(Absence)
class AbsenceAdmin(Recorded):
    within = "holding__agency__jurisdiction"
    list_display = ("holding", "deputy", "since", "until")


@admin.register(User)
class PersonAdmin(Recorded, UserAdmin):
    within = "holdings__agency__jurisdiction"
    list_display = ("username", "first_name", "is_active", "must_change_password")
    fieldsets = ((None, {"fields": ("username", "password", "first_name", "email", "is_active", "is_staff", "must_change_password")}),)


@admin.register(ApiToken)
class ApiTokenAdmin(Recorded):
    within = "holding__agency__jurisdiction"
    list_display = ("name", "holding", "created_at", "expires_at", "revoked_at")
    fields = ("name", "holding", "expires_at", "revoked_at")
    readonly_fields = ("name", "holding", "expires_at")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
