"""The end of an agency as the administration's form states it: a last day, with or without a successor."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Agency
from accounts.services import merge_agency
from administration.keeping import keep
from core.errors import BadInput
from core.retries import tried_again
from oversight.succession import end_agency, keep_agency


@tried_again
def keep_with_end(row: Agency, *, by: Actor) -> Agency:
    """Keep the row as the form has it: the end by the rules of mergers, all else by the administration's own. All or nothing."""
    before = Agency.objects.filter(pk=row.pk).first() or Agency()
    wanted = (row.valid_to, row.successor)
    row.valid_to, row.successor = before.valid_to, before.successor
    try:
        with transaction.atomic():
            kept: Agency = keep(row, by=by)
            if wanted != (before.valid_to, before.successor):
                _end_as_wanted(kept, *wanted, by=by)
    finally:
        # Tried again, or shown again with what was typed.
        row.valid_to, row.successor = wanted
    return kept


def _end_as_wanted(agency: Agency, last_day: dt.date | None, successor: Agency | None, *, by: Actor) -> None:
    """Register what the form says, by the services of mergers. Raises NotAllowed, and BadInput beside the form's own fields."""
    if last_day is None and successor is not None:
        sentence = _("请填写最后一日。")
        raise BadInput(sentence, fields={"valid_to": sentence})
    try:
        if last_day is None:
            keep_agency(agency, by=by)
        elif successor is None:
            end_agency(agency, last_day=last_day, by=by)
        else:
            merge_agency(agency, into=successor, on=last_day + dt.timedelta(days=1), by=by)
    except BadInput as refusal:
        names = {"on": "valid_to", "into": "successor"}
        raise BadInput(refusal.reason, refusal.clause, {names.get(k, k): v for k, v in refusal.fields.items()}) from refusal
