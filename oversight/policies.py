"""Who may do what with an escalation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS, Post
from core.decisions import Allow, Decision, Deny
from oversight.models import Escalation


def may_propose(escalation: Escalation, by: Actor) -> Decision:
    if by.in_government_office and by.holds(Post.GOVERNMENT_CLERK):
        return Allow()
    return Deny(_("由政府办公室拟办。"), hide=True)


def _leader(escalation: Escalation, by: Actor) -> Decision:
    if not by.in_government_office:
        return Deny(_("由政府领导批示。"), hide=True)
    if not by.holds(Post.GOVERNMENT_LEADER):
        return Deny(_("须由政府领导批示。"), escalation.clock.clause)
    if by.user_id is not None and by.user_id in (escalation.proposer_id, *escalation.proposers):
        return Deny(_("批示人与拟办人不能是同一人。"), escalation.clock.clause)
    return Allow()


def may_instruct(escalation: Escalation, by: Actor) -> Decision:
    return _leader(escalation, by)


def may_dismiss(escalation: Escalation, by: Actor) -> Decision:
    return _leader(escalation, by)


def _late(escalation: Escalation, by: Actor) -> Decision:
    if by.of(escalation.late_agency_id) and by.holds(*CLERKS, *LEADERS):
        return Allow()
    return Deny(_("由逾期机关说明。"), hide=True)


def may_explain_early(escalation: Escalation, by: Actor) -> Decision:
    return _late(escalation, by)


def may_explain(escalation: Escalation, by: Actor) -> Decision:
    return _late(escalation, by)


def _office(escalation: Escalation, by: Actor) -> Decision:
    if (by.in_government_office and by.holds(Post.GOVERNMENT_CLERK, Post.GOVERNMENT_LEADER)) or by.holds(Post.SUPERVISION):
        return Allow()
    return Deny(_("由政府办公室或督查室办理。"), hide=True)


def may_close(escalation: Escalation, by: Actor) -> Decision:
    return _office(escalation, by)


def may_hand_over(escalation: Escalation, by: Actor) -> Decision:
    return _office(escalation, by)


def may_pass_on(_escalation: Escalation, by: Actor) -> Decision:
    return Allow() if by.is_system else Deny(_("机构撤并后由系统转由承继机构接办。"), hide=True)


ESCALATION_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {
    "propose": may_propose, "instruct": may_instruct, "dismiss": may_dismiss, "explain_early": may_explain_early,
    "explain": may_explain, "close": may_close, "hand_over": may_hand_over, "pass_on": may_pass_on,
}  # fmt: skip
