"""Versions and years to look at; which version holds where, from when, to set."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.actors import acting
from accounts.administration import LookOnly, Within
from deadlines import loading
from deadlines.models import CalendarYear, ProfileAssignment, ProfileVersion


@admin.register(ProfileVersion)
class ProfileVersionAdmin(LookOnly):
    within = ""
    list_display = ("doc_no", "name", "version", "loaded_at")


@admin.register(CalendarYear)
class CalendarYearAdmin(LookOnly):
    within = ""
    list_display = ("year", "source", "loaded_at")


@admin.register(ProfileAssignment)
class ProfileAssignmentAdmin(Within):
    list_display = ("jurisdiction", "version", "since")

    def save_model(self, request: HttpRequest, obj: ProfileAssignment, form: Any, change: bool) -> None:
        try:
            row = loading.assign_profile(obj.jurisdiction, obj.version, since=obj.since, by=acting(request), options=obj.options)
            obj.pk = row.pk
        except (KeyError, ValueError) as error:
            messages.error(request, f"options: {error}")
