"""Who lets files go that the virus scanner could not look at."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import LEADERS
from core.decisions import Allow, Decision, Deny
from foundation.formats.clamd import switched_on
from referrals.models import Referral
from referrals.policies.sides import stranger
from referrals.selectors import stuck_files


def may_release_unscanned(referral: Referral, by: Actor) -> Decision:
    """A leader of the side that sends them, while the scanner is away or the file is beyond it; never what is infected."""
    if by.agency_id not in (referral.from_agency_id, referral.to_agency_id):
        return stranger(_("只有移送双方可以放行文件。"))
    if not by.holds(*LEADERS):
        return Deny(_("放行未查毒的文件由本机关领导决定。"), hide=True)
    if not switched_on() or not stuck_files(referral, by):
        return Deny(_("没有等着放行的文件：查毒程序没有停，或者已经查完。"), hide=True)
    return Allow()
