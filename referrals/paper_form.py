"""What the list of materials says of the paper behind a file, as typed on the page or sent by REST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.cases.models import Material

MOST_COPIES, MOST_PAGES = 999, 99999


@dataclass(frozen=True)
class Paper:
    """How many copies of the paper go along, of how many pages, and whether it is the original; nothing of it need be known."""

    copies: int | None = None
    pages: int | None = None
    original: str = ""


class PaperForm(forms.Form):
    copies = forms.IntegerField(label=_("份数"), required=False, min_value=1, max_value=MOST_COPIES)
    pages = forms.IntegerField(label=_("页数"), required=False, min_value=1, max_value=MOST_PAGES)
    original = forms.ChoiceField(label=_("原件或复印件"), required=False, choices=[("", "—"), *Material.Original.choices])

    def paper(self) -> Paper:
        return Paper(**self.cleaned_data)

    @staticmethod
    def of(material: Any) -> PaperForm:
        """The form that shows and changes what is said of this material's paper."""
        kept = {name: getattr(material, name) for name in PaperForm.base_fields}
        return PaperForm(initial=kept, prefix=f"paper-{material.pk}")
