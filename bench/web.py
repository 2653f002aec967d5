"""Requests through the real WSGI application, and the raw SQL that reads or writes the same rows."""

from __future__ import annotations

import io
import itertools
import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import login
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.kinds import CLERKS, AgencyKind, Post
from accounts.models import Agency, PostHolding
from bench.timing import Pair
from bench.words import ROADS, company
from config.wsgi import application
from deadlines.book import current_calendar, rules_for
from deadlines.clocks import SIGN_FOR
from foundation.cases.models import Matter
from referrals.models import Referral
from referrals.services.exporting import ledger_rows


class Browser:
    """One person at one post: requests with the session's cookie, straight into the application."""

    def __init__(self, holding: PostHolding) -> None:
        from importlib import import_module

        from django.conf import settings

        self.holding = holding
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        request.META["REMOTE_ADDR"] = "127.0.0.1"
        login(request, holding.user, backend="django.contrib.auth.backends.ModelBackend")
        request.session["holding"] = holding.pk
        request.session.save()
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"

    def get(self, path: str) -> bytes:
        return call("GET", path, HTTP_COOKIE=self.cookie)


class Machine:
    """One client of another system, with a token."""

    def __init__(self, agency: Agency, name: str) -> None:
        from oauth2_provider.models import get_access_token_model

        from accounts.actors import system_actor
        from systems.authentication import new_token
        from systems.clients import register_client

        client, _secret = register_client(
            by=system_actor("bench"), agency=agency, name=name, post="clerk", scopes=["read", "file", "answer"],
            expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        self.holding, self.token = client.holding, new_token(None)
        row = get_access_token_model()(application=client, expires=timezone.now() + timedelta(hours=9), scope="read file answer", token="")
        row._raw_token = self.token
        row.save()

    def get(self, path: str) -> bytes:
        return call("GET", path, HTTP_AUTHORIZATION=f"Bearer {self.token}")

    def post(self, path: str, data: Any, **headers: str) -> bytes:
        return call("POST", path, json.dumps(data).encode(), HTTP_AUTHORIZATION=f"Bearer {self.token}", CONTENT_TYPE="application/json", **headers)


def call(method: str, path: str, body: bytes = b"", **more: str) -> bytes:
    """One request; raises unless it went well."""
    place, _mark, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": place.encode().decode("latin-1"), "QUERY_STRING": query, "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "CONTENT_LENGTH": str(len(body)), **more,
    }  # fmt: skip
    status: list[str] = []
    response = application(environ, lambda line, _headers: status.append(line))
    content = b"".join(response)
    response.close()  # type: ignore[attr-defined]
    if status[0][0] not in "23":
        raise RuntimeError(f"{method} {path}: {status[0]} {content[:300]!r}")
    return content


def raw(statement: str, values: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


LIST = """
SELECT r.id, r.version, r.number, r.state, r.from_agency_id, r.to_agency_id, c.party_name, m.name, c.urgent, r.signed_at, r.delivered_at, r.answered_at, r.updated_at,
       f.short_name, t.short_name
FROM (SELECT DISTINCT referral_id FROM referrals_party WHERE agency_id = %s {where} ORDER BY referral_id DESC LIMIT 26) p
JOIN referrals_referral r ON r.id = p.referral_id JOIN cases_case c ON c.id = r.case_id LEFT JOIN cases_matter m ON m.id = c.matter_id
JOIN accounts_agency f ON f.id = r.from_agency_id LEFT JOIN accounts_agency t ON t.id = r.to_agency_id ORDER BY r.id DESC"""
CLOCKS = "SELECT subject_id, key, role, clause, holder_id, event_at, unit, due_at, provisional FROM deadlines_clock WHERE subject_kind = 'referral' AND ended_at IS NULL AND subject_id = ANY(%s)"


def raw_list(agency: int, where: str = "", *values: Any) -> None:
    rows = raw(LIST.format(where=where), [agency, *values])
    raw(CLOCKS, [[row[0] for row in rows]])


def raw_detail(pk: int) -> None:
    raw("SELECT * FROM referrals_referral r JOIN cases_case c ON c.id = r.case_id WHERE r.id = %s", [pk])
    raw("SELECT * FROM deadlines_clock WHERE subject_kind = 'referral' AND subject_id = %s", [pk])
    raw("SELECT * FROM cases_material WHERE case_id = %s", [pk])
    raw("SELECT id, kind, number, title FROM documents_officialdocument WHERE subject_kind = 'referral' AND subject_id = %s", [pk])


class Bench:
    """Everything that is read and written, for the largest agency of the largest district."""

    def __init__(self) -> None:
        self.bureau = Agency.objects.get(jurisdiction__key="xuecheng", kind=AgencyKind.ENFORCEMENT_BUREAU)
        holding = PostHolding.objects.select_related("user").get(agency=self.bureau, post=Post.CLERK, machine=False)
        self.person, self.machine = Browser(holding), Machine(self.bureau, "bench")
        self.other = Agency.objects.filter(jurisdiction=self.bureau.jurisdiction, kind=AgencyKind.DEPARTMENT).first()
        self.matter = Matter.objects.filter(jurisdiction=self.bureau.jurisdiction).first()
        ids = raw("SELECT DISTINCT referral_id FROM referrals_party WHERE agency_id = %s", [self.bureau.pk])
        self.ids = sorted((row[0] for row in ids), reverse=True)
        self.deep = self.ids[len(self.ids) * 9 // 10]
        handled = raw("SELECT id FROM referrals_referral WHERE to_agency_id = %s AND state = 'handling' ORDER BY id DESC LIMIT 200", [self.bureau.pk])
        self.detail = itertools.cycle([row[0] for row in handled])
        self.filed = itertools.count()
        waiting = raw("SELECT id FROM referrals_referral WHERE to_agency_id = %s AND state = 'delivered' ORDER BY id", [self.bureau.pk])
        self.waiting = iter([row[0] for row in waiting])

    def pairs(self) -> list[Pair]:
        hello, me = lambda: self.person.get("/bench/hello/"), self.bureau.pk
        lists = lambda path: lambda: self.machine.get("/api/v1/referrals/" + path)  # noqa: E731
        pages = lambda path: lambda: self.person.get("/referrals/" + path)  # noqa: E731
        state = "AND state = %s"
        two = company(self.bureau.jurisdiction.name, 3)[0][3:5]
        return [
            Pair("list of 25, JSON", lists(""), hello, "hello view", 20),
            Pair("list of 25, JSON, by state", lists("?state=accepted"), hello, "hello view", 20),
            Pair("list of 25, JSON, overdue", lists("?phase=overdue"), hello, "hello view", 20),
            Pair("list of 25, JSON, deep cursor", lists(f"?after={self.deep}"), hello, "hello view", 20),
            Pair("list of 25, page", pages(""), hello, "hello view", 25),
            Pair("list of 25, page, by state", pages("?state=accepted"), hello, "hello view", 25),
            Pair("list of 25, page, deep cursor", pages(f"?after={self.deep}"), hello, "hello view", 25),
            Pair("workbench", lambda: self.person.get("/"), hello, "hello view"),
            Pair("list of 25, JSON (raw SQL)", lists(""), lambda: raw_list(me), "raw SQL, same rows", 66.7),
            Pair("list of 25, by state (raw SQL)", lists("?state=accepted"), lambda: raw_list(me, state, "accepted"), "raw SQL, same rows", 66.7),
            Pair("list of 25, deep cursor (raw SQL)", lists(f"?after={self.deep}"), lambda: raw_list(me, "AND referral_id < %s", self.deep), "raw SQL, same rows", 66.7),
            Pair("detail, JSON", lambda: self.machine.get(f"/api/v1/referrals/{next(self.detail)}/"), lambda: raw_detail(next(self.detail)), "raw SQL, same rows"),
            Pair("detail, page", lambda: self.person.get(f"/referrals/{next(self.detail)}/"), lambda: raw_detail(next(self.detail)), "raw SQL, same rows"),
            Pair("search, two characters, JSON", lists(f"?q={_quoted(two)}"), lambda: raw_search(me, two), "raw SQL, same rows"),
            Pair("filing, JSON", self.file, self.raw_file, "raw SQL, same rows", 1 / 0.12),
            Pair("filing, JSON, all under one roof", self.file_under_one_roof, self.raw_file, "raw SQL, same rows"),
            Pair("transition (sign for), JSON", self.sign_for, self.raw_sign_for, "raw SQL, same rows", times=4),
        ]  # fmt: skip

    def file(self, place: str = "") -> None:
        """A draft as a system files it: another firm each time, at its own address unless one roof (`place`) covers them all."""
        number = next(self.filed)
        name, code = company("薛城区", number)
        place = place or f"薛城区{ROADS[number % len(ROADS)]}路{1 + number // len(ROADS)}号"
        assert self.other and self.matter
        body = {
            "source": "inspection", "found_at": timezone.now().isoformat(), "place": place, "matter": self.matter.pk, "facts": "现场检查发现占道堆放。",
            "party_kind": "enterprise", "party_name": name, "party_code": code, "to_agency": self.other.pk, "reasons": "由对方管辖。",
            "determined_at": timezone.now().isoformat(),
        }  # fmt: skip
        self.machine.post("/api/v1/referrals/", body)

    def file_under_one_roof(self) -> None:
        """Each is compared with all those before it: one matter, one day, one market hall."""
        self.file("薛城区泰山南路88号")

    def raw_file(self) -> None:
        """The rows that a filing writes: case, referral, words, party, clock, audit entry, event."""
        last = self._last("referrals_referral", "state = 'draft'")
        with transaction.atomic():
            case = _again("cases_case", f"id = (SELECT case_id FROM referrals_referral WHERE id = {last})")
            new = _again("referrals_referral", f"id = {last}", case_id=case, exclusive=False)
            raw("INSERT INTO referrals_wording (referral_id, words) SELECT %s, words FROM referrals_wording WHERE referral_id = %s", [new, last])
            _again("referrals_party", f"referral_id = {last} AND role = 'sender'", referral_id=new)
            _again(
                "deadlines_clock",
                f"id = (SELECT MIN(id) FROM deadlines_clock WHERE subject_kind = 'referral' AND subject_id = {last})",
                subject_id=new,
            )
            _audit(new, 1)

    def sign_for(self) -> None:
        self.sign_for_one(next(self.waiting))

    def sign_for_one(self, pk: int) -> None:
        self.machine.post(f"/api/v1/referrals/{pk}/sign_for/", {}, HTTP_IF_MATCH="*")

    def raw_sign_for(self) -> None:
        """The rows that a signing-for writes: referral (and its parties' state), clock, audit entry, event."""
        pk = next(self.waiting)
        with transaction.atomic():
            raw("SELECT * FROM referrals_referral WHERE id = %s FOR UPDATE", [pk])
            raw(
                "UPDATE referrals_referral SET state = 'signed_for', signed_for_at = now(), version = version + 1, updated_at = now() WHERE id = %s",
                [pk],
            )
            raw(
                "UPDATE deadlines_clock SET ended_at = now(), \"end\" = 'met', next_step_at = NULL WHERE subject_kind = 'referral' AND subject_id = %s AND role = %s AND ended_at IS NULL",
                [pk, SIGN_FOR],
            )
            _audit(pk, 90)

    def _last(self, table: str, where: str) -> int:
        return int(raw(f"SELECT MAX(id) FROM {table} WHERE {where}")[0][0])


def raw_search(agency: int, two: str) -> None:
    raw_list(agency, "AND referral_id IN (SELECT referral_id FROM referrals_wording WHERE words @> ARRAY[%s]::varchar[])", two)


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


_columns: dict[str, list[str]] = {}


def _again(table: str, where: str, **changes: Any) -> int:
    """Insert a copy of one row, with changes; its new id."""
    if table not in _columns:
        names = [row[0] for row in raw("SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", [table])]
        _columns[table] = [n for n in names if n != "id"]
    names = _columns[table]
    taken = ", ".join(f'%s AS "{n}"' if n in changes else f'"{n}"' for n in names)
    listed = ", ".join(f'"{n}"' for n in names)
    values = [changes[n] for n in names if n in changes]
    return int(raw(f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {table} WHERE {where} RETURNING id", values)[0][0])


def _audit(pk: int, seq: int) -> None:
    raw("SELECT pg_advisory_xact_lock(%s)", [pk])
    raw(
        "INSERT INTO core_auditentry (subject_kind, subject_id, seq, verb, at, actor_name, agency_name, post, detail, prev_hash, hash)"
        " VALUES ('bench', %s, %s, 'referral.bench', now(), '经办人', '区住建局', 'clerk', '{}', '', repeat('0', 64))", [str(pk), seq],
    )  # fmt: skip
    raw(
        "INSERT INTO core_outboxevent (uid, stream, jurisdiction_id, subject_kind, subject_id, verb, at, data)"
        " VALUES (gen_random_uuid(), %s, 1, 'referral', %s, 'referral.bench', now(), '{}')", [f"referral:{pk}", pk],
    )  # fmt: skip


def ledger(rows: int) -> int:
    """Read the ledger of the largest agency's list, `rows` rows of it, as the stream does."""
    from accounts.actors import actor_in

    bureau = Agency.objects.get(jurisdiction__key="xuecheng", kind=AgencyKind.ENFORCEMENT_BUREAU)
    holding = PostHolding.objects.select_related("user", "agency__jurisdiction").get(agency=bureau, post=CLERKS[0], machine=False)
    return sum(1 for _row in itertools.islice(ledger_rows(actor_in(holding.user, holding), "all", {}), rows))


def warm() -> None:
    """What a process reads once: the calendar and the rules."""
    current_calendar()
    rules_for(Referral.objects.order_by("-pk").first().jurisdiction_id, timezone.localdate())  # type: ignore[union-attr]
