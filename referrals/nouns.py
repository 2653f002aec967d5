"""The three nouns of this business: the referral, the dispute over it, the notice of an act."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, system_actor
from core.bulk import insert_columns
from core.nouns import Noun, Pairs, declare
from referrals.documents import case_words, unbroken_names
from referrals.internal import may_read_proposal
from referrals.lifecycle import DisputeState
from referrals.models import Dispute, Notice, Party, Referral
from referrals.policies import DISPUTE_POLICIES, NOTICE_POLICIES, REFERRAL_POLICIES
from referrals.selectors import disputes_visible_to, notices_visible_to, referrals_visible_to
from referrals.services.disputes import designate_silent_referral
from referrals.stages import DISPUTE_STAGES, NOTICE_STAGES, REFERRAL_STAGES
from referrals.titles import disputes_told, notices_told, referrals_told


def _seat_overseers(seats: Pairs, at: dt.datetime) -> None:
    columns = {"referral_id": [r for r, _o in seats], "agency_id": [o for _r, o in seats], "role": str(Party.Role.OVERSEER), "since": at}
    insert_columns(Party, columns, skip_known=True)


def _in_letters(pk: int) -> tuple[str, list[str]]:
    case = Referral.objects.select_related("case__matter", "case_version").get(pk=pk).stated
    return case_words(case), unbroken_names(case)


def _proposals_shut_to(by: Actor, ids: set[int]) -> set[int]:
    return {row.pk for row in disputes_visible_to(system_actor("拟办")).filter(pk__in=ids) if not may_read_proposal(row, by)}


def declare_nouns() -> None:
    """At the start of the application, once."""
    declare(
        Noun(
            model=Referral,
            name=_("移送"),
            visible_to=referrals_visible_to,
            policies=REFERRAL_POLICIES,
            stages=REFERRAL_STAGES,
            told=referrals_told,
            in_district=lambda district: Referral.objects.filter(jurisdiction_id=district),
            seat_overseers=_seat_overseers,
            papers="document",
            in_letters=_in_letters,
            designate=designate_silent_referral,
        )
    )
    declare(
        Noun(
            model=Dispute,
            name=_("管辖争议"),
            visible_to=disputes_visible_to,
            policies=DISPUTE_POLICIES,
            stages=DISPUTE_STAGES,
            told=disputes_told,
            in_district=lambda district: Dispute.objects.filter(referral__jurisdiction_id=district),
            internal=frozenset({"propose", "determine"}),
            internal_states={DisputeState.PROPOSED: DisputeState.REPORTED},
            shut_to=_proposals_shut_to,
        )
    )
    declare(
        Noun(
            model=Notice,
            name=_("通报告知"),
            visible_to=notices_visible_to,
            policies=NOTICE_POLICIES,
            stages=NOTICE_STAGES,
            told=notices_told,
            in_district=lambda district: Notice.objects.filter(from_agency__jurisdiction_id=district),
        )
    )
