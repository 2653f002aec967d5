"""What a merged agency leaves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.decisions import Allow, Decision
from referrals.policies.sides import stranger


def may_pass_on(thing: Any, by: Actor) -> Decision:
    """What a merged agency leaves goes to its successor on the day, by the watch (oversight/succession.py)."""
    return Allow() if by.is_system else stranger(_("机构撤并后由系统转由承继机构接办。"))
