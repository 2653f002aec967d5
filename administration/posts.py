"""Acts on posts, by the security administrator: who holds which, from when to when, and who deputises."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import Post
from accounts.models import Absence, Agency, ApiToken, Jurisdiction, PostHolding, User
from accounts.services import refuse_second_administration
from administration.districts import of_district
from administration.keeping import keep
from administration.rights import may_keep
from core import audit
from core.acts import demand
from core.errors import BadInput, NotAllowed, NotVisible
from core.retries import tried_again

EARLIEST = dt.date(2000, 1, 1)
AHEAD = dt.timedelta(days=731)


def _own(user_id: int, by: Actor) -> None:
    if by.user_id == user_id:
        raise NotAllowed(_("自己的岗位由另一位安全管理员办理。"))


def _plausible(**days: dt.date | None) -> None:
    """Raises BadInput naming the first day before 2000 or more than two years ahead."""
    for name, day in days.items():
        if day is not None and not EARLIEST <= day <= timezone.localdate() + AHEAD:
            sentence = _("日期须在 2000 年以后、两年以内。")
            raise BadInput(sentence, fields={name: sentence})


@tried_again
def hold_post(*, by: Actor, user: User, agency: Agency, post: str, title: str = "", since: dt.date, until: dt.date | None = None) -> PostHolding:
    """`user` holds `post` in `agency` from `since` to `until` (Shanghai dates, both included; None: until further notice).

    Raises NotAllowed (not the security administrator, or a post for oneself), BadInput by field.
    """
    demand(may_keep(by, "accounts.postholding"))
    _own(user.pk, by)
    if post not in Post.values or post == Post.SYSTEM:
        raise BadInput(_("没有这个岗位。"), fields={"post": _("没有这个岗位。")})
    _plausible(since=since, until=until)
    if until is not None and until < since:
        raise BadInput(_("止日须不早于起日。"), fields={"until": _("止日须不早于起日。")})
    if not user.is_active:
        raise BadInput(_("该账号已停用，不能任职。"), fields={"user": _("该账号已停用，不能任职。")})
    if not agency.in_being(max(since, timezone.localdate())):
        raise BadInput(_("该机构届时不存在，不能任职。"), fields={"agency": _("该机构届时不存在，不能任职。")})
    with transaction.atomic():
        # One at a time for each person, so that two administrators cannot give two of the three at once.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        refuse_second_administration(user, post, since=since, until=until)
        return keep(PostHolding(user=user, agency=agency, post=post, title=title, since=since, until=until), by=by)


def _holding(pk: int, *, by: Actor) -> PostHolding:
    demand(may_keep(by, "accounts.postholding"))
    mine = of_district(PostHolding, by.jurisdiction_id).filter(machine=False).values("pk")
    found = PostHolding.objects.select_for_update(no_key=True).filter(pk=pk, pk__in=mine).first()
    if found is None:
        raise NotVisible(_("没有这条任职，或者它不在本行政区域内。"))
    _own(found.user_id, by)
    return found


@tried_again
def change_term(pk: int, *, by: Actor, title: str, until: dt.date | None) -> PostHolding:
    """Another title, another last day. Who holds what, where, and since when, stands: another post is another holding."""
    with transaction.atomic():
        holding = _holding(pk, by=by)
        _plausible(until=until)
        if until is not None and until < holding.since:
            raise BadInput(_("止日须不早于起日。"), fields={"until": _("止日须不早于起日。")})
        refuse_second_administration(holding.user, holding.post, since=holding.since, until=until, but=holding.pk)
        holding.title, holding.until = title, until
        return keep(holding, by=by)


def end_post(pk: int, *, by: Actor, last_day: dt.date) -> PostHolding:
    """The post is held up to and including `last_day` (Shanghai date)."""
    holding = of_district(PostHolding, by.jurisdiction_id).filter(pk=pk).first()
    return change_term(pk, by=by, title=holding.title if holding else "", until=last_day)


@tried_again
def end_deputising(pk: int, *, by: Actor, until: dt.date) -> Absence:
    """The deputy acts up to and including `until`; it can only be brought forward."""
    demand(may_keep(by, "accounts.absence"))
    with transaction.atomic():
        mine = of_district(Absence, by.jurisdiction_id).values("pk")
        absence = Absence.objects.select_for_update(no_key=True).filter(pk=pk, pk__in=mine).first()
        if absence is None:
            raise NotVisible(_("没有这条授权代行，或者它不在本行政区域内。"))
        _own(absence.deputy_id, by)
        if not absence.since <= until <= absence.until:
            sentence = _("代行只能提前结束，止日须在原期间内；延长请重新登记。")
            raise BadInput(sentence, fields={"until": sentence})
        absence.until = until
        return keep(absence, by=by)


@tried_again
def revoke_token(pk: int, *, by: Actor) -> ApiToken:
    """The token is void at once, and for ever."""
    demand(may_keep(by, "accounts.apitoken"))
    with transaction.atomic():
        mine = of_district(ApiToken, by.jurisdiction_id).values("pk")
        token = ApiToken.objects.select_for_update(no_key=True).filter(pk=pk, pk__in=mine).first()
        if token is None:
            raise NotVisible(_("没有这个令牌，或者它不在本行政区域内。"))
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            audit.record("user", token.holding.user_id, "user.revoke_token", by=by, token=token.pk)
        return token


@tried_again
def demand_second_factor(*, by: Actor, of: list[str]) -> Jurisdiction:
    """The posts of the own district that must sign in with a one-time code; an empty list asks it of nobody."""
    if not by.holds(Post.SECURITY):
        raise NotAllowed(_("须用动态口令的岗位由安全管理员规定。"))
    if set(of) - set(Post.values):
        raise BadInput(_("没有这个岗位。"), fields={"second_factor_posts": _("没有这个岗位。")})
    with transaction.atomic():
        row = Jurisdiction.objects.select_for_update(no_key=True).get(pk=by.jurisdiction_id)
        before, row.second_factor_posts = row.second_factor_posts, sorted(set(of))
        row.save(update_fields=["second_factor_posts"])
        told = {"second_factor_posts": [before, row.second_factor_posts]}
        audit.record("jurisdiction", row.pk, "jurisdiction.demand_second_factor", by=by, changes=told)
    return row
