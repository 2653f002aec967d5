"""From where a person is known to sign in: browsers by a signed cookie, addresses by a digest. Neither says more than that.

Being known proves nothing: it only spares whoever has the right password the waits that strangers cause (accounts/sign_in_limits.py).
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import KnownAddress
from core.addresses import client_address, household

COOKIE, SALT = "known", "accounts.known-browser"
KNOWN_FOR = dt.timedelta(days=90)
# People who share a computer, and addresses of one person.
MOST_PEOPLE, MOST_ADDRESSES = 8, 20


def digest_of(*told: str) -> str:
    """What stands for a tried name or an address: nobody without our key can compute it."""
    return salted_hmac("accounts.sign_in_limits", "\x00".join(told), algorithm="sha256").hexdigest()


def _cookie(request: HttpRequest) -> tuple[str, list[int]]:
    """The browser's own number, and who signed in there; a fresh number and nobody for a missing, old or forged cookie."""
    try:
        browser, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_FOR)
        return str(browser), [int(pk) for pk in people]
    except (signing.BadSignature, ValueError, TypeError):
        return secrets.token_hex(8), []


def browser_of(request: HttpRequest, user_id: int) -> str:
    """The number of the browser, if this person signed in there before; else ''."""
    browser, people = _cookie(request)
    return browser if user_id in people else ""


def known_from(user_id: int, address: str) -> bool:
    """Whether the person signed in from `address` (a household's) in the last ninety days. One query."""
    since = timezone.now() - KNOWN_FOR
    return KnownAddress.objects.filter(user_id=user_id, digest=digest_of("from", address), seen_at__gte=since).exists()


def become_known(request: HttpRequest, answer: HttpResponse, user_id: int) -> None:
    """Somebody has signed in: browser and address are known from now on, the oldest beyond a number forgotten."""
    browser, people = _cookie(request)
    kept = [user_id, *(pk for pk in people if pk != user_id)][:MOST_PEOPLE]
    more: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    answer.set_cookie(COOKIE, signing.dumps([browser, kept], salt=SALT), max_age=int(KNOWN_FOR.total_seconds()), path=reverse("sign-in"), **more)
    place = digest_of("from", household(client_address(request)))
    KnownAddress.objects.update_or_create(user_id=user_id, digest=place, defaults={"seen_at": timezone.now()})
    old = KnownAddress.objects.filter(user_id=user_id).order_by("-seen_at").values("pk")[MOST_ADDRESSES:]
    KnownAddress.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()


def forget_old_addresses(now: dt.datetime) -> int:
    """Delete addresses from which nobody signed in for ninety days; returns how many. `now` is aware."""
    return int(KnownAddress.objects.filter(seen_at__lt=now - KNOWN_FOR).delete()[0])
