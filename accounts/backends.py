"""The administration's rights come from the post of system administrator, like all rights."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.actors import posts_of
from accounts.kinds import Post

KEPT_BY_ADMINISTRATOR = ("accounts", "deadlines")
LOOKED_AT = ("cases", "referrals")


class AdministratorPost(BaseBackend):
    """Who holds the post may keep agencies, posts, people, rules and matters, and look at cases; nobody else may by this backend."""

    def _holds(self, user: Any) -> bool:
        if not hasattr(user, "_is_administrator"):
            user._is_administrator = user.is_active and any(h.post == Post.ADMINISTRATOR for h, _deputy in posts_of(user))
        return bool(user._is_administrator)

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        app, _dot, name = perm.partition(".")
        if not user.is_staff or app not in (*KEPT_BY_ADMINISTRATOR, *LOOKED_AT):
            return False
        if app in LOOKED_AT and not (name.startswith("view_") or name in ("add_matter", "change_matter")):
            return False
        return self._holds(user)

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        return user.is_staff and app_label in (*KEPT_BY_ADMINISTRATOR, *LOOKED_AT) and self._holds(user)
