"""指定管辖 where the receiver keeps silent: only by way of the leader's order, and recorded as what it was."""

from __future__ import annotations

from accounts.kinds import Post
from core.acts import actions_on
from core.models import AuditEntry
from oversight import watch
from referrals import services
from referrals.models import Dispute
from referrals.policies import REFERRAL_POLICIES
from tests import make


def test_it_is_never_offered_by_itself(xuecheng):
    referral = make.delivered(xuecheng)
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    assert REFERRAL_POLICIES["designate_silent"](referral, leader)
    assert "designate_silent" not in [action.verb for action in actions_on(referral, leader, REFERRAL_POLICIES)]


def test_nobody_is_recorded_as_having_objected_or_reported(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    # The government has a seat at the letter from the day on which the silence reached it.
    watch.sweep(at("2026-03-13T00:00:01"))
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    services.designate_silent_referral(referral.pk, by=leader, handler=referral.to_agency, reasons="逾期不答复，由其办理。")
    dispute = Dispute.objects.get(referral=referral)
    said = AuditEntry.objects.filter(agency_id=leader.agency_id).order_by("id")
    told = [entry.verb for entry in said if entry.subject_kind in ("referral", "dispute")]
    assert told == ["dispute.open", "referral.designate_silent", "dispute.designate"]
    assert not AuditEntry.objects.filter(verb__in=["referral.object", "dispute.report"]).exists()
    assert dispute.opened_by_id == leader.agency_id
