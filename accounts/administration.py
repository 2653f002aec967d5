"""What every page of the administration keeps to: the own jurisdiction, the trail, no deletion."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.actors import acting
from core import audit


class Within(admin.ModelAdmin):
    """Shows the rows of the administrator's own jurisdiction (`within` is the path to it) and offers no others to choose."""

    within = "jurisdiction"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{self.within: acting(request).jurisdiction_id}).distinct() if self.within else rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not request.user.is_superuser:
            model, mine = db_field.remote_field.model, acting(request).jurisdiction_id
            if model._meta.model_name == "jurisdiction":
                kwargs["queryset"] = model.objects.filter(pk=mine)
            elif any(f.name == "jurisdiction" for f in model._meta.get_fields()):
                kwargs["queryset"] = model.objects.filter(jurisdiction_id=mine)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookOnly(Within):
    """Lists and shows; adds and changes nothing: that is for the acts."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Recorded(Within):
    """Saves through the form, and writes who changed which fields into the subject's chain."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            kind = obj._meta.model_name
            verb = f"{kind}.admin_{'change' if change else 'add'}"
            audit.record(kind, obj.pk, verb, by=acting(request), fields=sorted(form.changed_data))
