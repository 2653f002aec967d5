"""What every page of the administration keeps to. Rows, choices and values come from `of_district`; saving goes through services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import ManyToManyField, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import acting
from accounts.models import Agency
from administration.districts import of_district
from administration.keeping import keep
from administration.rights import may_keep, may_look_at
from core.decisions import Allow
from core.errors import BadInput, NotAllowed, Refused
from core.fields import CleanEmail, CleanJSON, CleanSlug, CleanURL, LineField, ProseField


def refusing(form: type[Any], request: HttpRequest) -> type[Any]:
    """The form that, shown again after a service refused, says the service's sentence beside its field."""

    class Refusing(form):  # type: ignore[misc, valid-type]
        def clean(self) -> Any:
            cleaned = super().clean()
            refusal: Refused | None = getattr(request, "_refusal", None)
            if refusal is not None:
                placed = {k: v for k, v in refusal.fields.items() if k in self.fields}
                for name, sentence in placed.items():
                    self.add_error(name, sentence)
                if not placed:
                    self.add_error(None, str(refusal))
            return cleaned

    return Refusing


class OwnDistrict(admin.ModelAdmin):
    """The base of all pages: the own district's rows, its values, the post acted in, no deletion, the trail."""

    change_form_template: Any = "administration/change_form.html"
    list_filter: Any = ()
    show_full_result_count = False
    # What may be filled in when a row is made and stands for ever after.
    fixed: tuple[str, ...] = ()
    # Names of fields that their models leave in English.
    labels: dict[str, Any] = {}
    # Every text cleans itself before its length is checked; a choice keeps its own field.
    formfield_overrides = {
        models.CharField: {"form_class": LineField},
        models.SlugField: {"form_class": CleanSlug},
        models.TextField: {"form_class": ProseField},
        models.EmailField: {"form_class": CleanEmail},
        models.URLField: {"form_class": CleanURL},
        models.JSONField: {"form_class": CleanJSON},
    }

    @property
    def kind(self) -> str:
        return str(self.model._meta.label_lower)

    # Rights: from the post acted in, asked of the same policies as the services ask.
    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_authenticated and isinstance(may_look_at(acting(request), self.kind), Allow)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and isinstance(may_keep(acting(request), self.kind), Allow)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Rows and values.
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = of_district(self.model, acting(request).jurisdiction_id)
        order = self.get_ordering(request)
        return rows.order_by(*order) if order else rows

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """What may be chosen: the district's; of agencies those that have not ended, and the one that is written there."""
        rows = of_district(db_field.remote_field.model, acting(request).jurisdiction_id)
        if db_field.remote_field.model is not Agency:
            return rows
        pk = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        written = self.get_queryset(request).filter(pk=pk).values(db_field.attname) if str(pk).isdecimal() else []
        return rows.filter(Q(pk__in=Agency.objects.not_over(timezone.localdate())) | Q(pk__in=written))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.get_field_queryset(None, db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.get_field_queryset(None, db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Without the pop-ups beside a choice: what is chosen is kept on its own page, by its own administrator."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj is not None else ()))

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """A list is narrowed by its own filters only: a look-up through a relation or a secret would answer questions about it."""
        return lookup.split("__")[0] in {f if isinstance(f, str) else f[0] for f in self.list_filter} and lookup.count("__") < 2

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The page's own, never the site's deletion; each acts through a service on rows of the own district."""
        own = super().get_actions(request) if self.has_change_permission(request) else {}
        own.pop("delete_selected", None)
        return own

    # Saving.
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs.setdefault("labels", self.labels)
        return refusing(super().get_form(request, obj, change=change, **kwargs), request)

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        """A change that a service refuses is undone and the page shown again, everything typed still there, with the sentence."""
        if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
            raise NotAllowed(_("请在各自的页面上添加或修改，不能用弹出窗口。"))
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            if request.method != "POST" or not isinstance(refusal, BadInput):
                raise
            request._refusal = refusal  # type: ignore[attr-defined]
            answer = super().changeform_view(request, object_id, form_url, extra_context)
            answer.status_code = refusal.status
            return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not form.has_changed():
            return
        kept = self.save_by_service(request, obj, form, change)
        obj.pk = kept.pk

    def save_by_service(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Model:
        return keep(obj, by=acting(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is saved beside the row: no many-to-many, no inlines."""

    # Django's own log would be a second, weaker trail.
    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise NotAllowed(_("变更记录在操作留痕里，由审计员查阅。"))


class LookOnly(OwnDistrict):
    """Lists and shows."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
