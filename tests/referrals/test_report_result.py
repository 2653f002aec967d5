"""The result is reported to the sender in writing: a numbered letter, and it lies on the sender's desk."""

from __future__ import annotations

import pytest

from documents.models import OfficialDocument
from notifications.models import Message
from referrals import services
from tests import make


@pytest.mark.parametrize("world", ["xuecheng", "zhoucun", "qidong"], indirect=True)
def test_the_result_goes_to_the_sender_in_a_numbered_letter(world, commits):
    referral = make.decided(world)
    with commits():
        services.report_result(referral.pk, by=make.receiver(world))
    letter = OfficialDocument.objects.get(kind="referral_result_notice", subject_kind="referral", subject_id=referral.pk)
    assert (letter.issuer_id, letter.addressee_id) == (referral.to_agency_id, referral.from_agency_id)
    assert letter.number
    assert Message.objects.filter(user=make.sender(world).user, text__startswith="处理结果已通报").exists()
