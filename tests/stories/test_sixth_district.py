"""A sixth district joins with two files and no change of code; its numbers are its own."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone

from accounts.actors import actor_for, system_actor
from accounts.models import User
from deadlines.clocks import open_clock
from deadlines.profile_files import SHIPPED
from foundation.cases.models import Matter
from oversight import watch
from oversight.district import DistrictError, load_district, read_district
from oversight.models import Escalation
from referrals import services
from tests import make

EXAMPLE = (Path(__file__).resolve().parent.parent.parent / "docs/district.example.yaml").read_text(encoding="utf-8")


@pytest.fixture
def sixth(xuecheng, tmp_path):
    profile = (SHIPPED / "xuecheng.yaml").read_text(encoding="utf-8").replace("xuecheng_2021_25", "example_2026_1").replace("XC-", "EX-")
    profile = re.sub(r"\nversion: \d+\n", "\nversion: 1\n", profile)
    profile = profile.replace(
        "trigger: referral_received, limit: {value: 3, unit: plain_day}", "trigger: referral_received, limit: {value: 4, unit: workday}"
    )
    (tmp_path / "example.yaml").write_text(profile, encoding="utf-8")
    (tmp_path / "district.yaml").write_text(EXAMPLE, encoding="utf-8")
    call_command("load_rules", profile=tmp_path / "example.yaml", stdout=io.StringIO())
    out = io.StringIO()
    call_command("load_district", tmp_path / "district.yaml", stdout=out)
    return dict(line.split("\t") for line in out.getvalue().splitlines())


def person(name):
    return actor_for(User.objects.get(username=f"example-{name}"))


def test_the_sixth_district_works_on_its_own_numbers(sixth, at):
    at("2026-03-09T09:00")
    clerk = person("housing-clerk")
    matter = Matter.objects.get(jurisdiction=clerk.agency.jurisdiction)
    data = {
        "source": "patrol", "found_at": timezone.now(), "determined_at": timezone.now(), "place": "东山路", "matter": matter, "facts": "占道", "party_kind": "unknown",
        "preliminary_investigation": "已查", "to_agency": matter.competent, "reasons": "由对方处罚",
    }  # fmt: skip
    referral = services.start_draft(by=clerk, data=data)
    for slot in ("source_materials", "preliminary_evidence"):
        services.attach_material(referral.pk, by=clerk, slot=slot, name="a.pdf", size=len(make.pdf(slot).getvalue()), stream=make.pdf(slot))
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.submit_referral(referral.pk, by=clerk)
        services.sign_referral(referral.pk, by=person("housing-leader"))
    clock = open_clock(("referral", referral.pk), "acceptance_reply")
    assert (timezone.localtime(clock.due_at).date().isoformat(), clock.clause) == ("2026-03-13", "EX-2.2-e")
    watch.sweep(at("2026-03-14T00:00"))
    assert Escalation.objects.get(subject_kind="referral", subject_id=referral.pk).jurisdiction.key == "example"


def test_its_people_must_change_their_first_password(sixth, client):
    assert set(sixth) >= {"example-housing-clerk", "example-administrator"}
    user = User.objects.get(username="example-housing-clerk")
    assert user.check_password(sixth["example-housing-clerk"])
    client.force_login(user)
    assert client.get("/")["Location"] == "/password/"


@pytest.mark.parametrize(
    ("right", "wrong", "word"),
    [
        ("kind: township", "kind: village", "agencies.2.kind"),
        ("parent: enforcement", "parent: nobody", "nobody"),
        ("post: clerk}", "post: chief}", "people.0.post"),
        ("rules:", "rulez:", "rulez"),
    ],
)
def test_a_mistake_in_the_file_is_named(right, wrong, word):
    with pytest.raises(DistrictError) as error:
        read_district(EXAMPLE.replace(right, wrong, 1))
    assert word in str(error.value)


def test_a_file_cannot_put_two_administrations_into_one_hand(sixth):
    line = "  - {username: example-administrator, name: 系统管理员, agency: office, post: auditor}\nmatters:"
    with pytest.raises(DistrictError, match="三人分别担任"):
        load_district(read_district(EXAMPLE.replace("matters:", line)), by=system_actor("test"))
