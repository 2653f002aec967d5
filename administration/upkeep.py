"""What the floors below background work need at set times: they cannot name themselves there."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.tidying import tidy_sign_ins
from core import anchors, seals
from core.answers import forget_old_answers
from foundation.sessions.engine import SessionStore
from foundation.storing.keeping import remove_discarded
from foundation.typed.services import forget_old
from foundation.work.kinds import Timed, at_set_times


def register_upkeep() -> None:
    at_set_times(Timed("seal-audit", _("留痕封签"), "watch", lambda now: seals.seal_audit(), dt.timedelta(minutes=10)))
    at_set_times(Timed("anchor-audit", _("留痕锚定"), "watch", lambda now: anchors.anchor_audit(), dt.timedelta(minutes=30)))
    at_set_times(Timed("forget-answers", _("清理接口的重复应答"), "watch", forget_old_answers))
    at_set_times(Timed("forget-ended-sessions", _("清理已结束的登录"), "watch", lambda now: SessionStore.clear_expired()))
    at_set_times(Timed("forget-typed-work", _("清理过期的自动保存"), "watch", forget_old))
    at_set_times(Timed("remove-discarded-files", _("清理已删除的文件"), "watch", lambda now: remove_discarded()))
    at_set_times(Timed("tidy-sign-ins", _("清理登录记录"), "watch", tidy_sign_ins))
