"""Qidong's major and difficult case: the leader of the bureau that is addressed consents, and nobody for it."""

from __future__ import annotations

import pytest

from accounts.kinds import Post
from core.errors import NotAllowed, Refused
from referrals import services
from referrals.models import Referral
from tests import make

TOWN, BUREAU = "汇龙镇", "市住房和城乡建设局"


@pytest.fixture
def asked(qidong):
    """A draft that waits for the bureau's consent."""
    referral = make.draft(qidong, by=TOWN, to_agency=qidong.agencies[BUREAU], kind="major_difficult")
    return services.save_draft(referral.pk, by=qidong.actor(TOWN), data={})


def test_the_bureaus_clerk_does_not_consent(asked, qidong):
    with pytest.raises(NotAllowed) as error:
        services.consent_to_referral(asked.pk, by=qidong.actor(BUREAU), note="同意")
    assert error.value.clause == "QD-2.4.1-j"
    assert Referral.objects.get(pk=asked.pk).consent_at is None


@pytest.mark.parametrize("agency", [TOWN, "市司法局"], ids=["sender", "justice-bureau"])
def test_no_other_agencys_leader_consents(asked, qidong, agency):
    with pytest.raises(Refused):
        services.consent_to_referral(asked.pk, by=qidong.actor(agency, Post.LEADER), note="同意")
    assert Referral.objects.get(pk=asked.pk).consent_at is None


def test_without_consent_nothing_goes_to_the_leader(asked, qidong):
    with pytest.raises(Refused) as error:
        services.submit_referral(asked.pk, by=qidong.actor(TOWN))
    assert error.value.clause == "QD-2.4.1-j"
