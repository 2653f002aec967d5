"""Every post walks every page that it is led to and follows every link, frame and picture there: none leads into nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import resolve
from django.utils import timezone

from accounts.kinds import Post
from notifications.models import Message
from oversight import services as desk
from oversight import watch
from oversight.models import Escalation
from referrals import services
from tests import make
from tests.house.test_permission_matrix import WHO

MORE = {
    "receiver head": ("区综合行政执法局", Post.HEAD),
    "sender liaison": ("区住建局", Post.LIAISON),
    "late leader": ("区综合行政执法局", Post.LEADER),
    "meeting office": ("区联席会议办公室", Post.MEETING_OFFICE),
    "convener": ("区联席会议办公室", Post.CONVENER),
    "named receiver": ("区市场监管局", Post.CLERK),
}
FILED = (make.draft, make.submitted, make.signed_for, make.accepted, make.decided, make.reported)
# Of one view no more pages than this: the pages of twenty letters in one state are one page.
EACH = 20
LED = {"a": "href", "iframe": "src", "img": "src"}


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if said.get(LED.get(tag, "")):
            self.found.append(said[LED[tag]])
        if tag == "form" and (said.get("method") or "get").lower() == "get" and said.get("action"):
            self.found.append(said["action"])


@pytest.fixture
def district(xuecheng, at, commits):
    """A district in which something of everything stands: each state, disputes, and orders of both kinds over two late letters."""
    at("2026-03-09T09:00")
    with commits():
        for number in range(3):
            make.delivered(xuecheng, party_code=make.credit_code(number))
        make.granted(xuecheng, party_code=make.credit_code(3))
    with commits():
        watch.sweep(at("2026-03-13T00:00:01"))
    at("2026-03-13T09:00")
    clerk, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    raised = list(Escalation.objects.order_by("pk"))
    with commits():
        desk.propose_escalation(raised[0].pk, by=clerk, words="建议督办", order="supervise")
        desk.propose_escalation(raised[1].pk, by=clerk, words="建议指定", order="designate")
        until = timezone.localdate() + timedelta(days=9)
        desk.instruct_escalation(raised[0].pk, by=leader, words="请依法办理", order="supervise", until=until)
        desk.instruct_escalation(
            raised[1].pk, by=leader, words="由市场监管局办理", order="designate", until=until, handler=xuecheng.agencies["区市场监管局"]
        )
    for number, reach in enumerate(FILED, start=10):
        reach(xuecheng, party_code=make.credit_code(number))
    with commits():
        disputes(xuecheng, clerk)
        receiver = make.receiver(xuecheng)
        returned = make.signed_for(xuecheng, party_code=make.credit_code(20))
        services.not_accept_referral(returned.pk, by=receiver, kind="papers", reasons="材料不全")
        services.refile_referral(returned.pk, by=make.sender(xuecheng))
        asked = make.signed_for(xuecheng, party_code=make.credit_code(21))
        services.request_supplement(asked.pk, by=receiver, wanted="照片")
    return xuecheng


def disputes(world, clerk):
    """One offered, one reported and proposed upon, one still open."""
    offered, proposed, _open = (make.disputed(world, party_code=make.credit_code(number)) for number in (30, 31, 32))
    leader = make.receiver(world, Post.LEADER)
    services.offer_agreement(offered.pk, by=leader, handler=world.agencies["区住建局"], words="你办")
    services.report_dispute(proposed.pk, by=leader)
    services.propose_designation(proposed.pk, by=clerk, words="建议照此办理", handler=world.agencies["区民政局"])


def walk(client, start):
    """Follow every link from `start` inside the product; yields (address, where it stood, status)."""
    to_visit, seen, visits = [(one, "") for one in start], set(start), Counter()
    while to_visit:
        address, where = to_visit.pop(0)
        view = resolve(urlsplit(address).path).view_name
        visits[view] += 1
        if visits[view] > EACH:
            continue
        response = client.get(address)
        yield address, where, response
        if response.status_code != 200 or response.streaming or "html" not in response.get("Content-Type", ""):
            continue
        for link in Links(response.content.decode()).found:
            target = urlsplit(urljoin(address, link))
            if target.scheme or target.netloc or target.path.startswith("/static/"):
                continue
            whole = target.path + ("?" + target.query if target.query else "")
            if whole not in seen:
                seen.add(whole)
                to_visit.append((whole, address))


def test_no_post_is_led_into_nothing(district, client):
    lost = []
    for who, (agency, post) in (WHO | MORE).items():
        user = district.actor(agency, post).user
        client.force_login(user)
        mine = list(Message.objects.filter(user=user))
        told = {m.url for m in mine} | {line["url"] for m in mine for line in m.lines}
        found = list(walk(client, ["/", *sorted(filter(None, told))]))
        assert len(found) > 8, who
        lost += [f"{who}: {address} ({r.status_code}), shown on {where or 'a message'}" for address, where, r in found if r.status_code >= 400]
    assert not lost, "\n".join(lost)
