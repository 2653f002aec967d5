"""What the look-up by stored keys finds among an agency's own referrals, told apart before any of it is read whole.

A market hall has hundreds of cases of one matter under one roof: each of them is found by its place, so what is compared is a few
columns of each, and only what is alike is made into referrals.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from foundation.cases.parties import further_in
from foundation.cases.sameness import NEAR, Facts, Likeness, Who, likeness
from referrals.lifecycle import WITH_DRAFTER, State
from referrals.models import Dispute, Party, Referral

# Far more than any set of keys finds in one district; a bound for the database, not a rule.
MOST = 2000
SEATS = (Party.Role.SENDER, Party.Role.RECEIVER, Party.Role.FORMER)
PARTY = ("party_kind", "party_name", "party_code", "further_parties")
OF_CASE = (*PARTY, "matter_id", "place", "found_at", "facts")
OF_REFERRAL = ("state", "case_id", "to_agency_id", "delivered_at", "decided_at", "ended_at")

# The strong keys and the weak apart, so that what only looks alike never crowds out what is certain.
LOOK_UP = """SELECT id FROM (
    (SELECT id FROM referrals_referral WHERE facts_keys && %(strong)s::varchar[] AND id <> %(own)s LIMIT %(most)s)
    UNION (SELECT id FROM referrals_referral WHERE facts_keys && %(weak)s::varchar[] AND id <> %(own)s LIMIT %(most)s)
) AS alike"""


@dataclass(frozen=True)
class Candidate:
    """An earlier referral in which the drafting agency has a seat as `role`, and how like it is; `drafted`: it is a draft still."""

    referral_id: int
    role: str
    drafted: bool
    likeness: Likeness


def candidates(draft: Referral, mine: Facts) -> list[Candidate]:
    """All that is certainly or likely the same as `mine`, newest first, among what the drafting agency received or sent.

    One query where no key is shared, else two; both by index.
    """
    ids = _sharing_a_key(draft)
    if not ids:
        return []
    disputes = Dispute.objects.filter(referral=OuterRef("referral_id"))
    rows = (
        _seats(draft, ids)
        .annotate(objected=Exists(disputes), settled=Exists(disputes.exclude(settled_at=None)))
        .values(
            "referral_id", "role", "objected", "settled", "referral__case_version__content",
            *(f"referral__{name}" for name in OF_REFERRAL), *(f"referral__case__{name}" for name in OF_CASE),
        )
    )  # fmt: skip
    found = []
    for row in rows:
        earlier = {name: row[f"referral__{name}"] for name in OF_REFERRAL}
        if _counts(draft, row, earlier):
            like = likeness(mine, _facts_in(row, earlier))
            if like.likely:
                found.append(Candidate(row["referral_id"], row["role"], earlier["state"] in WITH_DRAFTER, like))
    return found


def seats_of(draft: Referral, wanted: list[Candidate]) -> dict[tuple[int, str], Any]:
    """These candidates whole, by (referral, role): seats with `.referral`, `.objected` and `.settled`. One query."""
    disputes = Dispute.objects.filter(referral=OuterRef("referral_id"))
    rows = _seats(draft, [one.referral_id for one in wanted]).annotate(objected=Exists(disputes), settled=Exists(disputes.exclude(settled_at=None)))
    whole = rows.select_related("referral__case__matter", "referral__case_version", "referral__from_agency", "referral__to_agency")
    return {(seat.referral_id, seat.role): seat for seat in whole} if wanted else {}


def _seats(draft: Referral, ids: list[int]) -> QuerySet[Party]:
    return Party.objects.filter(agency_id=draft.from_agency_id, role__in=SEATS, referral_id__in=ids).order_by("-referral_id", "role")


def _sharing_a_key(draft: Referral) -> list[int]:
    strong = [key for key in draft.facts_keys if key.startswith("s")]
    weak = [key for key in draft.facts_keys if not key.startswith("s")]
    with connection.cursor() as cursor:
        # Not by jurisdiction as well: the seats say that, and the planner would read a whole district to combine the two.
        cursor.execute(LOOK_UP, {"strong": strong, "weak": weak, "own": draft.pk or 0, "most": MOST})
        return [row[0] for row in cursor.fetchall()]


def _facts_in(row: dict[str, Any], earlier: dict[str, Any]) -> Facts:
    """What the letter states: its version's words, or those of the case while it is drafted."""
    kept = row["referral__case_version__content"]
    if kept is None:
        case = {name: row[f"referral__case__{name}"] for name in OF_CASE}
    else:
        case = {name: kept.get(name) or "" for name in OF_CASE}
        case["matter_id"] = (kept.get("matter") or {}).get("id")
        case["found_at"] = dt.datetime.fromisoformat(kept["found_at"]) if kept.get("found_at") else None
    first = Who(case["party_kind"], case["party_name"], case["party_code"])
    others = [Who(p.kind, p.name, p.code) for p in further_in(case["further_parties"])]
    who = tuple(one for one in (first, *others) if one.name or one.code)
    return Facts(who, case["matter_id"], case["place"], case["found_at"], case["facts"], over_at(earlier["decided_at"], earlier["ended_at"]))


def over_at(decided_at: dt.datetime | None, ended_at: dt.datetime | None) -> dt.datetime | None:
    """A violation is over when it was decided; what came back unhandled is near for a while."""
    return decided_at or (ended_at + NEAR if ended_at else None)


def _counts(draft: Referral, seat: dict[str, Any], earlier: dict[str, Any]) -> bool:
    """Not what never left the house, nor what this draft itself says that it follows."""
    if earlier["state"] == State.WITHDRAWN and earlier["delivered_at"] is None:
        return False
    if seat["role"] != Party.Role.SENDER and earlier["delivered_at"] is None:
        return False
    if draft.onward_from_id == seat["referral_id"]:
        return bool(seat["settled"])
    followed = draft.refiled_from_id is not None and earlier["case_id"] == draft.case_id and earlier["to_agency_id"] == draft.to_agency_id
    return not (followed and not seat["objected"] and earlier["ended_at"] is not None)
