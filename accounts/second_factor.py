"""The second factor: of which posts it is demanded, how it is set up by two people, and the devices that are remembered.

GB/T 22239-2019 (8.1.4.1, level 3) asks two kinds of proof of whoever holds a privileged post.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actors import Actor, demands_second_factor, posts_of
from accounts.kinds import Post
from accounts.models import FactorCode, RememberedDevice, User
from core import audit
from core.errors import BadInput, NotAllowed
from core.retries import tried_again

COOKIE, SALT = "device", "accounts.remembered-device"
REMEMBERED_FOR = dt.timedelta(days=30)
CODE_LASTS = dt.timedelta(hours=72)
# Guesses of a password or a code through an open session, each person, each quarter of an hour.
MOST_GUESSES, GUESSES_FOR = 5, 900


# The name of an authenticator that two administrators gave leave for. One set up with the password alone, by a person whose
# posts demanded none, satisfies no post: whoever made the account knew its first password.
WITH_LEAVE, WITHOUT = "two-administrators", "authenticator"


def satisfies(device: TOTPDevice) -> bool:
    """Whether codes of this authenticator satisfy a post that demands a second factor."""
    return bool(device.name == WITH_LEAVE)


def device_of(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()


def demanded_of(user: User) -> bool:
    """Whether any post that the person may act in today, as deputy too, demands the second factor. One query."""
    return any(demands_second_factor(holding) for holding, _deputy in posts_of(user))


# Guessing


def spend_guess(user: User) -> None:
    """Count one try of the person's password or code through a session. Raises NotAllowed beyond five in a quarter of an hour."""
    key = f"guesses:{user.pk}"
    cache.add(key, 0, GUESSES_FOR)
    try:
        guesses = cache.incr(key)
    except ValueError:
        # The cache is away or has just forgotten it.
        guesses = 1
    if guesses > MOST_GUESSES:
        raise NotAllowed(_("输错次数过多，请十五分钟后再试。"))


def forgive_guesses(user: User) -> None:
    cache.delete(f"guesses:{user.pk}")


# Devices


@tried_again
def remember_device(user: User, *, name: str, by: Actor) -> tuple[RememberedDevice, str]:
    """Do not ask this browser again for thirty days. Returns the row and the cookie's value."""
    with transaction.atomic():
        now = timezone.now()
        row = RememberedDevice.objects.create(
            user=user, name=name[:120] or "?", generation=user.sign_in_generation, created_at=now, expires_at=now + REMEMBERED_FOR
        )
        audit.record("user", user.pk, "user.remember_device", by=by, device=row.pk)
    return row, signing.dumps([user.pk, row.pk], salt=SALT)


def remembered(user: User, request: HttpRequest) -> RememberedDevice | None:
    """The remembered device that this request comes from: its cookie is bound to this person and to a row that still holds."""
    try:
        whose, pk = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if whose != user.pk:
        return None
    rows = RememberedDevice.objects.filter(user=user, generation=user.sign_in_generation, forgotten_at=None, expires_at__gt=timezone.now())
    return rows.filter(pk=pk).first()


def remembered_devices(user: User) -> list[RememberedDevice]:
    """The devices that are not asked for a code now, newest first."""
    rows = RememberedDevice.objects.filter(user=user, generation=user.sign_in_generation, forgotten_at=None)
    return list(rows.filter(expires_at__gt=timezone.now()).order_by("-pk")[:20])


@tried_again
def forget_device(pk: str, *, user: User, by: Actor) -> None:
    """The device is asked for the code again; the sessions that began on it end with everybody else's of the person."""
    with transaction.atomic():
        row = next((d for d in remembered_devices(user) if str(d.pk) == pk), None)
        if row is not None:
            RememberedDevice.objects.filter(pk=row.pk).update(forgotten_at=timezone.now())
            end_sessions(user, forget=False)
            audit.record("user", user.pk, "user.forget_device", by=by, device=row.pk)


def end_sessions(user: User, *, forget: bool = True) -> None:
    """Every session of the person ends with its next request; `forget`: every remembered device is asked again, too."""
    before = user.sign_in_generation
    User.objects.filter(pk=user.pk).update(sign_in_generation=before + 1)
    user.sign_in_generation = before + 1
    if not forget:
        kept = RememberedDevice.objects.filter(user=user, generation=before, forgotten_at=None)
        kept.update(generation=before + 1)


# Leave to set up an authenticator: two administrators


def _digest(code: str) -> str:
    """Of its signs alone: hyphens and blanks are for the eye."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(signs.encode()).hexdigest()


@tried_again
def ask_factor_code(person: User, *, by: Actor) -> FactorCode:
    """One administrator asks for leave to set up (or replace) somebody's authenticator; the other kind confirms.

    Raises NotAllowed: not an administrator, or one's own.
    """
    if not by.holds(Post.ADMINISTRATOR, Post.SECURITY):
        raise NotAllowed(_("动态口令由系统管理员和安全管理员两人共同办理。"))
    if by.user_id == person.pk:
        raise NotAllowed(_("自己的动态口令由其他管理员办理。"))
    with transaction.atomic():
        FactorCode.objects.filter(user=person, used_at=None).update(expires_at=timezone.now())
        row = FactorCode.objects.create(user=person, asked_by=by.user, asked_post=by.post, expires_at=timezone.now() + CODE_LASTS)
        audit.record("user", person.pk, "user.ask_factor_code", by=by)
    return row


def open_factor_code(person: User) -> FactorCode | None:
    """What was asked for and not yet used up, expired or confirmed."""
    return FactorCode.objects.filter(user=person, used_at=None, digest="", expires_at__gt=timezone.now()).order_by("-pk").first()


@tried_again
def confirm_factor_code(person: User, *, by: Actor) -> str:
    """The second administrator, another person in the other post, confirms. Returns the one-time code, shown once.

    Raises NotAllowed, BadInput (nothing was asked for).
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        row = open_factor_code(person)
        if row is None:
            raise BadInput(_("没有待确认的动态口令申请，请先由另一位管理员发起。"))
        other = {Post.ADMINISTRATOR: Post.SECURITY, Post.SECURITY: Post.ADMINISTRATOR}[Post(row.asked_post)]
        if not by.holds(other) or by.user_id in (row.asked_by_id, person.pk):
            raise NotAllowed(_("须由另一类管理员中的另一人确认。"))
        code = _new_code()
        row.digest, row.confirmed_by, row.expires_at = _digest(code), by.user, timezone.now() + CODE_LASTS
        row.save(update_fields=["digest", "confirmed_by", "expires_at"])
        audit.record("user", person.pk, "user.confirm_factor_code", by=by)
    return code


@tried_again
def operators_factor_code(person: User, *, by: Actor) -> str:
    """On the command line, for the first administrators of a district and when no second administrator is left."""
    code = _new_code()
    with transaction.atomic():
        FactorCode.objects.create(user=person, asked_post=Post.SYSTEM, digest=_digest(code), expires_at=timezone.now() + CODE_LASTS, asked_by=None)
        audit.record("user", person.pk, "user.confirm_factor_code", by=by)
    return code


def _new_code() -> str:
    return "-".join(secrets.token_hex(2).upper() for _i in range(4))


@tried_again
def set_up(user: User, device: TOTPDevice, *, token: str, password: str, code: str, by: Actor) -> None:
    """Put an authenticator into use: with the password again, and where a post demands it with the code of two administrators.

    An earlier authenticator, every session and every remembered device end. Raises NotAllowed, BadInput by field.
    """
    spend_guess(user)
    if not user.check_password(password):
        raise BadInput(_("密码不对。"), fields={"password": _("密码不对。")})
    with transaction.atomic():
        leave = None
        if demanded_of(user) or device_of(user) is not None:
            rows = FactorCode.objects.select_for_update(no_key=True).exclude(digest="")
            leave = rows.filter(user=user, used_at=None, expires_at__gt=timezone.now(), digest=_digest(code)).first()
            if leave is None:
                sentence = _("启用或更换须有两名管理员共同发放的一次性启用码，请核对。")
                raise BadInput(sentence, fields={"code": sentence})
        if not device.verify_token(token):
            raise BadInput(_("数字不对，请核对验证器上的时间。"), fields={"token": _("数字不对，请核对验证器上的时间。")})
        if leave is not None:
            leave.used_at = timezone.now()
            leave.save(update_fields=["used_at"])
        TOTPDevice.objects.filter(user=user, confirmed=True).exclude(pk=device.pk).delete()
        device.confirmed, device.name = True, WITH_LEAVE if leave is not None else WITHOUT
        device.save(update_fields=["confirmed", "name"])
        end_sessions(user)
        audit.record("user", user.pk, "user.totp_on", by=by, two_administrators=leave is not None)
    forgive_guesses(user)


@tried_again
def take_off(user: User, device: TOTPDevice, *, token: str, password: str, by: Actor) -> None:
    """Do without the authenticator, where no post of the person demands it. Raises NotAllowed, BadInput by field."""
    if demanded_of(user):
        raise NotAllowed(_("您的岗位须用动态口令，不能停用；更换或遗失请由两名管理员办理。"))
    spend_guess(user)
    if not user.check_password(password):
        raise BadInput(_("密码不对。"), fields={"password": _("密码不对。")})
    if not device.verify_token(token):
        raise BadInput(_("数字不对，请核对验证器上的时间。"), fields={"token": _("数字不对，请核对验证器上的时间。")})
    with transaction.atomic():
        device.delete()
        end_sessions(user)
        audit.record("user", user.pk, "user.totp_off", by=by)
    forgive_guesses(user)
