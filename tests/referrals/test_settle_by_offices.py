"""两办一致认定 (ZC-2.4.3-o): it follows from what the offices said, and nobody brings it about directly."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.kinds import Post
from core.acts import act
from core.errors import NotAllowed
from core.models import AuditEntry
from referrals import services
from referrals.models import Dispute
from referrals.policies.disputes import may_settle_by_offices
from referrals.selectors import disputes_visible_to
from tests import make

OFFICES = ("区委编办", "区政府法制办")


@pytest.fixture
def dispute(zhoucun):
    opened = make.disputed(zhoucun)
    services.report_dispute(opened.pk, by=make.receiver(zhoucun, Post.LEADER))
    return opened


@pytest.mark.parametrize("office", [*OFFICES, "区政府"])
def test_no_person_settles_it_in_the_offices_name(zhoucun, dispute, office):
    post = Post.GOVERNMENT_LEADER if office == "区政府" else Post.LEADER
    by, handler = zhoucun.actor(office, post), zhoucun.agencies["区工商局"]

    def settle():
        with act(disputes_visible_to(by), dispute.pk, "settle_by_offices", by=by, may=may_settle_by_offices) as (row, _saying):
            row.settle_by_offices(at=timezone.now(), handler=handler, reasons="我说了算")

    with pytest.raises(NotAllowed):
        settle()
    assert Dispute.objects.get(pk=dispute.pk).state == "reported"


def test_each_office_is_recorded_for_what_it_said_and_the_system_for_what_follows(zhoucun, dispute):
    for office in OFFICES:
        settled = services.determine_jurisdiction(dispute.pk, by=zhoucun.actor(office, Post.LEADER), handler=zhoucun.agencies["区工商局"])
    entries = AuditEntry.objects.filter(
        subject_kind="dispute", subject_id=str(dispute.pk), verb__in=["dispute.determine", "dispute.settle_by_offices"]
    )
    said = [(entry.verb, entry.agency_name) for entry in entries.order_by("seq")]
    assert said == [*(("dispute.determine", zhoucun.agencies[office].short_name) for office in OFFICES), ("dispute.settle_by_offices", "")]
    assert settled.state == "decided"
