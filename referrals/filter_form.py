"""What lists can be narrowed by, on the page and by REST."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.reading import DayField
from referrals.inputs import Moment, line
from referrals.lifecycle import State


class Chosen(forms.MultipleChoiceField):
    """Several of a list; "all" of a drop-down is sent as an empty one and chooses nothing."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


class Ticked(forms.ChoiceField):
    """A box of a filter: ticked, or not sent. Anything else is no answer and is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, choices=[("on", "on"), ("true", "true"), ("false", "false")], widget=forms.TextInput, **kwargs)


class FilterForm(forms.Form):
    """What a list can be narrowed by; the URL is the state."""

    q = line(_("搜索"), 60, type="search")
    state = Chosen(label=_("状态"), required=False, choices=State.choices)
    phase = forms.ChoiceField(
        label=_("期限"), required=False, choices=[("", _("全部")), ("overdue", _("逾期")), ("was_late", _("曾逾期")), ("due_soon", _("将到期"))]
    )
    agency = forms.IntegerField(label=_("机关"), required=False, min_value=1, max_value=2**62)
    matter = forms.IntegerField(label=_("违法事项"), required=False, min_value=1, max_value=2**62)
    party = line(_("当事人"), 60)
    urgent = Ticked(label=_("紧急"))
    since = DayField(label=_("起"), required=False)
    until = DayField(label=_("止"), required=False)
    refiled = Ticked(label=_("退回后重新移送"))
    updated_since = Moment(label=_("更新自"), required=False)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
