"""A password is reset by two people: an administrator asks, another one or the head of the person's agency gives it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import HEADS, Post
from accounts.models import PasswordReset, PostHolding, User, in_force
from administration.districts import people_of
from administration.people import end_tokens, first_password
from administration.rights import ADMINISTRATORS
from core import audit
from core.acts import demand
from core.decisions import Allow, Decision, Deny
from core.errors import BadInput, NotVisible
from core.retries import tried_again
from notifications.models import Message
from notifications.telling import Note, tell

ASKED_FOR = dt.timedelta(hours=72)


def may_ask_reset(by: Actor, person_id: int) -> Decision:
    """Either administrator, for another person."""
    if not by.holds(*ADMINISTRATORS):
        return Deny(_("重置密码由系统管理员或安全管理员发起。"))
    if by.user_id == person_id:
        return Deny(_("自己的密码请在“修改密码”里修改。"))
    return Allow()


def may_give_reset(row: PasswordReset, by: Actor) -> Decision:
    """A second person: a security administrator, the system administrator where security asked, or the head of the person's agency.

    Two system administrators are not enough: they make the accounts, and would need nobody else to act in one.
    """
    if by.user_id in (row.asked_by_id, row.user_id):
        return Deny(_("须由发起人和本人以外的另一人确认。"))
    if by.holds(Post.SECURITY) or (by.holds(Post.ADMINISTRATOR) and row.asked_post == Post.SECURITY):
        return Allow()
    if by.holds(*HEADS) and not by.deputy and _holdings(by).filter(user_id=row.user_id).exists():
        return Allow()
    return Deny(_("由另一位管理员或者本人所在机关的主要负责人确认。"))


def _holdings(by: Actor) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(in_force(timezone.localdate()), agency_id=by.agency_id, machine=False)


@tried_again
def ask_password_reset(pk: int, *, by: Actor) -> PasswordReset:
    """The first of two: nothing changes yet. The person, and whoever may give it, are told. An earlier request lapses.

    Raises NotAllowed, NotVisible.
    """
    demand(may_ask_reset(by, pk))
    now = timezone.now()
    with transaction.atomic():
        person = people_of(by.jurisdiction_id).filter(pk=pk).first()
        if person is None:
            raise NotVisible(_("没有这个账号，或者它不归本行政区域维护。"))
        PasswordReset.objects.filter(user=person, given_at=None, expires_at__gt=now).update(expires_at=now)
        row = PasswordReset.objects.create(user=person, asked_by=by.user, asked_post=by.post, expires_at=now + ASKED_FOR)
        audit.record("user", person.pk, "user.ask_password_reset", by=by, request=row.pk)
        asked = _("%(who)s为您申请重置密码，待第二人确认。如非您本人要求，请立即联系审计管理员。") % {"who": f"{by.agency_name}{by.post_name}"}
        notes = [Note(person.pk, f"ask-reset:{row.pk}", Message.Kind.SYSTEM, asked, reverse("settings"), bool(person.email))]
        wanted = _("请确认重置密码：%(name)s") % {"name": person.first_name}
        notes += [Note(u, f"give-reset:{row.pk}", Message.Kind.SYSTEM, wanted, reverse("password-resets")) for u in _seconds(person, row, by)]
        tell(notes, at=now)
    return row


def _seconds(person: User, row: PasswordReset, by: Actor) -> list[int]:
    held = PostHolding.objects.filter(in_force(timezone.localdate()), machine=False)
    agencies = held.filter(user=person).values("agency_id")
    posts = ADMINISTRATORS if row.asked_post == Post.SECURITY else (Post.SECURITY,)
    rows = held.filter(Q(post__in=posts, agency__jurisdiction_id=by.jurisdiction_id) | Q(post__in=HEADS, agency_id__in=agencies))
    return sorted(set(rows.exclude(user_id__in=[person.pk, by.user_id]).values_list("user_id", flat=True)))


def resets_before(by: Actor) -> list[PasswordReset]:
    """The open requests that `by` may give, newest first."""
    rows = PasswordReset.objects.filter(given_at=None, expires_at__gt=timezone.now(), user__in=people_of(by.jurisdiction_id).values("pk"))
    rows = rows.select_related("user", "asked_by").order_by("-pk")
    return [row for row in rows[:100] if isinstance(may_give_reset(row, by), Allow)]


@tried_again
def give_password_reset(pk: int, *, by: Actor) -> tuple[User, str]:
    """The second: a new first password, which must be changed at the next sign-in; sessions and tokens end at once, the person is told.

    Returns the account and the password, shown once. Raises NotAllowed, NotVisible, BadInput (lapsed or given already).
    """
    now = timezone.now()
    with transaction.atomic():
        rows = PasswordReset.objects.select_for_update(no_key=True).filter(pk=pk, user__in=people_of(by.jurisdiction_id).values("pk"))
        row = rows.first()
        if row is None:
            raise NotVisible(_("没有这项申请，或者您看不到它。"))
        demand(may_give_reset(row, by))
        if row.given_at is not None or row.expires_at <= now:
            raise BadInput(_("这项申请已经办理或者过期，请重新发起。"))
        person, password = set_first_password(row.user_id), first_password()
        person.set_password(password)
        person.save(update_fields=["password", "must_change_password"])
        row.given_by, row.given_at = by.user, now
        row.save(update_fields=["given_by", "given_at"])
        record_reset(person, by=by, request=row.pk, asked_by=row.asked_by_id)
    return person, password


def set_first_password(person_id: int) -> User:
    """The locked account, which must change its password when it next signs in. Not saved."""
    person = User.objects.select_for_update(no_key=True).get(pk=person_id)
    person.must_change_password = True
    return person


def record_reset(person: User, *, by: Actor, **detail: object) -> None:
    """End the tokens (sessions carry a hash of the password and end by themselves), write the entry, tell the person."""
    entry = audit.record("user", person.pk, "user.reset_password", by=by, tokens_ended=end_tokens(person), **detail)
    who = f"{by.agency_name}{by.post_name}" if by.user_id else by.name
    text = _("您的密码已由%(who)s重置，原有登录和接口令牌均已失效。如非您本人要求，请立即联系安全管理员。") % {"who": who}
    tell([Note(person.pk, f"reset-password:{entry.pk}", Message.Kind.SYSTEM, text, reverse("settings"), bool(person.email))], at=timezone.now())


@tried_again
def operators_password_reset(person: User, *, by: Actor) -> str:
    """On the command line, where no second person is left: recorded like every other."""
    with transaction.atomic():
        fresh, password = set_first_password(person.pk), first_password()
        fresh.set_password(password)
        fresh.save(update_fields=["password", "must_change_password"])
        record_reset(fresh, by=by)
    return password
