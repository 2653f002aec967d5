"""Whenever a referral comes into a state in which somebody is waited for, a clock or a local target begins."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from deadlines.book import as_pairs, profile_of
from deadlines.clocks import cancel_clocks, meet_clocks, open_clock, start_local_target
from deadlines.due import resolve
from deadlines.models import LocalTarget, local_target
from deadlines.targets import BY_STATE, RECEIVER, ROLES, SENDER, Target, default_workdays
from referrals.lifecycle import TAKES_PAPERS
from referrals.models import Referral
from referrals.rules import clock_key, rules_of_referral

SET = ("role", "workdays", "overseen_after", "adopted")
CONSENT_WANTED, SUPPLEMENT_WANTED = "consent_wanted", "supplement_wanted"
# The targets of the states themselves: those that the act which leaves the state meets.
OF_STATES = tuple(role for role in ROLES if role != BY_STATE[SUPPLEMENT_WANTED].role)


def await_next(referral: Referral, *, at: dt.datetime, state: str = "", met: tuple[str, ...] = (), holder_id: int | None = None) -> None:
    """At `at` (aware) end the local targets that ran so far, and the statutory duties `met`; begin that of the state now reached.

    `state` where it is not the referral's own (`dispute.reported`). `holder_id`: the agency waited for, where it is neither sender
    nor receiver. Papers that were asked for are waited for on, as long as the state still lets them be supplied.
    """
    meet_clocks(("referral", referral.pk), *met, *OF_STATES, at=at)
    if referral.papers_are_wanted and referral.state not in TAKES_PAPERS:
        await_no_longer(referral, SUPPLEMENT_WANTED, at=at)
    target = BY_STATE.get(state or referral.state)
    if target is not None:
        _begin(referral, target, at, holder_id)


def await_papers(referral: Referral, *, at: dt.datetime) -> None:
    """The receiver asked for papers: the waiting turns round. What the receiver was waited for it has not done."""
    cancel_clocks(("referral", referral.pk), *OF_STATES, at=at)
    _begin(referral, BY_STATE[SUPPLEMENT_WANTED], at, None)


def papers_came(referral: Referral, *, at: dt.datetime) -> None:
    """The sender has supplied what was asked for: the receiver is waited for again, from now on unless it was already."""
    meet_clocks(("referral", referral.pk), BY_STATE[SUPPLEMENT_WANTED].role, at=at)
    await_beside(referral, referral.state, at=at)


def settled_otherwise(referral: Referral, *duties: str, at: dt.datetime) -> None:
    """Somebody else's act made these duties and every local target moot: whoever was waited for did not do it."""
    cancel_clocks(("referral", referral.pk), *duties, *ROLES, at=at)


def done_and_over(referral: Referral, *, at: dt.datetime) -> None:
    """The referral ends by the very act that was waited for: its target is met, whatever else still ran falls away."""
    meet_clocks(("referral", referral.pk), *OF_STATES, at=at)
    cancel_clocks(("referral", referral.pk), at=at)


def await_beside(referral: Referral, state: str, *, at: dt.datetime) -> bool:
    """Wait for something beside the referral's own state (a consent), from now on; False where the same agency is waited for already.

    Who was asked before in its place is waited for no more: what it was asked fell away, it did not do it.
    """
    target = BY_STATE[state]
    running = open_clock(("referral", referral.pk), target.role)
    if running is not None and running.holder_id == _awaited(referral, target):
        return False
    if running is not None:
        await_no_longer(referral, state, at=at)
    _begin(referral, target, at, None)
    return True


def await_no_longer(referral: Referral, state: str, *, at: dt.datetime) -> None:
    """What was waited for beside the referral's own state is not wanted any more."""
    cancel_clocks(("referral", referral.pk), BY_STATE[state].role, at=at)


def _awaited(referral: Referral, target: Target) -> int | None:
    return {SENDER: referral.from_agency_id, RECEIVER: referral.to_agency_id}.get(target.awaited)


def with_local_targets(rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
    """The rows, each with what its district has set (`.local_targets`): an act that reads them here needs no query for it."""
    own = LocalTarget.objects.filter(jurisdiction_id=OuterRef(f"{path}jurisdiction_id"))
    return rows.annotate(local_targets=ArraySubquery(own.values(json=JSONObject(**{name: name for name in SET}))))


def _setting(referral: Referral, role: str) -> LocalTarget:
    read: list[dict[str, Any]] | None = getattr(referral, "local_targets", None)
    if read is None:
        return local_target(referral.jurisdiction_id, role)
    row = next((row for row in read if row["role"] == role), {"role": role, "workdays": default_workdays(role)})
    return LocalTarget(jurisdiction_id=referral.jurisdiction_id, **row)


def has_number(referral: Referral, role: str) -> bool:
    """Whether the document sets a number of days for this duty: then its clock runs and no local target."""
    key = clock_key(referral, role)
    if key is None:
        return False
    rules = rules_of_referral(referral)
    _profile, rule = resolve(profile_of(rules.version.pk), key, as_pairs(rules.options), referral.stated.urgent)
    return rule.value is not None


def _begin(referral: Referral, target: Target, at: dt.datetime, holder_id: int | None) -> None:
    if target.numbered and has_number(referral, target.numbered):
        return
    holder = holder_id or _awaited(referral, target)
    if holder is None:
        raise LookupError(f"{target.role}: nobody is named who is waited for")
    other = referral.to_agency_id if holder == referral.from_agency_id else referral.from_agency_id
    setting = _setting(referral, target.role)
    start_local_target(referral.version_of_rules, setting, subject=("referral", referral.pk), event_at=at, holder_id=holder, counterpart_id=other)
