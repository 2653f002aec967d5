"""What `migrate` and `check --database` say of the stored data of this business."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError

from referrals.services.same_facts_keys import older_facts_keys


def keys_are_of_todays_normalisation(databases: Any = None, **_more: Any) -> list[CheckMessage]:
    """After a release that compares the same facts otherwise, cases stored before are not found until their keys are renewed."""
    if not databases:
        return []
    try:
        older = older_facts_keys()
    except DatabaseError:
        # Before the first migration, or before the one that added the column: nothing is stored that could be older.
        return []
    if not older:
        return []
    said = f"{older} referral(s) are looked up by keys of an older normalisation; the same facts typed again may pass them by."
    return [Warning(said, hint="Run manage.py renew_facts_keys.", id="referrals.W001")]
