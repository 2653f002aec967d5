"""How often a name and a password may be tried: each wrong one makes whoever tries wait longer, and locks nobody else out.

Three counts, each under a keyed digest (a tried name is kept nowhere, the digest for a day):

- name and address together: five tries, then waits that double up to a quarter of an hour;
- a name, over all addresses: twenty tries, then strangers wait up to five minutes, whoever is known does not;
- an address, over all names: thirty tries, then the same.

Known is a browser in which the person signed in before (a signed cookie), which has a count of its own instead of all three; and an
address from which the person signed in before, which is spared the waits that others caused.
A try is counted before the password is looked at, so that many at once are not more than one after the other; a right one is
taken back. Decision 0028.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.known import browser_of, digest_of, known_from
from accounts.models import SignInTries, User
from core.addresses import client_address, household
from core.errors import Slowed
from core.retries import tried_again

# Tries are remembered as long as this after the last one.
KEPT_FOR = dt.timedelta(days=1)
# For each kind of count: how many tries are free, the first wait and the longest, in seconds.
PAIR, NAME, ADDRESS = (5, 15, 900), (20, 5, 300), (30, 5, 300)


def wait_after(tries: int, limit: tuple[int, int, int]) -> int:
    """Seconds from the last of `tries` wrong ones until the next may be made."""
    free, first, longest = limit
    return 0 if tries < free else min(longest, first * 2 ** min(tries - free, 20))


@dataclass
class Attempt:
    """One try under way. `begins_to_wait`: this one, if wrong, is the one with which the waiting begins."""

    name: str
    address: str
    counts: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    begins_to_wait: bool = False

    def right(self) -> None:
        """The password was right: what was counted for this caller is forgotten, in the others' counts it is taken back."""
        own = next(iter(self.counts))
        SignInTries.objects.filter(digest=own).delete()
        self._take_back([one for one in self.counts if one != own])

    def not_looked_at(self) -> None:
        """The password was not looked at after all: the try does not count."""
        self._take_back(list(self.counts))

    @staticmethod
    def _take_back(digests: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_signintries SET tries = greatest(tries - 1, 0) WHERE digest = ANY(%s)", [digests])


def begin(name: str, request: HttpRequest) -> Attempt:
    """Count one try of `name` from where `request` comes. Raises Slowed, with nothing counted, where it is too early for another."""
    address = household(client_address(request))
    # The same questions for a name that nobody has.
    person = User.objects.filter(username=name).values_list("pk", flat=True).first() or 0
    browser, known = browser_of(request, person), known_from(person, address)
    attempt = Attempt(name, address)
    if browser:
        attempt.counts[digest_of("browser", browser, name)] = PAIR
    else:
        attempt.counts[digest_of("pair", name, address)] = PAIR
        if not known:
            attempt.counts |= {digest_of("name", name): NAME, digest_of("address", address): ADDRESS}
    _count(attempt)
    return attempt


@tried_again
def _count(attempt: Attempt) -> None:
    now = timezone.now()
    with transaction.atomic():
        # One order for everybody: two tries that share a count wait for each other and never in a circle.
        rows = {one: _locked(one, now) for one in sorted(attempt.counts)}
        waits = [_left(rows[one], limit, now) for one, limit in attempt.counts.items()]
        if max(waits) > 0:
            raise Slowed(_("尝试次数过多，请稍后再试。"), wait=max(waits))
        for row in rows.values():
            row.tries, row.last_at = row.tries + 1, now
            row.save(update_fields=["tries", "last_at"])
        own, limit = next(iter(attempt.counts.items()))
        attempt.begins_to_wait = rows[own].tries == limit[0]


def _locked(digest: str, now: dt.datetime) -> SignInTries:
    """The count under this digest, made if need be, and locked: in one statement, for somebody may be forgetting it just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_signintries (digest, tries, last_at) VALUES (%s, 0, %s)"
            " ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest RETURNING tries, last_at",
            [digest, now],
        )
        tries, last_at = cursor.fetchone()
    row = SignInTries(digest=digest, tries=tries, last_at=last_at)
    if now - row.last_at > KEPT_FOR:
        row.tries = 0
    return row


def _left(row: SignInTries, limit: tuple[int, int, int], now: dt.datetime) -> int:
    over = (now - row.last_at).total_seconds()
    return max(0, int(wait_after(row.tries, limit) - over + 0.999))


def forget_old_tries(now: dt.datetime) -> int:
    """Delete counts whose last try is older than a day; returns how many. `now` is aware."""
    return int(SignInTries.objects.filter(last_at__lt=now - KEPT_FOR).delete()[0])


def reported_wait(seconds: int) -> str:
    """A wait as a person reads it."""
    if seconds < 90:
        return _("%(n)d 秒") % {"n": seconds}
    return _("%(n)d 分钟") % {"n": -(-seconds // 60)}
