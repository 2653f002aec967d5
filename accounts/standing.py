"""Who may be named: an agency that stands today."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from core.errors import BadInput


def ended_sentence(names: str) -> str:
    """What is said of agencies that were merged or abolished, or are still to come."""
    return _("%(agency)s 已撤并或者尚未设立，请另选现存的机构。") % {"agency": names}


def demand_standing(field: str, agencies: Iterable[Agency | None]) -> None:
    """Raise BadInput beside `field` naming the first of these that is not in being today; what is empty is passed over."""
    today = timezone.localdate()
    for agency in agencies:
        if agency is not None and not agency.in_being(today):
            sentence = ended_sentence(agency.name)
            raise BadInput(sentence, fields={field: sentence})


def standing_heir(agency: Agency | None) -> Agency | None:
    """Whoever stands in this agency's place today: itself, its successor or that one's; itself where nobody does."""
    today, heir, passed = timezone.localdate(), agency, set()
    while heir is not None and not heir.in_being(today) and heir.pk not in passed:
        passed.add(heir.pk)
        heir = heir.successor
    return agency if heir is None or heir.pk in passed else heir
