"""Further parties as rows of the draft: posted by the page (`further_parties-0-name`), or as a list of objects by REST.

The rows work without scripts: one button saves and gives an empty row, each row has one that takes it away.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import CodeField, LineField, NameField
from foundation.cases.identity import LONGEST
from foundation.cases.models import Case, DocumentKind
from foundation.cases.parties import MOST
from referrals.rows import RowsField


class PartyForm(forms.Form):
    """One further party; the draft's own fields hold the first."""

    kind = forms.ChoiceField(label=_("当事人类型"), required=False, choices=[("", "—"), *Case.PartyKind.choices])
    name = NameField(label=_("当事人名称或姓名"), required=False, max_length=100)
    document = forms.ChoiceField(label=_("证件种类"), required=False, choices=[("", _("按号码识别")), *DocumentKind.choices])
    document_words = LineField(label=_("其他证件的名称"), required=False, max_length=40)
    code = CodeField(label=_("统一社会信用代码或证件号码"), required=False, max_length=LONGEST)
    representative = NameField(label=_("法定代表人（负责人）"), required=False, max_length=100)
    sex = forms.ChoiceField(label=_("性别"), required=False, choices=[("", "—"), *Case.Sex.choices])
    age = forms.IntegerField(label=_("年龄"), required=False, min_value=0, max_value=150)
    address = LineField(label=_("住所或住址"), required=False, max_length=200)
    contact = LineField(label=_("联系方式"), required=False, max_length=60)


class PartiesField(RowsField):
    """A list of further parties, each as `PartyForm` cleans it. Errors name the party by its number in the case."""

    row_form = PartyForm
    most, first = MOST - 1, 2
    too_many = _("当事人最多%(most)d个。")
    which = _("第%(number)d个当事人，%(label)s：%(said)s")
