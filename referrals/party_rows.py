"""Further parties as rows of the draft: posted by the page (`further_parties-0-name`), or as a list of objects by REST.

The rows work without scripts: one button saves and gives an empty row, each row has one that takes it away.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import CodeField, LineField, NameField
from foundation.cases.identity import LONGEST
from foundation.cases.models import Case, DocumentKind
from foundation.cases.parties import MOST, PARTY_FIELDS


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


class PartyRows(forms.Widget):
    """Reads the rows in the order in which they were posted. A row that was taken away or holds nothing is none."""

    def _rows(self, data: Any, name: str) -> dict[int, dict[str, Any]]:
        rows: dict[int, dict[str, Any]] = {}
        for key in data:
            found = re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,4}})-([a-z_]+)", str(key))
            if found and found[2] in (*PARTY_FIELDS, "remove"):
                rows.setdefault(int(found[1]), {})[found[2]] = data.get(key)
        return rows

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if name in data and isinstance(data[name], list):
            return data[name]
        rows = self._rows(data, name)
        kept = [rows[number] for number in sorted(rows) if "remove" not in rows[number]]
        return [row for row in kept if any(str(value).strip() for value in row.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not self._rows(data, name)


class PartiesField(forms.Field):
    """A list of further parties, each as `PartyForm` cleans it. Errors name the party by its number in the case."""

    widget = PartyRows
    row_form = PartyForm

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows = value or []
        if len(rows) >= MOST:
            raise forms.ValidationError(_("当事人最多%(most)d个。"), params={"most": MOST})
        found, wrong = [], []
        for number, row in enumerate(rows, 2):
            form = PartyForm({name: value for name, value in row.items() if value is not None})
            if form.is_valid():
                found.append(form.cleaned_data)
            wrong += [
                forms.ValidationError(
                    _("第%(number)d个当事人，%(label)s：%(said)s"),
                    params={"number": number, "label": form.fields[name].label, "said": " ".join(map(str, said))},
                )
                for name, said in form.errors.items()
            ]
        if wrong:
            raise forms.ValidationError(wrong)
        return found
