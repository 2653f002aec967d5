"""The facts of a case whose letter is out, as they are put right: shape of input only. What is not given stays."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.cases.models import Case
from foundation.cases.parties import further_parties
from referrals.draft_form import DraftForm
from referrals.inputs import line
from referrals.services.correcting import CORRECTABLE


class CorrectFactsForm(forms.Form):
    """Any of the facts, and why. `cleaned_data` is what the act takes: {reason, changes}."""

    reason = line(_("更正的理由"))

    # The same fields as the draft's, so that a fact is typed and checked in one way only.
    vars().update({name: DraftForm.base_fields[name] for name in CORRECTABLE})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        return {"reason": given.get("reason", ""), "changes": {n: given[n] for n in CORRECTABLE if n in given and n in self.data}}

    @staticmethod
    def initial_of(case: Case) -> dict[str, Any]:
        return {n: getattr(case, n) for n in CORRECTABLE} | {"further_parties": [asdict(party) for party in further_parties(case)]}
