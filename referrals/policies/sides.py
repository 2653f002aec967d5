"""Whose step it is: what a policy says first, of the sender's side and of the receiver's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, DEPENDENT_KINDS, LEADERS
from core.decisions import Allow, Decision, Deny
from referrals.models import Referral
from referrals.requirements import name_problem
from referrals.rules import profile_of_referral


def stranger(words: str) -> Deny:
    """No, and nothing of it is shown to whom it does not concern."""
    return Deny(words, hide=True)


def sender(referral: Referral, by: Actor, posts: tuple[str, ...], words: str) -> Decision:
    """Allow who holds one of `posts` in the referring agency; `words` say to others there whose step it is."""
    if not by.of(referral.from_agency_id):
        return stranger(_("只有移送机关可以办理这一步。"))
    return Allow() if by.holds(*posts) else Deny(words, hide=True)


def receiver(referral: Referral, by: Actor, posts: tuple[str, ...] = (*CLERKS, *LEADERS)) -> Decision:
    """Allow who holds one of `posts` in the agency that the letter went to; not a squad of it where the document says only."""
    if not by.of(referral.to_agency_id):
        return stranger(_("只有受移送机关可以办理这一步。"))
    assert by.agency is not None
    if by.agency.kind in DEPENDENT_KINDS:
        # An answer, too, is given in the name of the body that the document means, not of a squad or section of it.
        problem = name_problem(by.agency, profile_of_referral(referral), "")
        if problem:
            return Deny(problem.sentence, problem.clause)
    return Allow() if by.holds(*posts) else Deny(_("您的岗位不办理案件移送。"), hide=True)
