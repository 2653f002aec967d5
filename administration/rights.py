"""Which administrator keeps what. GB/T 22239-2019 (8.1.5) separates system, security and audit administration.

The system administrator keeps agencies, accounts, matters and rules and gives nobody a right; the security administrator gives
posts and makes no account: an account that may do something takes two people. The auditor (audit administrator) reads the trail.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import Post
from core.decisions import Allow, Decision, Deny

ADMINISTRATORS = (Post.ADMINISTRATOR, Post.SECURITY)
# Kind of row -> who adds and changes it. What is not listed is kept by nobody.
KEPT = {
    "accounts.jurisdiction": Post.ADMINISTRATOR,
    "accounts.agency": Post.ADMINISTRATOR,
    "accounts.user": Post.ADMINISTRATOR,
    "cases.matter": Post.ADMINISTRATOR,
    "deadlines.profileassignment": Post.ADMINISTRATOR,
    "deadlines.localtarget": Post.ADMINISTRATOR,
    "accounts.postholding": Post.SECURITY,
    "accounts.absence": Post.SECURITY,
    "accounts.apitoken": Post.SECURITY,
}
# What both administrators may look at although neither changes it.
LOOKED_AT = ("deadlines.profileversion", "deadlines.calendaryear")


def may_keep(by: Actor, kind: str) -> Decision:
    """Whether `by` may add or change rows of `kind` ("accounts.agency")."""
    keeper = KEPT.get(kind)
    if keeper is None:
        return Deny(_("这类记录不能在管理后台添加或修改。"))
    if by.is_system or by.holds(keeper):
        return Allow()
    return Deny(_("这类记录由%(post)s维护。") % {"post": Post(keeper).label})


def may_look_at(by: Actor, kind: str) -> Decision:
    """Whether `by` may read rows of `kind` in the administration."""
    if by.holds(*ADMINISTRATORS) and (kind in KEPT or kind in LOOKED_AT):
        return Allow()
    return Deny(_("管理后台没有这类记录，或者您无权查看。"))
