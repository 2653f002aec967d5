"""Acts on people and posts."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, demands_second_factor
from accounts.api_auth import digest_of
from accounts.kinds import PARTY_KINDS, THREE_ADMINISTRATORS, AgencyKind, Post
from accounts.models import Absence, Agency, ApiToken, PostHolding, User, in_force
from core import audit
from core.errors import BadInput, NotAllowed
from core.retries import tried_again
from core.text import clean_name, shortened
from core.wording import said

LONGEST_ABSENCE = dt.timedelta(days=366)


@tried_again
def record_sign_in(user: User, verb: str, actor: Actor, **detail: str) -> None:
    """Keep in the user's chain that somebody signed in, out, or was refused."""
    with transaction.atomic():
        audit.record("user", user.pk, f"user.{verb}", by=actor, **detail)


def refuse_second_administration(user: User, post: str, *, since: dt.date, until: dt.date | None = None, but: int | None = None) -> None:
    """Raises BadInput where `user` would hold, or deputise in, two of the three administrations at once (GB/T 22239-2019, 8.1.5)."""
    if post not in THREE_ADMINISTRATORS:
        return
    others = [p for p in THREE_ADMINISTRATORS if p != post]
    last = until or dt.date.max
    held = PostHolding.objects.filter(Q(until=None) | Q(until__gte=since), user=user, post__in=others, since__lte=last).exclude(pk=but)
    away = Absence.objects.filter(deputy=user, holding__post__in=others, since__lte=last, until__gte=since)
    if held.exists() or away.exists():
        sentence = _("系统管理员、安全管理员、审计管理员须由三人分别担任，同一人不能兼任或代行其中两个。")
        raise BadInput(sentence, fields={"post": sentence})


def _holding_to_delegate(by: Actor, holding: PostHolding | None) -> PostHolding:
    """One's own post; or, for the security administrator, another's in the same district."""
    if holding is None:
        if by.holding_id is None or by.deputy:
            raise NotAllowed(_("只有本人担任的岗位可以授权代行。"))
        return PostHolding.objects.select_related("agency", "user").get(pk=by.holding_id)
    if by.is_system or (holding.pk == by.holding_id and not by.deputy):
        return holding
    if not by.holds(Post.SECURITY) or holding.agency.jurisdiction_id != by.jurisdiction_id:
        raise NotAllowed(_("他人岗位的代行由本行政区域的安全管理员登记。"))
    return holding


def colleagues_of(holding: PostHolding, day: dt.date) -> QuerySet[User]:
    """Who may deputise in a post that begins to be deputised on `day`: active people with a post of their own in that agency then."""
    own = PostHolding.objects.filter(in_force(day), agency_id=holding.agency_id, machine=False)
    return User.objects.filter(pk__in=own.values("user_id"), is_active=True).exclude(pk=holding.user_id).order_by("pk")


@tried_again
def delegate_post(*, by: Actor, deputy: User, since: dt.date, until: dt.date, reason: str, holding: PostHolding | None = None) -> Absence:
    """Who acts in a post from `since` to `until` (Shanghai dates, both included): named by its holder, or by the security administrator.

    The deputising ends earlier where the holder's term, the agency or the deputy's own post in the agency ends earlier.
    Raises NotAllowed, BadInput by field.
    """
    holding = _holding_to_delegate(by, holding)
    today = timezone.localdate()
    if until < since or until < today or until > today + LONGEST_ABSENCE:
        raise BadInput(_("代行期间不对。"), fields={"until": _("止日须不早于起日和今天，最长一年。")})
    reason = said(reason, "reason", _("请填写事由。"))
    if holding.machine or not holding.in_force_on(max(since, today)):
        raise BadInput(_("这个岗位届时不在任期内，不能授权代行。"), fields={"since": _("这个岗位届时不在任期内，不能授权代行。")})
    if deputy.pk == by.user_id and holding.user_id != by.user_id:
        raise NotAllowed(_("不能指定自己代行他人的岗位。"))
    if not colleagues_of(holding, max(since, today)).filter(pk=deputy.pk).exists():
        raise BadInput(_("代行人须是本机关其他在任人员。"), fields={"deputy": _("代行人须是本机关其他在任人员。")})
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=deputy.pk)
        try:
            refuse_second_administration(deputy, holding.post, since=since, until=until)
        except BadInput as refusal:
            raise BadInput(refusal.reason, fields={"deputy": refusal.reason}) from None
        absence = Absence.objects.create(holding=holding, deputy=deputy, since=since, until=until, reason=reason)
        audit.record("user", holding.user_id, "user.delegate_post", by=by, holding=holding.pk, deputy=deputy.pk, since=str(since), until=str(until))
        return absence


@tried_again
def make_token(*, by: Actor, holding: PostHolding, name: str, days: int = 365) -> tuple[ApiToken, str]:
    """A bearer token for another system, bound to a post. Returns the row and the token, which is shown once."""
    if not by.is_system and not (by.holds(Post.SECURITY) and holding.agency.jurisdiction_id == by.jurisdiction_id):
        raise NotAllowed(_("接口令牌由安全管理员发放。"))
    if demands_second_factor(holding):
        raise NotAllowed(_("这个岗位须用动态口令，不发个人令牌；请登记对接客户端，由主要负责人确认。"))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(
            holding=holding, name=shortened(clean_name(name), 60), digest=digest_of(token), expires_at=timezone.now() + dt.timedelta(days=days)
        )
        audit.record("user", holding.user_id, "user.make_token", by=by, token=row.pk)
    return row, token


@tried_again
def merge_agency(agency: Agency, *, into: Agency, on: dt.date, by: Actor) -> Agency:
    """`agency` is merged into `into`: its last day is the day before `on` (a Shanghai date); its rows, numbers and history stay its own.

    Until then it works as before; on the day the watch passes on what is open (oversight/succession.py). Registered again,
    another day or successor takes the place of the first, as long as nothing was passed on. Raises NotAllowed, BadInput by field.
    """
    with transaction.atomic():
        agency, into = refuse_to_end(agency, by), Agency.objects.select_for_update(no_key=True).get(pk=into.pk)
        _refuse_successor(agency, into, on)
        end_on(agency, on - dt.timedelta(days=1), into)
        audit.record("agency", agency.pk, "agency.merge", by=by, into=into.pk, on=str(on))
    return agency


def refuse_to_end(agency: Agency, by: Actor) -> Agency:
    """The agency's row, fresh and locked. Raises unless `by` may register that it ends, and nothing of it was passed on yet."""
    if not by.is_system and not (by.holds(Post.ADMINISTRATOR) and by.jurisdiction_id == agency.jurisdiction_id):
        raise NotAllowed(_("机构变更由本行政区域的系统管理员登记。"))
    row = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if row.passed_on_at is not None:
        raise BadInput(_("%(agency)s 已经撤并，不能再次登记。") % {"agency": row.name})
    return row


def end_on(agency: Agency, last_day: dt.date | None, successor: Agency | None) -> None:
    """Write the last day (a Shanghai date; None: it goes on) and the successor; called inside the act's transaction."""
    if last_day is not None and last_day < agency.valid_from:
        sentence = _("最后一日不能早于设立日期。")
        raise BadInput(sentence, fields={"on": sentence})
    coming = Agency.objects.filter(successor=agency, passed_on_at=None).order_by("pk")
    heirs = coming.filter(valid_to__gte=last_day) if last_day else coming.none()
    if heirs:
        sentence = _("%(other)s 届时才并入本机构，请先改定它的承继机构。") % {"other": heirs[0].name}
        raise BadInput(sentence, fields={"on": sentence})
    agency.valid_to, agency.successor = last_day, successor
    agency.save(update_fields=["valid_to", "successor"])


def _refuse_successor(agency: Agency, into: Agency, on: dt.date) -> None:
    """Raise BadInput in a sentence where `into` cannot take over what `agency` leaves on `on`."""
    sentence = ""
    if into.pk == agency.pk:
        sentence = _("机构不能并入自己。")
    elif into.jurisdiction_id != agency.jurisdiction_id:
        sentence = _("承继机构须在同一行政区域。")
    elif not into.in_being(max(on, timezone.localdate())):
        sentence = _("%(agency)s 届时已撤并或尚未设立，不能承继。") % {"agency": into.name}
    elif (agency.kind in PARTY_KINDS) != (into.kind in PARTY_KINDS) or (agency.kind == AgencyKind.GOVERNMENT) != (into.kind == AgencyKind.GOVERNMENT):
        sentence = _("%(agency)s 不是能够办理原机构事务的一类机关，不能承继。") % {"agency": into.name}
    if sentence:
        raise BadInput(sentence, fields={"into": sentence})
