"""Fields that several forms of a referral use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import LineField, ProseField
from deadlines.calendar import SHANGHAI

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class Moment(forms.DateTimeField):
    """A Shanghai time to the minute; an ISO time with offset is taken as such."""

    widget = MOMENT

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=MOMENT_FORMATS, **kwargs)

    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        if moment is not None and not 2000 <= moment.year <= 2099:
            raise forms.ValidationError(_("年份须在 2000 至 2099 之间。"))
        return moment

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(SHANGHAI).replace(tzinfo=None, second=0, microsecond=0) if hasattr(value, "astimezone") else value


def text(label: Any, rows: int = 3, limit: int = 4000) -> ProseField:
    return ProseField(label=label, required=False, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}))


def line(label: Any, limit: int = 200, **attrs: Any) -> LineField:
    return LineField(label=label, required=False, max_length=limit, widget=forms.TextInput(attrs=attrs))


class MatterSelect(forms.Select):
    """Each option carries what the page needs to filter by pinyin and to suggest the competent agency."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        matter = getattr(value, "instance", None)
        if matter is not None:
            option["attrs"] |= {"data-pinyin": matter.pinyin, "data-agency": str(matter.competent_id), "data-why": matter.competent_reason}
        return option


class AgencySelect(forms.Select):
    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        agency = getattr(value, "instance", None)
        if agency is not None:
            option["attrs"]["data-pinyin"] = agency.pinyin
        return option
