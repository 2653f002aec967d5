"""A jurisdiction with its agencies and posts, from its profile: the same for the demonstration and for the tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from accounts.actors import Actor, actor_in, system_actor
from accounts.kinds import THREE_ADMINISTRATORS, AgencyKind, Post
from accounts.models import Agency, Jurisdiction, PostHolding, User
from deadlines import loading
from deadlines.profile import Profile
from deadlines.profile_files import SHIPPED, shipped_profile
from demo.places import CODES, FULL_NAMES, KIND_BY_KEY, MATTERS, PLACES, Place
from foundation.cases.models import Matter
from referrals.words import initials


@dataclass
class World:
    """What was built: agencies by short name, and an actor for each (short name, post)."""

    jurisdiction: Jurisdiction
    profile: Profile
    agencies: dict[str, Agency] = field(default_factory=dict)
    holdings: dict[tuple[str, str], PostHolding] = field(default_factory=dict)

    def actor(self, agency: str, post: str = Post.CLERK) -> Actor:
        """A fresh actor: nothing that an earlier one did to its rows in memory clings to it."""
        rows = PostHolding.objects.select_related("user", "agency__jurisdiction", "agency__parent")
        holding = rows.get(pk=self.holdings[agency, post].pk)
        return actor_in(holding.user, holding)

    def user(self, agency: str, post: str = Post.CLERK) -> User:
        return User.objects.get(pk=self.holdings[agency, post].user_id)


def build_world(key: str, *, password: str = "", since: dt.date = dt.date(2021, 1, 1), options: dict[str, str] | None = None) -> World:
    """The jurisdiction of the shipped profile `key` with agencies, posts and matters, put on that profile from `since`."""
    place, profile = PLACES[key], shipped_profile(key)
    by = system_actor("demo")
    jurisdiction, _new = Jurisdiction.objects.get_or_create(
        key=key,
        # A first visitor has no authenticator: the demonstration asks for none. A district of its own is asked as the settings say.
        defaults={
            "name": place.name,
            "area_code": place.area_code,
            "government_name": f"{place.name}人民政府",
            "second_factor_posts": [],
        },
    )
    world = World(jurisdiction, profile)
    loading.load_shipped_years()
    path = next(p for p in SHIPPED.glob("*.yaml") if p.stem == key)
    version = loading.load_profile_text(path.read_text(encoding="utf-8"), path.name, by=by)
    loading.assign_profile(jurisdiction, version, since=since, by=by, options=options)
    _agencies(world, place)
    _posts(world, make_password(password) if password else "!")
    _matters(world, key)
    return world


def _agency(world: World, key: str, kind: str, name: str, short: str, code: str, **more: object) -> Agency:
    defaults = {
        "kind": kind, "name": name, "short_name": short, "doc_code": code, "order": len(world.agencies), "pinyin": initials(short), **more,
    }  # fmt: skip
    agency, _new = Agency.objects.get_or_create(jurisdiction=world.jurisdiction, key=key, defaults=defaults)
    world.agencies[short] = agency
    return agency


def _agencies(world: World, place: Place) -> None:
    members = (*world.profile.agencies.joint_meeting_members, *world.profile.agencies.leading_group_members)
    for member in members:
        kind = KIND_BY_KEY.get(member.key, AgencyKind.DEPARTMENT)
        bare = member.zh.removeprefix("区").removeprefix("县").removeprefix("市")
        name = FULL_NAMES.get(member.zh, member.zh if member.zh.startswith(place.name[:2]) else place.name + bare)
        code = CODES.get(member.zh, place.initial + bare.removesuffix("局").replace(place.name[:2], "")[:3])
        _agency(world, member.key, kind, name, member.zh, code, joint_meeting_member=True, phone="0632-4400000")
    for number, short in enumerate(place.departments):
        bare = short[1:]
        _agency(world, f"department_{number}", AgencyKind.DEPARTMENT, place.name + bare, short, place.initial + bare[:3])
    for number, (name, street) in enumerate(place.townships, 1):
        _agency(
            world, f"township_{number}", AgencyKind.STREET if street else AgencyKind.TOWNSHIP,
            f"{place.name}{name}{'办事处' if street else '人民政府'}", name, place.initial + name[:2],
            area_code=f"{place.area_code}{number:03d}",
        )  # fmt: skip
    lead = next((a for a in world.agencies.values() if a.kind == AgencyKind.ENFORCEMENT_BUREAU), None)
    if lead:
        squad = f"{place.name[:2]}执法一中队"
        _agency(world, "squad_1", AgencyKind.DISPATCHED_BODY, f"{lead.name}一中队", squad, f"{lead.doc_code}中", parent=lead)
        _agency(world, "legal_section", AgencyKind.INTERNAL_ORGAN, f"{lead.name}法制科", "法制科", f"{lead.doc_code}法", parent=lead)
    tier = place.name[-1]
    for key, kind, words in (
        ("government", AgencyKind.GOVERNMENT, "政府"), ("government_office", AgencyKind.GOVERNMENT_OFFICE, "政府办公室"),
        ("supervision_office", AgencyKind.SUPERVISION_OFFICE, "政府督查室"), ("justice_bureau", AgencyKind.JUSTICE_BUREAU, "司法局"),
        ("establishment_office", AgencyKind.ESTABLISHMENT_OFFICE, "委编办"), ("discipline", AgencyKind.DISCIPLINE_INSPECTION, "纪委监委"),
        ("meeting_office", AgencyKind.MEETING_OFFICE, "联席会议办公室"),
    ):  # fmt: skip
        if kind == AgencyKind.JUSTICE_BUREAU and any(a.kind == kind for a in world.agencies.values()):
            continue
        full = f"{place.name}人民{words}" if words.startswith("政府") else place.name + words
        code = place.initial + {"政府": "政", "政府办公室": "政办", "政府督查室": "政督"}.get(words, words[:2])
        _agency(world, key, kind, full, tier + words, code)


TITLES = {
    Post.CLERK: "经办人", Post.LIAISON: "联络员", Post.LEADER: "分管领导", Post.HEAD: "主要负责人",
    Post.GOVERNMENT_CLERK: "经办人", Post.GOVERNMENT_LEADER: "政府领导", Post.SUPERVISION: "督查员",
    Post.MEETING_OFFICE: "工作人员", Post.CONVENER: "组长", Post.ADMINISTRATOR: "系统管理员",
    Post.SECURITY: "安全管理员", Post.AUDITOR: "审计管理员",
}  # fmt: skip
POSTS_BY_KIND = {
    AgencyKind.GOVERNMENT: (Post.GOVERNMENT_LEADER,),
    AgencyKind.GOVERNMENT_OFFICE: (Post.GOVERNMENT_CLERK, Post.GOVERNMENT_LEADER, *THREE_ADMINISTRATORS),
    AgencyKind.SUPERVISION_OFFICE: (Post.SUPERVISION,),
    AgencyKind.MEETING_OFFICE: (Post.MEETING_OFFICE, Post.CONVENER),
}
ORDINARY = (Post.CLERK, Post.LIAISON, Post.LEADER, Post.HEAD)


def _posts(world: World, password: str) -> None:
    for short, agency in world.agencies.items():
        for post in POSTS_BY_KIND.get(AgencyKind(agency.kind), ORDINARY):
            username = f"{world.jurisdiction.key}-{agency.key}-{post}".replace("_", "-")
            user, _new = User.objects.get_or_create(
                username=username,
                defaults={
                    "first_name": f"{short}{TITLES[post]}", "password": password, "email": f"{username}@example.invalid",
                    "jurisdiction": world.jurisdiction,
                },
            )  # fmt: skip
            holding, _new = PostHolding.objects.get_or_create(user=user, agency=agency, post=post, defaults={"title": TITLES[post]})
            holding.agency = agency
            holding.user = user
            world.holdings[short, post] = holding


def _matters(world: World, key: str) -> None:
    rows = MATTERS.get(key)
    if rows is None:
        able = [a for a in world.agencies.values() if a.kind in (AgencyKind.DEPARTMENT, AgencyKind.TOWNSHIP, AgencyKind.ENFORCEMENT_BUREAU)]
        rows = tuple((f"违反{a.short_name}主管法律法规的行为", "有关法律、法规", "综合", a.short_name, "职责分工") for a in able[:6])
    for name, basis, area, competent, why in rows:
        Matter.objects.get_or_create(
            jurisdiction=world.jurisdiction, name=name,
            defaults={
                "basis": basis, "field": area, "competent": world.agencies[competent], "competent_reason": why, "pinyin": initials(name),
            },
        )  # fmt: skip
