"""The end of an agency as the administration's form states it: a last day, with or without a successor."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Agency
from accounts.services import merge_agency
from core.errors import BadInput
from oversight.succession import end_agency, keep_agency


def end_as_wanted(agency: Agency, last_day: dt.date | None, successor: Agency | None, *, by: Actor) -> None:
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
