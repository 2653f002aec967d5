"""Keys of the same facts are renewed after their normalisation changed: in batches, resumable, the same however often; and it is told."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import CommandError

from deadlines.calendar import SHANGHAI
from foundation.cases import sameness
from foundation.cases.sameness import Facts, Who, keys_of
from referrals import same_facts as looking_up
from referrals.models import Referral
from referrals.services import same_facts_keys
from tests import make


@pytest.fixture
def older(xuecheng):
    """Three referrals, one a draft, as a release with another normalisation left them."""
    rows = [make.draft(xuecheng)] + [make.delivered(xuecheng, party_code=make.credit_code(n)) for n in (5, 6)]
    right = {row.pk: row.facts_keys for row in Referral.objects.filter(pk__in=[r.pk for r in rows])}
    Referral.objects.update(facts_keys=["sold"], facts_normal=sameness.NORMALISATION - 1)
    return right


def keys():
    return dict(Referral.objects.values_list("pk", "facts_keys"))


def renew(**options):
    said = StringIO()
    call_command("renew_facts_keys", stdout=said, **options)
    return said.getvalue()


def test_every_referral_is_looked_up_by_todays_keys_afterwards(older):
    before = dict(Referral.objects.values_list("pk", "version"))
    assert "3 referral(s) renewed" in renew()
    assert keys() == older
    assert dict(Referral.objects.values_list("pk", "version")) == before


def test_stopped_after_a_batch_it_goes_on_where_it_was_and_then_finds_nothing_more(older, monkeypatch):
    monkeypatch.setattr(same_facts_keys, "BATCH", 2)
    assert next(same_facts_keys.renew_all_facts_keys()) == 2
    assert same_facts_keys.older_facts_keys() == 1
    assert list(same_facts_keys.renew_all_facts_keys()) == [1]
    assert keys() == older
    assert list(same_facts_keys.renew_all_facts_keys()) == []


def test_it_is_told_how_many_are_older_by_the_command_and_by_the_check(older):
    with pytest.raises(CommandError, match="3 referral"):
        renew(check=True)
    assert "referrals.W001" in [found.id for found in run_checks(databases=["default"])]
    renew()
    assert "today" in renew(check=True)
    assert "referrals.W001" not in [found.id for found in run_checks(databases=["default"])]


def test_what_is_saved_now_is_of_todays_normalisation(xuecheng):
    make.draft(xuecheng)
    assert same_facts_keys.older_facts_keys() == 0


def test_a_case_stored_with_older_keys_is_found_again(xuecheng, older):
    twin = make.draft(xuecheng, party_code=make.credit_code(9), party_name="枣庄5号建材有限公司", place="薛城区泰山南路59号")
    assert looking_up.same_facts(twin, xuecheng.profile) == []
    renew()
    assert looking_up.same_facts(twin, xuecheng.profile)


def test_a_change_of_the_keys_counts_the_normalisation_up():
    """Other keys for these facts: count NORMALISATION up, then write the keys that it gives now beside the new number."""
    facts = Facts(
        (Who("enterprise", "枣庄喆堃建材有限责任公司", "91370403ＭＡ3C4H6W1L"), Who("person", "张三", "370403900101123")),
        7, "山东省枣庄市薛城区临城街道泰山南路88号门前", dt.datetime(2026, 3, 9, 9, tzinfo=SHANGHAI), "现场检查发现当事人在道路上堆放建筑材料约二十平方米。",
    )  # fmt: skip
    given = keys_of(facts)
    assert (sameness.NORMALISATION, given) == (1, PINNED)


PINNED = [
    "s20f2d8d30f743eed31",
    "s61867eaa2dae2f8acf",
    "s8b7ea99afca262bd38",
    "sa369f36797a4998e2b",
    "w03db848ad3b7340465",
    "w149b5d9c318d2cec5f",
    "w1d1905232301e9f587",
    "w1f0acd01bf52494fd0",
    "w474f261636ed3d16ee",
    "wb05c605694d2fe8a73",
    "we1cab2456bf1350ba3",
]
