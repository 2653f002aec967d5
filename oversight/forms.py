"""Shapes of input at the government's desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from core.fields import ProseField
from core.reading import DayField
from oversight.lifecycle import Order


def _words(label: object) -> ProseField:
    return ProseField(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ProposeForm(forms.Form):
    order = forms.ChoiceField(label=_("拟办结论"), choices=Order.choices, required=False)
    words = _words(_("拟办意见"))


class InstructForm(forms.Form):
    agencies = ("handler",)

    order = forms.ChoiceField(label=_("批示"), choices=[c for c in Order.choices if c[0] != Order.DISMISS], required=False)
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("指定管辖机关（仅指定管辖时填写）"), required=False, empty_label="—")
    until = DayField(label=_("限期办结的日期（发函督办时填写）"), required=False)
    words = _words(_("批示意见"))


class WordsForm(forms.Form):
    words = _words(_("意见"))
