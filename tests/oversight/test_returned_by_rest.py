"""The list of what came back, by REST as on the page: for the offices that oversee, and for nobody else."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.kinds import Post
from referrals import services
from tests import make


def refused_otherwise(world, number):
    referral = make.signed_for(world, party_code=make.credit_code(number))
    return services.not_accept_referral(referral.pk, by=make.receiver(world), kind="other", reasons="卷宗需由贵单位先行核对封存清单")


def test_an_overseer_reads_what_came_back_newest_first_page_by_page(xuecheng, client):
    made = [refused_otherwise(xuecheng, number) for number in range(1, 4)]
    client.force_login(xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK).user)
    address = reverse("api-returned")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(queries) <= 8
    rows = answer.json()["results"]
    assert [row["id"] for row in rows] == [r.pk for r in reversed(made)]
    assert (rows[0]["refusal_kind"], rows[0]["answer_reasons"]) == ("other", "卷宗需由贵单位先行核对封存清单")
    assert "title" not in rows[0]
    assert [row["id"] for row in client.get(address, {"after": made[1].pk}).json()["results"]] == [made[0].pk]
    assert client.get(address, {"state": "x"}).status_code == 400


def test_the_parties_do_not_read_the_overseers_list(xuecheng, client):
    refused_otherwise(xuecheng, 1)
    for by in (make.sender(xuecheng), make.receiver(xuecheng, Post.LEADER)):
        client.force_login(by.user)
        assert client.get(reverse("api-returned")).status_code == 403
