"""Profiles are validated data: a mistake is refused with file, line and reason."""

from __future__ import annotations

import hashlib

import pytest

from accounts.actors import system_actor
from deadlines import loading
from deadlines.book import rules_for
from deadlines.profile_files import SHIPPED, ProfileError, parse_profile, shipped_profiles

TEXT = (SHIPPED / "qidong.yaml").read_text(encoding="utf-8")

MISTAKES = [
    ("limit: {value: 5, unit: workday}, urgent", "limit: {value: 5, unit: fortnight}, urgent", "unit"),
    ("clause: QD-2.4.1-f, actor: either", "clause: somewhere, actor: either", "条款编号"),
    ("extension: {max: 10, unit: workday, semantics: total", "extension: {max: 10, semantics: total", "max、unit、semantics"),
    ("referral: {clock: referral}", "referral: {clock: nothing}", "不存在的时限"),
    ("chain: non_jurisdiction}", "chain: nowhere}", "不存在的争议程序"),
    ("value: 24, unit: hour}", "value: 0, unit: hour}", "greater than or equal"),
    ("guards: [", "gards: [", "gards"),
]


@pytest.mark.parametrize(("right", "wrong", "word"), MISTAKES)
def test_a_mistake_is_refused_with_file_line_and_reason(right, wrong, word):
    assert right in TEXT
    line = TEXT[: TEXT.index(right)].count("\n") + 1
    with pytest.raises(ProfileError) as refused:
        parse_profile(TEXT.replace(right, wrong, 1), "sixth.yaml")
    said = str(refused.value)
    assert word in said
    assert said.startswith("sixth.yaml:")
    if "不存在" not in word:
        assert any(part.startswith(f"sixth.yaml:{n}:") for part in said.splitlines() for n in (line, line - 1, line + 1)), said


def test_broken_yaml_is_refused_with_its_line():
    with pytest.raises(ProfileError, match=r"sixth.yaml:4: YAML"):
        parse_profile("a: 1\nb: 2\nc: [1\n", "sixth.yaml")


def test_all_five_documents_are_complete():
    profiles = shipped_profiles()
    assert sorted(profiles) == ["qidong", "shuocheng", "xuecheng", "yiyuan", "zhoucun"]
    assert {k: len(p.clocks) for k, p in profiles.items()} == {"qidong": 13, "shuocheng": 12, "xuecheng": 14, "yiyuan": 8, "zhoucun": 13}
    assert profiles["xuecheng"].referral.not_ours.clause == "XC-2.2-g"


def test_the_same_version_with_other_words_is_refused(xuecheng):
    by = system_actor("test")
    text = (SHIPPED / "xuecheng.yaml").read_text(encoding="utf-8")
    loading.load_profile_text(text, "xuecheng.yaml", by=by)
    with pytest.raises(ProfileError, match="版本号"):
        loading.load_profile_text(text.replace("trial: true", "trial: false"), "xuecheng.yaml", by=by)


def test_a_district_joins_by_a_profile_and_a_running_clock_keeps_its_version(xuecheng, at):
    from tests import make

    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    by = system_actor("test")
    text = (SHIPPED / "xuecheng.yaml").read_text(encoding="utf-8")
    now = parse_profile(text, "xuecheng.yaml").version
    text = text.replace(f"\nversion: {now}\n", f"\nversion: {now + 1}\n")
    text = text.replace("trigger: referral_received, limit: {value: 3", "trigger: referral_received, limit: {value: 7")
    newer = loading.load_profile_text(text, "xuecheng.yaml", by=by)
    loading.assign_profile(xuecheng.jurisdiction, newer, since=__import__("datetime").date(2026, 3, 10), by=by)
    assert rules_for(xuecheng.jurisdiction, __import__("datetime").date(2026, 3, 9)).version.version == now
    assert rules_for(xuecheng.jurisdiction, __import__("datetime").date(2026, 3, 10)).version.version == now + 1
    from deadlines.clocks import open_clock, recomputed

    clock = open_clock(("referral", referral.pk), "acceptance_reply")
    assert recomputed(clock).due_date.isoformat() == "2026-03-12"
    at("2026-03-10T09:00")
    later = make.delivered(xuecheng, party_code=make.credit_code(9))
    assert open_clock(("referral", later.pk), "acceptance_reply").due_at.date().isoformat() == "2026-03-19"


def test_a_shipped_profile_changes_only_under_a_new_version():
    listed = dict(line.rsplit(" ", 1) for line in (SHIPPED / "versions.txt").read_text().splitlines())
    for path in sorted(SHIPPED.glob("*.yaml")):
        profile = parse_profile(path.read_text(encoding="utf-8"), path.name)
        key = f"{profile.profile.key} {profile.version}"
        assert listed[key] == hashlib.sha256(path.read_bytes()).hexdigest(), f"raise the version of {path.name} and add its line to versions.txt"
