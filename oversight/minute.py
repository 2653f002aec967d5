"""What the watch does each minute."""

from __future__ import annotations

import datetime as dt

from oversight import watch
from oversight.succession import carry_out_ends


def sweep(now: dt.datetime) -> int:
    """As of `now`: first what ended agencies leave passes on, so that who is told is who answers for it; then the clocks."""
    carry_out_ends(now)
    return watch.sweep(now)
