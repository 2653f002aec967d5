"""Acts on accounts, by the system administrator: an account gives no right; rights come from posts, which another person gives."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.actors import Actor
from accounts.models import ApiToken, FactorCode, Jurisdiction, User
from administration.districts import people_of
from administration.keeping import keep
from administration.rights import may_keep
from core.acts import demand
from core.errors import BadInput, NotVisible
from core.retries import tried_again
from notifications.models import Message
from notifications.telling import Note, tell

KEPT_FIELDS = ("username", "first_name", "email", "is_active")


def first_password() -> str:
    return secrets.token_urlsafe(12)


def _person(pk: int, *, by: Actor) -> User:
    """The locked account. Raises NotAllowed, NotVisible."""
    demand(may_keep(by, "accounts.user"))
    rows = User.objects.select_for_update(no_key=True)
    person = rows.filter(pk__in=people_of(by.jurisdiction_id).values("pk"), pk=pk).first()
    if person is None:
        raise NotVisible(_("没有这个账号，或者它不归本行政区域维护。"))
    return person


def make_account(person: User, *, by: Actor) -> tuple[User, str]:
    """A new account of the administrator's district, without any post. Returns it and the first password, shown once.

    Raises NotAllowed, BadInput by field.
    """
    if not person.first_name.strip():
        raise BadInput(_("请填写姓名。"), fields={"first_name": _("请填写姓名。")})
    password = first_password()
    fresh = User(
        username=person.username, first_name=person.first_name.strip(), email=person.email, is_active=person.is_active,
        jurisdiction_id=by.jurisdiction_id, must_change_password=True,
    )  # fmt: skip
    fresh.set_password(password)
    return keep(fresh, by=by), password


@tried_again
def change_account(person: User, *, by: Actor) -> User:
    """Another name, address, or whether the account is in use; switched off, its tokens end with it."""
    with transaction.atomic():
        row = _person(person.pk, by=by)
        if row.pk == by.user_id and not person.is_active:
            raise BadInput(_("不能停用自己的账号。"), fields={"is_active": _("不能停用自己的账号。")})
        for name in KEPT_FIELDS:
            setattr(row, name, getattr(person, name))
        keep(row, by=by)
        if not row.is_active:
            end_tokens(row)
    return row


def end_tokens(person: User) -> int:
    return ApiToken.objects.filter(holding__user=person, revoked_at=None).update(revoked_at=timezone.now())


@tried_again
def rename_district(*, by: Actor, name: str, area_code: str, government_name: str) -> Jurisdiction:
    """The own district's names and code, as they are printed."""
    with transaction.atomic():
        row = Jurisdiction.objects.select_for_update(no_key=True).get(pk=by.jurisdiction_id)
        row.name, row.area_code, row.government_name = name, area_code, government_name
        kept: Jurisdiction = keep(row, by=by)
        return kept


def _anyone(pk: int, *, by: Actor) -> User:
    """An account of the own district, for either administrator. Raises NotVisible."""
    person = people_of(by.jurisdiction_id).filter(pk=pk, is_active=True).first()
    if person is None:
        raise NotVisible(_("没有这个账号，或者它不归本行政区域维护。"))
    return person


@tried_again
def ask_factor_code(pk: int, *, by: Actor) -> FactorCode:
    """The first of two administrators: leave for a person to set up or replace the authenticator. The person is told."""
    with transaction.atomic():
        person = _anyone(pk, by=by)
        row = second_factor.ask_factor_code(person, by=by)
        text = _("%(who)s为您申请启用或更换动态口令，待另一位管理员确认。如非您本人要求，请立即联系审计管理员。") % {
            "who": f"{by.agency_name}{by.post_name}"
        }
        tell([Note(person.pk, f"factor-code:{row.pk}", Message.Kind.SYSTEM, text, reverse("settings"), bool(person.email))], at=timezone.now())
    return row


def confirm_factor_code(pk: int, *, by: Actor) -> tuple[User, str]:
    """The second, of the other kind: returns the person and the one-time code, shown once and handed over in person."""
    person = _anyone(pk, by=by)
    return person, second_factor.confirm_factor_code(person, by=by)
