"""Form and REST fields for text. Every text that enters comes through one of these, so that it is cleaned before its length is checked."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers

from core.text import clean_code, clean_line, clean_name, clean_prose, cleaned_throughout


class _Text(forms.CharField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(self.clean_text(value) if isinstance(value, str) else value)

    @staticmethod
    def clean_text(text: str) -> str:
        raise NotImplementedError


class ProseField(_Text):
    """Several lines; a text area unless told otherwise."""

    widget = forms.Textarea
    clean_text = staticmethod(clean_prose)


class LineField(_Text):
    clean_text = staticmethod(clean_line)


class NameField(_Text):
    clean_text = staticmethod(clean_name)


class CodeField(_Text):
    """A code is cut to its signs before its length is checked. The browser must let its spaces through, so it gets no maxlength."""

    clean_text = staticmethod(clean_code)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name not in ("maxlength", "minlength")}


class CleanEmail(forms.EmailField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)


class CleanURL(forms.URLField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)


class CleanSlug(forms.SlugField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)


class CleanJSON(forms.JSONField):
    def to_python(self, value: Any) -> Any:
        return cleaned_throughout(super().to_python(value), clean_prose)


class RestLine(serializers.CharField):
    """A line of text in a REST body that no form describes."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(clean_line(data) if isinstance(data, str) else data)
