"""One shape of input for pages and REST: the form checks both; the serializer made from it documents it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.errors import BadInput
from core.reading import MOST_ID


def _field(field: forms.Field) -> serializers.Field:
    said = {"required": False, "help_text": str(field.label or ""), "allow_null": True}
    if hasattr(field, "row_form"):
        return _row_of(field.row_form)(many=True, **said)
    if isinstance(field, forms.FileField):
        one = serializers.FileField(required=False, help_text=said["help_text"])
        return serializers.ListField(child=serializers.FileField(), required=False, help_text=said["help_text"]) if hasattr(field, "most") else one
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=MOST_ID), **said)
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.CharField(), **said)
    if isinstance(field, forms.ModelChoiceField):
        return serializers.IntegerField(min_value=1, max_value=MOST_ID, **said)
    if isinstance(field, forms.IntegerField):
        least, most = field.min_value, field.max_value
        return serializers.IntegerField(min_value=0 if least is None else least, max_value=MOST_ID if most is None else most, **said)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**said)
    if isinstance(field, forms.DateTimeField):
        return serializers.DateTimeField(**said)
    if isinstance(field, forms.DateField):
        return serializers.DateField(**said)
    if isinstance(field, forms.ChoiceField) and field.choices:
        return serializers.ChoiceField(choices=[(k, str(v)) for k, v in field.choices if k], allow_blank=True, **said)
    return serializers.CharField(allow_blank=True, max_length=getattr(field, "max_length", None), **said)


@cache
def _row_of(form: type[forms.Form]) -> type[serializers.Serializer]:
    """One serializer for the rows of one form, so that two acts that take them name the same part of the schema."""
    return serializer_of(form, form.__name__.removesuffix("Form") + "Row")


def serializer_of(form: type[forms.Form], name: str, **more: serializers.Field) -> type[serializers.Serializer]:
    """A serializer that documents what `form` takes, and `more` beside it."""
    fields: dict[str, Any] = {n: _field(f) for n, f in form.base_fields.items()}
    return type(name, (serializers.Serializer,), fields | more)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_ID


def _fits(field: forms.Field, value: Any) -> bool:
    """Is this the JSON type that the field takes? null stands for empty."""
    if value is None:
        return True
    if hasattr(field, "row_form"):
        return isinstance(value, list) and all(_is_row(field.row_form, row) for row in value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return isinstance(value, list) and all(map(_is_id, value))
    if isinstance(field, forms.MultipleChoiceField):
        return isinstance(value, list) and all(map(_is_text, value))
    if isinstance(field, forms.ModelChoiceField):
        return _is_id(value)
    if isinstance(field, forms.IntegerField):
        return (value == 0 and value is not False) or _is_id(value)
    if isinstance(field, forms.BooleanField):
        return isinstance(value, bool)
    return _is_text(value)


def _is_row(form: type[forms.Form], row: Any) -> bool:
    known = form.base_fields
    return isinstance(row, dict) and all(name in known and _fits(known[name], value) for name, value in row.items())


def body_of(data: Any, form: type[forms.Form], also: tuple[str, ...] = ()) -> dict[str, Any]:
    """The body as an object with only the form's fields (and `also`), each of its own JSON type. Raises BadInput with every path."""
    if not isinstance(data, dict):
        raise BadInput(_("请求体须为一个 JSON 对象。"))
    plain = data.dict() if hasattr(data, "dict") else dict(data)
    known = form.base_fields
    wrong = {name: _("不认识的字段") for name in sorted(set(plain) - set(known) - set(also))}
    wrong |= {name: _("值类型不对") for name, value in plain.items() if name in known and not _fits(known[name], value)}
    wrong |= {name: _("须为编号") for name in also if plain.get(name) is not None and not _is_id(plain[name])}
    if wrong:
        raise BadInput(_("有不认识的字段或值类型不对。"), fields=wrong)
    return {name: str(value) if isinstance(value, int) and not isinstance(value, bool) else value for name, value in plain.items()}


def cleaned(form: forms.Form) -> dict[str, Any]:
    """The form's cleaned data, or BadInput with every field's sentence."""
    if not form.is_valid():
        raise BadInput(_("提交的内容有误。"), fields={name: " ".join(map(str, said)) for name, said in form.errors.items()})
    return form.cleaned_data


def asked(query: Any, form: type[forms.Form], also: tuple[str, ...] = ()) -> dict[str, Any]:
    """The query parameters through `form`; a parameter that nobody knows is refused, for a misspelt filter would return everything."""
    unknown = sorted(set(query) - set(form.base_fields) - set(also))
    if unknown:
        raise BadInput(_("有不认识的查询参数。"), fields={name: _("不认识的参数") for name in unknown})
    blank = [name for name in query if "" in query.getlist(name)]
    if blank:
        raise BadInput(_("查询参数不能为空。"), fields={name: _("不能为空") for name in blank})
    if any("\x00" in value for name in query for value in query.getlist(name)):
        raise BadInput(_("查询参数含有不允许的字符。"))
    return cleaned(form(query))
