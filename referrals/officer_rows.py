"""The enforcement officers as rows of the draft, on the page and by REST."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import LineField, NameField
from foundation.cases.officers import OFFICERS
from referrals.rows import RowsField


class OfficerForm(forms.Form):
    """One officer with the number of the enforcement certificate."""

    name = NameField(label=_("执法人员姓名"), required=False, max_length=40)
    certificate = LineField(label=_("执法证号"), required=False, max_length=40)


class OfficersField(RowsField):
    """The two officers of the case."""

    row_form = OfficerForm
    most = OFFICERS
    too_many = _("执法人员最多填写%(most)d名。")
    which = _("第%(number)d名执法人员，%(label)s：%(said)s")
