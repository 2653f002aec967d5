"""No page walks a table that grows: an index serves every query, and the bench's plan check tells one that reads too much."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from accounts.kinds import Post
from bench.plans import FLOOR, Watching, account_of, explained
from tests import make

GROW = {
    "cases_case", "cases_caseversion", "cases_material", "core_auditentry", "core_outboxevent", "deadlines_clock", "documents_officialdocument",
    "notifications_message", "referrals_party", "referrals_referral", "referrals_wording",
}  # fmt: skip
MANY = FLOOR * 3


@pytest.fixture
def numbers(db):
    """A table of more rows than a query may read for nothing."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE numbers AS SELECT n, n %% 7 AS rest FROM generate_series(1, %s) AS n", [MANY])
        cursor.execute("ANALYZE numbers")
    return "numbers"


def test_a_walk_through_a_table_for_one_row_is_told(numbers):
    account = explained("SELECT n FROM numbers WHERE n = %s", [5])
    assert (account.read, account.returned) == (MANY, 1)
    assert account.too_much
    assert account.worst == "Seq Scan numbers"


def test_the_same_row_by_an_index_is_not(numbers):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON numbers (n)")
    assert not explained("SELECT n FROM numbers WHERE n = %s", [5]).too_much


def test_what_an_index_finds_and_a_filter_throws_away_is_told(numbers):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON numbers (n)")
        cursor.execute("SET LOCAL enable_seqscan = off")
    account = explained("SELECT n FROM numbers WHERE n > %s AND rest = 9", [10])
    assert "Index" in account.worst
    assert account.too_much


def test_a_bounded_count_may_read_its_bound_and_an_unbounded_one_may_not(numbers):
    bounded = explained("SELECT count(*) FROM (SELECT n FROM numbers LIMIT %s) AS few", [FLOOR * 2])
    assert bounded.counted == FLOOR * 2
    assert not bounded.too_much
    assert explained("SELECT count(*) FROM numbers", []).too_much


def test_rows_read_again_and_again_by_a_join_are_counted_each_time():
    inner = {"Node Type": "Index Scan", "Relation Name": "a", "Index Name": "i", "Actual Rows": 3, "Actual Loops": 500}
    plan = {"Node Type": "Nested Loop", "Actual Rows": 1, "Actual Loops": 1, "Plans": [inner]}
    assert account_of(plan).read == 1500


@pytest.fixture
def asked_of_pages(xuecheng, client):
    """The queries of the pages that everybody opens, of both sides."""
    referral = make.accepted(xuecheng)
    watching = Watching()
    pages = [
        "/",
        "/referrals/",
        "/referrals/desk/todo/",
        "/referrals/?q=道路",
        "/referrals/?phase=overdue",
        f"/referrals/{referral.pk}/",
        "/messages/",
        "/notices/",
    ]
    people = [(make.sender(xuecheng).user, pages), (make.receiver(xuecheng).user, pages), (make.receiver(xuecheng, Post.LEADER).user, pages)]
    people += [(xuecheng.user(agency, Post.AUDITOR), ["/audit/"]) for agency in xuecheng.agencies if xuecheng_has(xuecheng, agency)]
    for user, addresses in people:
        client.force_login(user)
        for address in addresses:
            with connection.execute_wrapper(watching):
                assert client.get(address).status_code == 200
    return watching.taken()


def xuecheng_has(world, agency):
    return world.agencies[agency].holdings.filter(post=Post.AUDITOR).exists()


def test_an_index_serves_every_query_of_every_day(asked_of_pages):
    """With walks made dear, PostgreSQL walks only where no index would serve."""
    walked = set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement, values in asked_of_pages:
            cursor.execute("EXPLAIN (FORMAT JSON) " + statement, values)
            plan = cursor.fetchone()[0]
            walked |= {(table, statement[:300]) for table in walks((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])}
    assert len(asked_of_pages) > 40
    assert not walked


@pytest.mark.parametrize(("address", "table"), [("/api/v1/disputes/", "referrals_dispute"), ("/api/v1/cases/", "cases_case")])
def test_what_may_be_seen_is_looked_up_by_key_for_each_row_of_a_page(xuecheng, client, address, table):
    """EXISTS beside an "or" is answered once, by reading everything that the agency ever had: 114,567 rows for 26."""
    make.disputed(xuecheng)
    watching = Watching()
    client.force_login(make.receiver(xuecheng).user)
    with connection.execute_wrapper(watching):
        assert client.get(address).json()["results"]
    [statement] = [text for text, _values in watching.taken() if text.startswith(f'SELECT "{table}"')]
    assert "LIMIT 1) IS NOT NULL" in statement.replace("LIMIT %s)", "LIMIT 1)")


def walks(node):
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROW:
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from walks(child)
