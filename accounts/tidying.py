"""What was tried and from where people sign in is kept as long as it is needed, and no longer."""

from __future__ import annotations

import datetime as dt

from accounts.known import forget_old_addresses
from accounts.sign_in_limits import forget_old_tries
from accounts.unknown_names import tell_rest


def tidy_sign_ins(now: dt.datetime) -> int:
    """Forget counts of tries after a day, addresses after ninety; tell the trail of the last tries of unknown names."""
    tell_rest(now)
    return forget_old_tries(now) + forget_old_addresses(now)
