"""Which answers may stand in a frame: of our own pages, and only where they say so. Everything else stands in none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

View = Callable[..., HttpResponse]


def in_own_frame(view: View) -> View:
    """The view's answer may be framed by a page of ours: both headers say so, for browsers read one or the other."""
    policy: Any = csp_replace({"frame-ancestors": [SELF]})
    framed: View = xframe_options_sameorigin(policy(view))
    return framed
