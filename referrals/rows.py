"""Rows of one kind within a form: posted by the page (`officers-0-name`), or given as a list of objects by REST."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.functional import Promise


class Rows(forms.Widget):
    """Reads the rows in the order in which they were posted. A row that was taken away or holds nothing is none."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names

    def _rows(self, data: Any, name: str) -> dict[int, dict[str, Any]]:
        rows: dict[int, dict[str, Any]] = {}
        for key in data:
            found = re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,4}})-([a-z_]+)", str(key))
            if found and found[2] in (*self.names, "remove"):
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


class RowsField(forms.Field):
    """A list of rows, each as `row_form` cleans it. Errors name the row by its number.

    `most` rows at the most, said by `too_many` (with %(most)d); `which` says of which row (%(number)d, from `first`) something is wrong.
    """

    row_form: type[forms.Form]
    most: int
    first = 1
    too_many: str | Promise
    which: str | Promise

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Rows(tuple(self.row_form.base_fields)), **kwargs)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows = value or []
        if len(rows) > self.most:
            raise forms.ValidationError(self.too_many, params={"most": self.most + self.first - 1})
        found, wrong = [], []
        for number, row in enumerate(rows, self.first):
            form = self.row_form({name: value for name, value in row.items() if value is not None})
            if form.is_valid():
                found.append(form.cleaned_data)
            wrong += [
                forms.ValidationError(self.which, params={"number": number, "label": form.fields[name].label, "said": " ".join(map(str, said))})
                for name, said in form.errors.items()
            ]
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def rows_to_show(form: forms.Form, name: str, *, extra: int = 0, least: int = 0) -> list[forms.Form]:
    """The rows of the field `name` as typed or as kept, and `extra` empty ones (or as many as make `least`), to be shown."""
    field = form.fields[name]
    rows = (field.widget.value_from_datadict(form.data, None, name) if form.is_bound else form.initial.get(name)) or []
    empty = max(extra, least - len(rows))
    return [field.row_form(initial=row, prefix=f"{name}-{number}") for number, row in enumerate([*rows, *[{}] * empty])]
