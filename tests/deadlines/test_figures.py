"""Figures of the documents that no act asks for yet, each on a date where one day more or less shows."""

from __future__ import annotations

import pytest

from deadlines.calendar import shipped_calendar
from deadlines.due import compute_due, parse_event
from deadlines.profile_files import shipped_profile
from demo.world import World

# 2025-06-20 is a Friday, 2025-03-10 a Monday; no holiday is near either. Xuecheng's five days are counted from a Tuesday: from a
# Monday they end with the six calendar days that another figure would be.
FIGURES = [
    ("xuecheng", "agenda_solicitation", "2025-06-20", "2025-06-10", "XC-1.4-a"),
    ("zhoucun", "agenda_solicitation", "2025-06-20", "2025-06-13", "ZC-2.4.1-g"),
    ("zhoucun", "info_share_routine", "2025-03-10T23:00", "2025-03-10", "ZC-2.4.5-c"),
    ("shuocheng", "info_share_routine", "2025-03-10T23:00", "2025-03-10", "SC-3.3-e"),
    ("xuecheng", "appraisal_opinion", "2025-03-11T09:00", "2025-03-18", "XC-4.2.1-a"),
    ("xuecheng", "consultation_opinion", "2025-03-11T09:00", "2025-03-18", "XC-4.2.2-a"),
    ("xuecheng", "approval_copy", "2025-03-11T09:00", "2025-03-18", "XC-3.4-a"),
    ("xuecheng", "penalty_copy", "2025-03-11T09:00", "2025-03-18", "XC-3.4-b"),
    ("xuecheng", "superior_document", "2025-03-10T09:00", "2025-03-13", "XC-3.4-c"),
    ("xuecheng", "execution_coordination_letter", "2025-03-11T09:00", "2025-03-18", "XC-4.3-a"),
    ("zhoucun", "penalty_copy", "2025-03-10T09:00", "2025-03-12", "ZC-2.4.3-g"),
    ("zhoucun", "assistance_opinion", "2025-03-10T09:00", "2025-03-12", "ZC-2.4.3-j"),
    ("zhoucun", "penalty_data_supply", "2025-03-10T09:00", "2025-03-13", "ZC-2.4.5-e"),
    ("shuocheng", "appraisal_opinion", "2025-03-10T09:00", "2025-03-17", "SC-3.5.1-a"),
    ("yiyuan", "query_supply", "2025-03-10T09:00", "2025-03-13", "YY-3.4-a"),
    ("qidong", "assistance_opinion", "2025-03-10T09:00", "2025-03-13", "QD-2.3.2-a"),
]


@pytest.mark.parametrize(("profile", "clock", "event", "due", "clause"), FIGURES, ids=[row[-1] for row in FIGURES])
def test_the_figure_of_the_clause_comes_out_to_the_day(profile, clock, event, due, clause):
    found = compute_due(shipped_profile(profile), clock, parse_event(event)[0], shipped_calendar())
    assert (found.due_date.isoformat(), found.rule.clause) == (due, clause)


MEMBERS = {
    "xuecheng": "区综合行政执法局 薛城公安分局 薛城生态环境分局 区发改局 区教体局 区科技局 区民政局 区住建局 区商促局 区文旅局 区应急管理局 "
    "区市场监管局 区行政审批服务局 薛城规划中心",
    "zhoucun": "区检察院 区法院 区住建局 区公安分局 区交通运输局 区环保分局 区农业局 区商务局 区工商局 区综合行政执法局 区食药局 区旅游局 "
    "区林业局 区畜牧兽医局 区农机局 周村规划分局 区政府法制办",
}


@pytest.mark.parametrize("world", ["xuecheng", "zhoucun"], indirect=True)
def test_the_joint_meetings_members_are_those_of_the_document(world: World):
    members = {a.short_name for a in world.agencies.values() if a.joint_meeting_member}
    assert members == set(MEMBERS[world.jurisdiction.key].split())


def test_yiyuans_leading_group_has_its_twenty_two_members(yiyuan):
    members = [m.key for m in yiyuan.profile.agencies.leading_group_members]
    assert len(members) == len(set(members)) == 22
    assert {"tax_bureau", "fire_rescue_brigade", "traffic_police_brigade"} - set(members) == set()
    assert "justice_bureau" not in members
