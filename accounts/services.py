"""Acts on people and posts."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.api_auth import digest_of
from accounts.kinds import Post
from accounts.models import Absence, Agency, ApiToken, PostHolding, User
from core import audit
from core.errors import BadInput, NotAllowed


def record_sign_in(user: User, verb: str, actor: Actor, **detail: str) -> None:
    """Keep in the user's chain that somebody signed in, out, or was refused."""
    with transaction.atomic():
        audit.record("user", user.pk, f"user.{verb}", by=actor, **detail)


def record_unknown_sign_in(actor: Actor) -> None:
    """Keep that somebody tried a name that nobody has; the name itself is not kept."""
    with transaction.atomic():
        audit.record("sign_in", "unknown", "sign_in.refused", by=actor)


def delegate_post(*, by: Actor, deputy: User, since: dt.date, until: dt.date, reason: str) -> Absence:
    """The holder of the acting post names who acts in it from `since` to `until` (Shanghai dates, both included)."""
    if by.holding_id is None or by.deputy:
        raise NotAllowed(_("只有本人担任的岗位可以授权代行。"))
    if until < since or until < timezone.localdate():
        raise BadInput(_("代行期间不对。"), fields={"until": _("止日须不早于起日和今天。")})
    if not reason.strip():
        raise BadInput(_("请填写事由。"), fields={"reason": _("请填写事由。")})
    holding = PostHolding.objects.get(pk=by.holding_id)
    if deputy.pk == holding.user_id or not PostHolding.objects.filter(user=deputy, agency=holding.agency).exists():
        raise BadInput(_("代行人须是本机关其他人员。"), fields={"deputy": _("代行人须是本机关其他人员。")})
    with transaction.atomic():
        absence = Absence.objects.create(holding=holding, deputy=deputy, since=since, until=until, reason=reason.strip())
        audit.record("user", holding.user_id, "user.delegate_post", by=by, deputy=deputy.pk, since=str(since), until=str(until))
        return absence


def make_token(*, by: Actor, holding: PostHolding, name: str, days: int = 365) -> tuple[ApiToken, str]:
    """A bearer token for another system, bound to a post. Returns the row and the token, which is shown once."""
    if not by.is_system and not (by.holds(Post.ADMINISTRATOR) and holding.agency.jurisdiction_id == by.jurisdiction_id):
        raise NotAllowed(_("接口令牌由系统管理员发放。"))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(holding=holding, name=name[:60], digest=digest_of(token), expires_at=timezone.now() + dt.timedelta(days=days))
        audit.record("user", holding.user_id, "user.make_token", by=by, token=row.pk)
    return row, token


def merge_agency(agency: Agency, *, into: Agency, on: dt.date, by: Actor) -> Agency:
    """`agency` is merged into `into`: its last day is the day before `on`; its rows, numbers and history stay its own."""
    if not by.is_system and not by.holds(Post.ADMINISTRATOR):
        raise NotAllowed(_("机构变更由系统管理员登记。"))
    if into.pk == agency.pk or into.valid_to is not None or into.jurisdiction_id != agency.jurisdiction_id:
        raise BadInput(_("承继机构须是本地另一个现存机构。"), fields={"into": _("承继机构须是本地另一个现存机构。")})
    with transaction.atomic():
        agency.valid_to, agency.successor = on - dt.timedelta(days=1), into
        agency.save(update_fields=["valid_to", "successor"])
        audit.record("agency", agency.pk, "agency.merge", by=by, into=into.pk, on=str(on))
    return agency
