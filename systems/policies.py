"""Who may administer the clients of other systems."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import Post
from accounts.models import Agency
from core.decisions import Allow, Decision, Deny


def may_administer_clients(by: Actor, agency: Agency | None = None) -> Decision:
    """The security administrator of the same jurisdiction: a client holds a post, and posts are the security administrator's."""
    if not by.holds(Post.SECURITY):
        return Deny(_("对接客户端由安全管理员管理。"))
    if agency is not None and agency.jurisdiction_id != by.jurisdiction_id:
        return Deny(_("只能管理本行政区域内的对接客户端。"))
    return Allow()
