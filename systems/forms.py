"""Shape of input on the clients' pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from core.fields import LineField, NameField, ProseField
from core.reading import DayField
from deadlines.calendar import SHANGHAI
from systems.clients import POSTS
from systems.event_kinds import EVENT_KINDS
from systems.scopes import Scope


class RightsForm(forms.Form):
    """What a client may, until when, from where."""

    scopes = forms.MultipleChoiceField(label=_("权限范围"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple)
    expires_on = DayField(label=_("有效期至（当日止）"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    networks = ProseField(
        label=_("只许从这些地址调用（每行一个 IP 或网段；不填为不限）"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def rights(self) -> dict[str, Any]:
        """As the services take them; the day's last second, Shanghai time."""
        data = self.cleaned_data
        end = dt.datetime.combine(data["expires_on"], dt.time(23, 59, 59), SHANGHAI)
        return {"scopes": data["scopes"], "expires_at": end, "networks": data["networks"]}


class RegisterForm(RightsForm):
    name = NameField(label=_("系统名称"), max_length=40)
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("所属机关"), empty_label="—")
    post = forms.ChoiceField(label=_("担任的岗位"), choices=[(p.value, p.label) for p in POSTS])

    field_order = ("name", "agency", "post", "scopes", "expires_on", "networks")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"expires_on": timezone.localdate() + dt.timedelta(days=365), "scopes": ["read"]})
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=by.jurisdiction_id)


class EndpointForm(forms.Form):
    url = LineField(label=_("接收地址（https://…）"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}))
    verbs = forms.MultipleChoiceField(
        label=_("只要这些事件（不选为全部）"), required=False, choices=[(k, f"{v}  {k}") for k, v in EVENT_KINDS.items()],
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )  # fmt: skip
