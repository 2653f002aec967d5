"""One shape of input for pages and REST: the form checks both; the serializer made from it documents it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.errors import BadInput


def _field(field: forms.Field) -> serializers.Field:
    said = {"required": False, "help_text": str(field.label or ""), "allow_null": True}
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, help_text=said["help_text"])
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.CharField(), required=False, help_text=said["help_text"])
    if isinstance(field, forms.ModelChoiceField):
        return serializers.IntegerField(min_value=1, max_value=2**62, **said)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**said)
    if isinstance(field, forms.DateTimeField):
        return serializers.DateTimeField(**said)
    if isinstance(field, forms.DateField):
        return serializers.DateField(**said)
    return serializers.CharField(allow_blank=True, max_length=getattr(field, "max_length", None), **said)


def serializer_of(form: type[forms.Form], name: str) -> type[serializers.Serializer]:
    """A serializer that documents what `form` takes."""
    fields: dict[str, Any] = {n: _field(f) for n, f in form.base_fields.items()}
    return type(name, (serializers.Serializer,), fields)


def body_of(data: Any, known: set[str]) -> dict[str, Any]:
    """The request's body as an object without unknown fields. Raises BadInput with the field's name."""
    if not isinstance(data, dict):
        raise BadInput(_("请求体须为一个 JSON 对象。"))
    plain = data.dict() if hasattr(data, "dict") else dict(data)
    unknown = sorted(set(plain) - known)
    if unknown:
        raise BadInput(_("有不认识的字段。"), fields={name: _("不认识的字段") for name in unknown})
    for name, value in plain.items():
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict | list) for v in value)):
            raise BadInput(_("字段的值类型不对。"), fields={name: _("值类型不对")})
        if isinstance(value, str) and "\x00" in value:
            raise BadInput(_("字段含有不允许的字符。"), fields={name: _("含有不允许的字符")})
        if isinstance(value, int | float) and not isinstance(value, bool):
            plain[name] = str(value)
    return plain


def cleaned(form: forms.Form) -> dict[str, Any]:
    """The form's cleaned data, or BadInput with every field's sentence."""
    if not form.is_valid():
        raise BadInput(_("提交的内容有误。"), fields={name: " ".join(map(str, said)) for name, said in form.errors.items()})
    return form.cleaned_data


def version_in(request: Any) -> int | None:
    """The version that If-Match names ("v12"), or None without one."""
    given = request.headers.get("If-Match", "").strip().strip('"').removeprefix("v")
    if not given:
        return None
    if not given.isdigit() or len(given) > 9:
        raise BadInput(_("If-Match 须为取得的 ETag。"), fields={"If-Match": _("须为取得的 ETag")})
    return int(given)
