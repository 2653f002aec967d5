"""Honest cases in great number: each with its parties, papers, clocks and trail, as the product would have written them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.models import Agency
from bench.district import DISTRICTS, District
from bench.table import Table
from bench.words import words_of_name, words_of_text
from deadlines.book import current_calendar
from deadlines.counting import late_from
from deadlines.due import can_be_overdue
from deadlines.models import Clock
from deadlines.steps import planned_steps
from foundation.cases.models import Case, Matter
from foundation.cases.sameness import NORMALISATION, Facts, Who, keys_of
from foundation.cases.stated import content_of, hash_of
from referrals.rules import REFERRAL, REPLY, RESULT

STATES = (
    ("closed", 700), ("withdrawn", 40), ("taken_back", 30), ("draft", 25), ("submitted", 10), ("returned", 5), ("signed", 5), ("delivered", 25),
    ("signed_for", 25), ("accepted", 35), ("not_accepted", 10), ("disputed", 12), ("handling", 40), ("decided", 18), ("reported", 20),
)  # fmt: skip
ORDER = ("draft", "submitted", "signed", "delivered", "signed_for", "accepted", "handling", "decided", "reported", "closed")
# How far a referral in this state has come along ORDER.
REACHED = {state: at for at, state in enumerate(ORDER)} | {"withdrawn": 3, "taken_back": 4, "returned": 0, "not_accepted": 4, "disputed": 4}
AFTER_HOURS = (20, 6, 1, 16, 30, 40, 300, 30, 20)
VERBS = ("start_draft", "submit", "sign", "deliver", "sign_for", "accept", "handle", "decide", "report_result", "close")
SLOTS = ("source_materials", "preliminary_evidence")
CHUNK = 5000


class Load:
    """One process's share of the cases."""

    def __init__(self, first: int, cases: int, total: int) -> None:
        self.first, self.cases, self.now = first, cases, timezone.now()
        self.districts = [District(key, first + n, total * share // 100) for n, (key, share) in enumerate(DISTRICTS)]
        self.shares = [share for _key, share in DISTRICTS]
        self.random = self.districts[0].words.random
        self.states, self.state_weights = [s for s, _w in STATES], [w for _s, w in STATES]
        names = (
            "cases.Case", "cases.CaseVersion", "referrals.Referral", "referrals.Wording", "referrals.Party", "cases.Material", "referrals.Dispute", "deadlines.Clock", "deadlines.ClockStep",
            "documents.OfficialDocument", "oversight.Escalation", "core.AuditEntry",
        )  # fmt: skip
        own = ("cases.Case", "cases.CaseVersion", "referrals.Referral", "referrals.Wording", "cases.Material", "deadlines.Clock")
        self.tables = {name.split(".")[1]: Table(name, own_id=name in own) for name in names}
        self.calendar = current_calendar()

    def run(self) -> int:
        rows = 0
        with connection.cursor() as cursor:
            # The rows are right by construction; foreign keys are looked at once, at the end.
            cursor.execute("SET session_replication_role = replica")
            for number in range(self.first, self.first + self.cases):
                self.case(number)
                if (number - self.first + 1) % CHUNK == 0:
                    rows += self.flush(cursor)
            rows += self.flush(cursor)
            cursor.execute("SET session_replication_role = origin")
        return rows

    def flush(self, cursor: Any) -> int:
        return sum(table.copy(cursor) for table in self.tables.values() if table.rows)

    def case(self, number: int) -> None:
        pick, t = self.random, self.tables
        district = pick.choices(self.districts, self.shares)[0]
        words = district.words
        state = pick.choices(self.states, self.state_weights)[0]
        reached = REACHED[state]
        sender, receiver = pick.choices(district.parties, district.weights)[0], district.bureau
        if sender is receiver or pick.random() < 0.4:
            receiver = pick.choice([a for a in district.parties if a is not sender])
        hours = [AFTER_HOURS[n] * (0.6 + 0.8 * pick.random()) for n in range(reached)]
        overdue = state in ("delivered", "signed_for", "decided") and pick.random() < 0.05
        ended = state in ("closed", "withdrawn", "taken_back")
        rest = pick.uniform(24, 24 * 1800) if ended else pick.uniform(300, 600) if overdue else pick.uniform(0.2, 20)
        found = self.now - dt.timedelta(hours=sum(hours) + rest + 5)
        at = [found + dt.timedelta(hours=5)]
        for step in hours:
            at.append(at[-1] + dt.timedelta(hours=step))
        urgent, matter, person = pick.random() < 0.04, pick.choice(district.matters), pick.random() < 0.25
        name, code = (words.person(), "") if person else words.company()
        address, facts = words.address(), words.facts()
        letter = f"{sender.doc_code}函〔{at[min(2, reached)].year}〕{number}号" if reached >= 2 else ""
        t["Case"].add(
            id=number, jurisdiction_id=district.jurisdiction.pk, agency_id=sender.pk, source="inspection", found_at=found, place=address, matter_id=matter.pk,
            facts=facts, party_kind="person" if person else "enterprise", party_name=name, party_code=code, urgent=urgent,
            urgent_reason="情况紧急" if urgent else "", preliminary_investigation="已作现场检查，制作笔录并拍照。", created_at=at[0],
            signed_version_id=number if reached >= 2 else None,
        )  # fmt: skip
        if reached >= 1:
            self.version(number, sender, matter, at, party_kind="person" if person else "enterprise", party_name=name, party_code=code,
                         urgent=urgent, found_at=found, place=address, facts=facts)  # fmt: skip
        when = lambda n: at[n] if reached >= n else None  # noqa: E731
        search = sorted({*words_of_name(name), *words_of_text(matter.name), *words_of_text(address), *words_of_text(facts), *words_of_text("现场检查记录.pdf"), *words_of_name(sender.name),
                         *words_of_name(sender.short_name), *words_of_name(receiver.name), *words_of_name(receiver.short_name),
                         *(words_of_text(letter) if letter else ())})  # fmt: skip
        who = Who("person" if person else "enterprise", name, code)
        facts_keys = [*keys_of(Facts((who,), matter.pk, address, found, facts)), f"s{number}"]
        t["Referral"].add(
            id=number, state=state, case_id=number, case_version_id=number if reached >= 1 else None, jurisdiction_id=district.jurisdiction.pk, version_of_rules_id=district.rules.version.pk,
            options=Jsonb(district.rules.options), from_agency_id=sender.pk, to_agency_id=receiver.pk, kind=district.kind, number=letter,
            reasons="该行为由对方行使行政处罚权，本机关没有处罚权。", determined_at=at[0], contact="经办人，0632-4400000",
            exclusive=False, submitted_at=when(1), signed_at=when(2), delivered_at=when(3), signed_for_at=when(4), answered_at=when(5), handling_at=when(6),
            decided_at=when(7), decision="罚款人民币二千元。" if reached >= 7 else "", reported_at=when(8), ended_at=at[-1] if ended else None,
            facts_keys=facts_keys, facts_normal=NORMALISATION, version=reached + 1, created_at=at[0], updated_at=at[-1],
        )  # fmt: skip
        t["Wording"].add(referral_id=number, words=search)
        self.parties(district, number, sender, receiver, state, reached, overdue, at)
        self.papers(district, number, sender, receiver, reached, at, letter, name, matter.name)
        self.clocks(district, number, sender, receiver, state, reached, urgent, at, name)
        self.trail(number, sender, receiver, reached, at)
        if state == "disputed":
            t["Dispute"].add(referral_id=number, state="open", opened_by_id=receiver.pk, reasons="该路段由园区管理。", opened_at=at[-1])

    def paper(self, number: int, slot: str) -> dict[str, Any]:
        """One material as a version lists it."""
        digest = hashlib.sha256(f"{number}{slot}".encode()).hexdigest()
        return {"id": number * 2 + SLOTS.index(slot), "slot": slot, "name": "现场检查记录.pdf", "size": 204800, "content_type": "application/pdf",
                "sha256": digest}  # fmt: skip

    def version(self, number: int, sender: Agency, matter: Matter, at: list[Any], **facts: Any) -> None:
        """The version that the letter stands on: made by the same functions as in the product."""
        urgent = {"urgent_reason": "情况紧急" if facts["urgent"] else ""}
        case = Case(agency=sender, matter=matter, source="inspection", created_at=at[0], preliminary_investigation="已作现场检查，制作笔录并拍照。",
                    **facts, **urgent)  # fmt: skip
        content, papers = content_of(case), [self.paper(number, slot) for slot in SLOTS]
        shown = {name: facts[name] for name in ("party_name", "party_code", "urgent", "found_at")}
        self.tables["CaseVersion"].add(
            id=number, case_id=number, number=1, agency_id=sender.pk, content=Jsonb(content), materials=Jsonb(papers), hash=hash_of(content, papers),
            maker="经办人", post="clerk", made_at=at[1], matter_id=matter.pk, matter_name=matter.name, **shown,
        )  # fmt: skip

    def parties(
        self, district: District, number: int, sender: Agency, receiver: Agency, state: str, reached: int, overdue: bool, at: list[Any]
    ) -> None:
        roles = [(sender.pk, "sender", at[0])]
        if reached >= 3:
            roles.append((receiver.pk, "receiver", at[3]))
            if self.random.random() < 0.3:
                roles.append((self.random.choice(district.parties).pk, "copied", at[3]))
        if overdue:
            roles += [(office.pk, "overseer", at[-1]) for office in district.offices]
        for agency, role, since in dict.fromkeys(roles):
            self.tables["Party"].add(referral_id=number, agency_id=agency, role=role, since=since, state=state)

    def papers(
        self, district: District, number: int, sender: Agency, receiver: Agency, reached: int, at: list[Any], letter: str, party: str, matter: str
    ) -> None:
        for slot in SLOTS:
            digest = hashlib.sha256(f"{number}{slot}".encode()).hexdigest()
            self.tables["Material"].add(
                **self.paper(number, slot), case_id=number, attached_in=f"referral:{number}", file=f"materials/{digest[:16]}.pdf",
                frozen_at=at[2] if reached >= 2 else None, uploaded_by="经办人", uploaded_for_id=sender.pk, uploaded_at=at[0],
            )  # fmt: skip
        issued = [("referral_letter", letter, sender, receiver, 2), ("referral_acceptance_notice", f"{receiver.doc_code}函〔{at[0].year}〕{number}-1号", receiver, sender, 5),
                  ("referral_result_notice", f"{receiver.doc_code}函〔{at[0].year}〕{number}-2号", receiver, sender, 8)]  # fmt: skip
        for kind, numbered, issuer, addressee, needs in issued:
            if reached < needs:
                continue
            digest = hashlib.sha256(numbered.encode()).hexdigest()
            title = f"关于{party}涉嫌{matter}的函"
            self.tables["OfficialDocument"].add(
                kind=kind, number=numbered, issuer_id=issuer.pk, addressee_id=addressee.pk, subject_kind="referral", subject_id=number, title=title,
                content=Jsonb({"title": title, "addressee": addressee.name, "issuer": issuer.name, "number": numbered, "form": "letter",
                               "body": [{"kind": "p", "text": "现将有关材料移送你单位处理，请依法办理并告知结果。"}]}),
                issued_at=at[needs], issued_by="分管领导", code=f"{number:X}-{needs}", file=f"documents/{digest[:12]}.pdf", sha256=digest, pages=1, rendered_at=at[needs],
            )  # fmt: skip

    def clocks(
        self, district: District, number: int, sender: Agency, receiver: Agency, state: str, reached: int, urgent: bool, at: list[Any], party: str
    ) -> None:
        duties = [(REFERRAL, sender, receiver, 0, 2)]
        if reached >= 3:
            duties += [(REPLY, receiver, sender, 3, 5), ("sign_for", receiver, sender, 3, 4)]
        if reached >= 7:
            duties.append((RESULT, receiver, sender, 7, 8))
        stopped = state in ("withdrawn", "taken_back", "not_accepted", "disputed")
        for place, (role, holder, other, starts, met) in enumerate(duties):
            key = role if role == "sign_for" else district.keys[role]
            if key is None:
                continue
            event = at[starts]
            if role == "sign_for":
                clause, unit, due_at, provisional, escalates = "", "workday", event + dt.timedelta(days=1), False, False
            else:
                due = district.due(key, event.replace(microsecond=0), urgent)
                clause, unit, due_at, provisional = due.rule.clause, due.rule.unit, due.due_at, due.provisional
                escalates = can_be_overdue(unit)
            ended_at = at[met] if reached >= met else at[-1] if stopped else None
            clock_id = number * 4 + place
            row = {
                "id": clock_id, "jurisdiction_id": district.jurisdiction.pk, "subject_kind": "referral", "subject_id": number, "role": role, "key": key,
                "version_id": district.rules.version.pk, "options": Jsonb(district.rules.options), "urgent": urgent, "clause": clause, "holder_id": holder.pk,
                "counterpart_id": other.pk, "event_at": event, "unit": unit, "due_at": due_at, "provisional": provisional,
                "calendar_version": self.calendar.version, "escalates": escalates, "ended_at": ended_at,
                "end": "" if ended_at is None else "met" if reached >= met else "cancelled", "created_at": event,
            }  # fmt: skip
            row |= {"at_once": False, "late_since": None, "paused_at": None}
            gone = ended_at or self.now
            if escalates and not provisional and due_at is not None and gone >= late_from(due_at):
                row["late_since"] = late_from(due_at)
            if ended_at is None:
                row["next_step_at"] = self._open(district, Clock(**{k: v for k, v in row.items() if k != "options"}), number, party)
            self.tables["Clock"].add(**row)

    def _open(self, district: District, clock: Clock, number: int, party: str) -> dt.datetime | None:
        """What the watch has done for an open clock, and the instant of its next step."""
        ahead = None
        for step, instant in planned_steps(clock, district.profile, self.calendar):
            if instant > self.now:
                ahead = instant
                break
            self.tables["ClockStep"].add(clock_id=clock.pk, step=step, planned_at=instant, done_at=instant)
            if step == "overdue" and clock.escalates:
                self.tables["Escalation"].add(
                    jurisdiction_id=district.jurisdiction.pk, clock_id=clock.pk, late_agency_id=clock.holder_id, subject_kind="referral", subject_id=number, state="raised", title=party,
                    event_at=clock.event_at, due_at=clock.due_at,
                    raised_at=instant,
                )  # fmt: skip
        return ahead

    def trail(self, number: int, sender: Agency, receiver: Agency, reached: int, at: list[Any]) -> None:
        """A genuine chain: what `verify_audit` would accept."""
        previous = ""
        for seq in range(reached + 1):
            verb, who = f"referral.{VERBS[seq]}", sender if seq < 3 or seq == 9 else receiver
            moment, detail = at[seq], {"version": seq + 1}
            said = ["referral", str(number), seq + 1, verb, moment.astimezone(dt.UTC).isoformat(timespec="microseconds"), "经办人", None, who.pk, who.short_name,
                    "clerk", detail, previous]  # fmt: skip
            digest = hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
            self.tables["AuditEntry"].add(
                subject_kind="referral", subject_id=str(number), seq=seq + 1, verb=verb, at=moment, actor_name="经办人", agency_id=who.pk,
                agency_name=who.short_name, post="clerk", detail=Jsonb(detail), prev_hash=previous, hash=digest,
            )  # fmt: skip
            previous = digest
