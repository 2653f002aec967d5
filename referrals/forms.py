"""What an act asks for: shape of input only. Rules are in requirements.py and policies/."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.kinds import PARTY_KINDS
from accounts.models import Agency, User
from core.reading import DayField
from referrals.decisions import DecisionKind
from referrals.inputs import Moment, line, text
from referrals.refusals import RefusalKind


class ReasonForm(forms.Form):
    reason = text(_("理由"))


class NotAcceptForm(forms.Form):
    kind = forms.ChoiceField(label=_("不予受理的理由类别"), required=False, choices=[("", "—"), *RefusalKind.choices])
    reasons = text(_("理由"))


class SignForm(forms.Form):
    """Asked only where another case looks the same; one sentence."""

    another_case = text(_("为何是另一案件"), 2, 500)


class ObjectForm(forms.Form):
    reasons = text(_("不属本机关管辖的理由"))
    suggested = forms.ModelChoiceField(Agency.objects.none(), label=_("建议由何机关管辖"), required=False, empty_label="—")

    agencies = ("suggested",)


class NoteForm(forms.Form):
    note = text(_("说明（可不填）"), 2)


class WantedForm(forms.Form):
    wanted = text(_("需要补充哪些材料"))


class DecideForm(forms.Form):
    kind = forms.ChoiceField(label=_("处理决定的种类"), required=False, choices=[("", "—"), *DecisionKind.choices])
    decision = text(_("处理决定"), 4)
    number = line(_("决定书文号"), 60)
    at = Moment(label=_("作出决定的时间"), required=False)


class ExtendForm(forms.Form):
    reason = text(_("延长的理由"))
    until = DayField(label=_("延长至（不填为条款允许的最长）"), required=False)


class PriorNoticeForm(forms.Form):
    to = line(_("通报了对方何人、以何方式"))
    at = Moment(label=_("通报时间"), required=False)


class OnwardForm(forms.Form):
    to = forms.ModelChoiceField(Agency.objects.none(), label=_("受移送机关"), required=False, empty_label="—")

    agencies = ("to",)


class HandlerWordsForm(forms.Form):
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("由何机关管辖"), required=False, empty_label="—")
    words = text(_("意见"))

    agencies = ("handler",)


class ConfirmForm(forms.Form):
    offer = forms.IntegerField(required=False, min_value=1, max_value=10**6, widget=forms.HiddenInput)


class HandlerForm(forms.Form):
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("由何机关管辖"), required=False, empty_label="—")

    agencies = ("handler",)


class DesignateForm(forms.Form):
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("指定管辖机关"), required=False, empty_label="—")
    reasons = text(_("决定的理由"))

    agencies = ("handler",)


class WordsForm(forms.Form):
    words = text(_("情况"))


class PersonForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("授权给谁"), required=False, empty_label="—")

    people = ("person",)


class ReaderForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("收回谁的授权"), required=False, empty_label="—")

    people = ("person",)


class ContactForm(forms.Form):
    department = line(_("联系部门"), 60)
    person = line(_("联系人"), 40)
    phone = line(_("联系电话"), 40)


class ProgressForm(forms.Form):
    words = text(_("内容"))


class ProgressPageForm(ProgressForm):
    file = forms.FileField(label=_("附件（可不选）"), required=False)


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else [files[name]] if name in files else []


class FilesField(forms.FileField):
    """Several files, or none."""

    most = 10
    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > self.most:
            raise forms.ValidationError(_("一次最多 %(most)d 个文件。"), params={"most": self.most})
        return [super(FilesField, self).clean(one, initial) for one in given]


class ResultForm(forms.Form):
    file = FilesField(label=_("随函附上处罚决定书等（可不选，可多个）"), required=False)


class NothingForm(forms.Form):
    """An act that needs no words."""


def bound_to(form: type[forms.Form], by: Actor, *args: Any, **kwargs: Any) -> forms.Form:
    """The form with its agency choices filled for this actor's jurisdiction."""
    made = form(*args, **kwargs)
    standing = Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=by.jurisdiction_id, kind__in=PARTY_KINDS)
    for name in getattr(form, "agencies", ()):
        made.fields[name].queryset = standing
    for name in getattr(form, "people", ()):
        field = made.fields[name]
        field.queryset = (
            User.objects.filter(holdings__agency__jurisdiction_id=by.jurisdiction_id, holdings__machine=False, is_active=True)
            .distinct()
            .order_by("pk")
        )
        field.label_from_instance = lambda user: user.display_name
    return made
