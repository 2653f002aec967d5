"""The same facts among what an agency received or sent: found by party, matter, place and time, whatever became of them.

Certain and forbidden: refused with the clause. Certain where the document is silent, or only likely: both are shown side by side, and
the leader who signs says in words why it is another case. Only the agency's own referrals are ever looked through or shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.kinds import AgencyKind
from core.decisions import Deny
from core.errors import BadInput, NotAllowed
from deadlines.profile import Profile
from foundation.cases.parties import PartyFacts, parties_of
from foundation.cases.sameness import NORMALISATION, Facts, Likeness, Who, keys_of
from referrals.alike import candidates, over_at, seats_of
from referrals.lifecycle import WITH_DRAFTER, State
from referrals.models import Party, Referral
from referrals.rules import no_onward_clause

SHOWN = 3
JUDICIAL = (AgencyKind.PUBLIC_SECURITY, AgencyKind.PROCURATORATE, AgencyKind.COURT)


@dataclass(frozen=True)
class Found:
    """An earlier referral that looks like this one: how like, why it may not go out again (None: it may), and the right road."""

    referral: Referral
    role: str
    likeness: Likeness
    verdict: Deny | None
    road: str = ""

    @property
    def forbidden(self) -> bool:
        return self.likeness.certain and self.verdict is not None

    @property
    def parties(self) -> list[PartyFacts]:
        """Whom the earlier letter is about, the first first."""
        return parties_of(self.referral.stated)

    @property
    def clause(self) -> str:
        """The clause that forbids it, '' where nothing does."""
        return self.verdict.clause if self.likeness.certain and self.verdict is not None else ""

    @property
    def drafted(self) -> bool:
        """Only a draft of one's own agency: worth showing to the drafter, nothing to answer for."""
        return self.referral.state in WITH_DRAFTER

    def told(self) -> dict[str, Any]:
        """What a machine is told of it; the agency is a party to every candidate."""
        one = self.referral
        return {
            "id": one.pk, "number": one.number, "title": one.title, "state": one.state, "from_agency": one.from_agency_id,
            "to_agency": one.to_agency_id, "certain": self.likeness.certain, "score": self.likeness.score, "agrees": list(self.likeness.why),
            "clause": self.clause, "road": self.road,
        }  # fmt: skip


class SameFacts(NotAllowed):
    """These facts were received or sent before, and may not go out again."""

    def __init__(self, reason: str, clause: str, found: list[Found]) -> None:
        super().__init__(reason, clause)
        self.found = found

    def more(self) -> dict[str, Any]:
        return {"candidates": [one.told() for one in self.found]}


class WordsWanted(BadInput):
    """Something looks the same: whoever signs says why it is another case."""

    def __init__(self, reason: str, found: list[Found]) -> None:
        super().__init__(reason, fields={"another_case": reason})
        self.found = found

    def more(self) -> dict[str, Any]:
        return {"candidates": [one.told() for one in self.found]}


def facts_of(referral: Referral) -> Facts:
    """What this referral's letter is about."""
    case = referral.stated
    ended = over_at(referral.decided_at, referral.ended_at)
    who = tuple(Who(p.kind, p.name, p.code) for p in parties_of(case) if p.name or p.code)
    return Facts(who, case.matter_id, case.place, case.found_at, case.facts, ended)


def renew_facts_keys(referral: Referral) -> None:
    """Store what later referrals are looked up by; the case's row itself is one more key."""
    referral.facts_normal = NORMALISATION
    referral.facts_keys = [*keys_of(facts_of(referral)), *([f"s{referral.case_id}"] if referral.case_id else [])]


def lock_agency(agency_id: int) -> None:
    """Two letters of one agency on the same facts do not pass each other by; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [f"same-facts:{agency_id}"])


def same_facts(draft: Referral, profile: Profile) -> list[Found]:
    """What the drafting agency received or sent that is certainly or likely the same: at most three, the gravest first.

    One query where nothing shares a key with it, at most three otherwise.
    """
    if not draft.facts_keys:
        return []
    alike = candidates(draft, facts_of(draft))
    certain = [one for one in alike if one.likeness.certain]
    likely = sorted((one for one in alike if not one.likeness.certain), key=lambda one: (one.drafted, -one.likeness.score))
    wanted = sorted([*certain, *likely[:SHOWN]], key=lambda one: alike.index(one))
    whole = seats_of(draft, wanted)
    found = [_weighed(draft, profile, whole[one.referral_id, one.role], one.likeness) for one in wanted]
    return sorted(found, key=lambda one: (not one.forbidden, one.drafted, not one.likeness.certain, -one.likeness.score))[:SHOWN]


def _weighed(draft: Referral, profile: Profile, seat: Any, like: Likeness) -> Found:
    earlier = seat.referral
    verdict = None if seat.referral.state in WITH_DRAFTER else _verdict(draft, profile, seat)
    road = ""
    if refilable(earlier, seat.objected) and seat.role == Party.Role.SENDER and earlier.to_agency_id == draft.to_agency_id:
        road = "refile"
    elif profile.referral.not_ours.chain and not earlier.bound and earlier.state in (State.DELIVERED, State.SIGNED_FOR, State.NOT_ACCEPTED):
        road = "object"
    return Found(earlier, seat.role, like, verdict, road)


def _verdict(draft: Referral, profile: Profile, seat: Any) -> Deny | None:
    """Why these facts, if they are the same, may not be sent by this agency; None where the document is silent."""
    earlier, rules = seat.referral, profile.referral
    number = {"number": str(earlier)}
    if earlier.bound or seat.settled:
        return Deny(_("这些事实的管辖已经确定（%(number)s），对各方有约束力，不得另行移送。") % number, rules.not_ours.clause or "")
    if earlier.stated.suspected_crime and profile.criminal.no_admin_re_referral and not _to_judicial(draft):
        return Deny(_("涉嫌犯罪的案件（%(number)s）应当直接移送司法机关，不得再移送其他部门。") % number, profile.criminal.clause or "")
    forbids = no_onward_clause(profile)
    if seat.role != Party.Role.SENDER:
        if forbids and earlier.state != State.WITHDRAWN:
            sentence = _("同一当事人、同一事项的案件已由他机关移送本机关（%(number)s），不得再行移送：不属本机关管辖的，报请政府决定。")
            return Deny(sentence % number, forbids)
        return None
    if forbids and (seat.objected or earlier.state in (State.NOT_ACCEPTED, State.TAKEN_BACK)):
        if refilable(earlier, seat.objected):
            return Deny(_("这些事实曾移送被退回（%(number)s）：请在该件上“补齐后重新移送”，移送原机关；另有争议的报请政府决定。") % number, forbids)
        return Deny(_("这些事实曾移送并被认为不属对方管辖或被退回（%(number)s），不得改送他机关：报请政府决定。") % number, forbids)
    once = rules.one_case_one_referral
    if once.required and earlier.ended_at is None:
        return Deny(_("一案一移送：同一案件已移送（%(number)s），尚未办结。") % number, once.clause or "")
    return None


def _to_judicial(draft: Referral) -> bool:
    return draft.to_agency is not None and draft.to_agency.kind in JUDICIAL


def refilable(referral: Referral, objected: bool) -> bool:
    """Came back for its papers, or was withdrawn by its own sender: it may go to the same receiver again."""
    if objected or referral.bound or referral.decided_at is not None:
        return False
    if referral.state == State.WITHDRAWN:
        return referral.delivered_at is not None
    return referral.state in (State.NOT_ACCEPTED, State.TAKEN_BACK) and referral.refusal_kind == "papers"


def refuse_same_facts(found: list[Found]) -> None:
    """Raise SameFacts for what is certain and forbidden; the first sentence and clause stand for the whole."""
    forbidden = [one for one in found if one.forbidden]
    verdict = forbidden[0].verdict if forbidden else None
    if verdict is not None:
        raise SameFacts(verdict.reason, verdict.clause, forbidden)


def answered_for(found: list[Found], words: str) -> list[int]:
    """The ids that `words` answer for; raises WordsWanted where something looks the same and nothing is said."""
    shown = [one for one in found if not one.drafted]
    if shown and not words.strip():
        raise WordsWanted(_("本机关收到或发出过相近的案件，请并排核对后写明为何是另一案件，再签发。"), shown)
    return [one.referral.pk for one in shown]
