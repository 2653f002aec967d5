"""Versions and years to look at; which version holds where, from when, to set."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.actors import acting
from core.admin import LookOnly
from deadlines import loading
from deadlines.models import CalendarYear, ProfileAssignment, ProfileVersion


@admin.register(ProfileVersion)
class ProfileVersionAdmin(LookOnly):
    list_display = ("doc_no", "name", "version", "loaded_at")


@admin.register(CalendarYear)
class CalendarYearAdmin(LookOnly):
    list_display = ("year", "source", "loaded_at")


@admin.register(ProfileAssignment)
class ProfileAssignmentAdmin(admin.ModelAdmin):
    list_display = ("jurisdiction", "version", "since")

    def save_model(self, request: HttpRequest, obj: ProfileAssignment, form: Any, change: bool) -> None:
        try:
            row = loading.assign_profile(obj.jurisdiction, obj.version, since=obj.since, by=acting(request), options=obj.options)
            obj.pk = row.pk
        except (KeyError, ValueError) as error:
            messages.error(request, f"options: {error}")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
