"""The watch: with nothing due, and with 10,000 due among all, beside one SQL statement that writes the same rows."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.web import raw
from oversight import watch

UNDO = ("deadlines_clockstep", "oversight_escalation", "referrals_party", "core_auditentry", "core_outboxevent", "notifications_message")


def prepare(due: int) -> dict[str, Any]:
    """Open the first clock of every case again, all far ahead but `due` of them, whose limit has just passed."""
    soon = timezone.now() + timedelta(days=400)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE deadlines_clock SET next_step_at = %s WHERE next_step_at IS NOT NULL", [soon])
        cursor.execute(
            "UPDATE deadlines_clock SET ended_at = NULL, \"end\" = '', next_step_at = %s, provisional = FALSE WHERE role = 'referral' AND ended_at IS NOT NULL",
            [soon],
        )
        cursor.execute("SELECT COUNT(*) FROM deadlines_clock WHERE ended_at IS NULL")
        open_clocks = cursor.fetchone()[0]
        cursor.execute(
            "SELECT id FROM deadlines_clock c WHERE role = 'referral' AND ended_at IS NULL AND escalates AND clause <> '' AND due_at < now() - interval '30 days'"
            " AND NOT EXISTS (SELECT 1 FROM oversight_escalation e WHERE e.clock_id = c.id) ORDER BY md5(id::text) LIMIT %s", [due],
        )  # fmt: skip
        chosen = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO deadlines_clockstep (clock_id, step, planned_at, done_at) SELECT id, step, now(), now()"
            " FROM unnest(%s::bigint[]) AS id, unnest(ARRAY['due_soon', 'due']) AS step ON CONFLICT DO NOTHING", [chosen],
        )  # fmt: skip
        cursor.execute("ANALYZE deadlines_clock")
    return {"open": open_clocks, "chosen": chosen}


def make_due(chosen: list[int]) -> dict[str, int]:
    raw("UPDATE deadlines_clock SET next_step_at = now() - interval '1 minute' WHERE id = ANY(%s)", [chosen])
    return {table: raw(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0] for table in UNDO}


def undo(chosen: list[int], marks: dict[str, int]) -> dict[str, int]:
    """Take away what was written, so that the next run writes the same; how many rows that was in each table."""
    gone = {}
    with connection.cursor() as cursor:
        for table in UNDO:
            cursor.execute(f"DELETE FROM {table} WHERE id > %s", [marks[table]])
            gone[table] = cursor.rowcount
        cursor.execute("UPDATE deadlines_clock SET next_step_at = now() + interval '400 days' WHERE id = ANY(%s)", [chosen])
        for table in UNDO:
            cursor.execute(f"VACUUM {table}")
    return gone


# One statement, the same rows: claims, escalations, overseers, audit entries, events, messages, the next instants.
ONE_STATEMENT = """
WITH due AS (
    SELECT c.id, c.subject_id, c.holder_id, c.jurisdiction_id, c.clause, c.event_at, c.due_at, r.case_id FROM deadlines_clock c JOIN referrals_referral r ON r.id = c.subject_id
    WHERE c.next_step_at <= now()
), moved AS (
    UPDATE deadlines_clock c SET next_step_at = NULL, late_since = COALESCE(c.late_since, c.due_at + interval '1 second') FROM due WHERE c.id = due.id
), steps AS (
    INSERT INTO deadlines_clockstep (clock_id, step, planned_at, done_at) SELECT id, 'overdue', now(), now() FROM due
), raised AS (
    INSERT INTO oversight_escalation (state, jurisdiction_id, clock_id, late_agency_id, subject_kind, subject_id, title, event_at, due_at, raised_at, proposal, proposed_order, proposed_by, "order",
        instruction, signed_by, letter_number, explanation, closing, version, proposers)
    SELECT 'raised', due.jurisdiction_id, due.id, due.holder_id, 'referral', due.subject_id, k.party_name, due.event_at, due.due_at, now(), '', '', '', '', '', '', '', '', '', 1, '{}'
    FROM due JOIN cases_case k ON k.id = due.case_id RETURNING id, clock_id, subject_id AS referral_id, jurisdiction_id
), watching AS (
    INSERT INTO referrals_party (referral_id, agency_id, role, since)
    SELECT raised.referral_id, a.id, 'overseer', now() FROM raised JOIN accounts_agency a ON a.jurisdiction_id = raised.jurisdiction_id AND a.valid_to IS NULL
        AND a.kind IN ('government', 'government_office', 'supervision_office', 'meeting_office') ON CONFLICT DO NOTHING
), trail AS (
    INSERT INTO core_auditentry (subject_kind, subject_id, seq, verb, at, actor_name, agency_name, post, detail, prev_hash, hash)
    SELECT 'escalation', id::text, 1, 'escalation.raise', now(), '系统', '', 'system', '{}', '', encode(sha256(id::text::bytea), 'hex') FROM raised
), events AS (
    INSERT INTO core_outboxevent (uid, stream, jurisdiction_id, subject_kind, subject_id, verb, at, data)
    SELECT gen_random_uuid(), 'referral:' || referral_id, jurisdiction_id, 'escalation', id, 'escalation.raise', now(), '{}' FROM raised
)
INSERT INTO notifications_message (user_id, key, kind, text, url, created_at, wants_mail, lines)
SELECT told.user_id, 'overdue:' || told.id, 'overdue', '逾期 ' || told.id, '/referrals/' || told.subject_id || '/', now(), FALSE, '[]'::jsonb FROM (
    SELECT due.id, due.subject_id, h.user_id FROM due JOIN accounts_postholding h ON h.agency_id = due.holder_id
    WHERE NOT h.machine AND h.post IN ('clerk', 'liaison', 'leader_in_charge', 'head')
    UNION
    SELECT due.id, due.subject_id, h.user_id FROM due JOIN accounts_agency a ON a.jurisdiction_id = due.jurisdiction_id AND a.valid_to IS NULL
        AND a.kind IN ('government', 'government_office', 'supervision_office', 'meeting_office') JOIN accounts_postholding h ON h.agency_id = a.id
    WHERE NOT h.machine AND h.post IN ('clerk', 'liaison', 'leader_in_charge', 'head', 'government_clerk', 'supervision', 'meeting_office')
) told ON CONFLICT DO NOTHING
"""


def compare(due: int, rounds: int) -> dict[str, Any]:
    """Ours and the one statement, in turns, each from the same state."""
    ready = prepare(due)
    chosen, ours, theirs, written = ready["chosen"], [], [], ({}, {})
    # The first sweep of a process reads its modules and rules; that is not what is measured.
    marks = make_due(chosen[:5])
    watch.sweep(timezone.now())
    undo(chosen[:5], marks)
    for _n in range(rounds):
        marks = make_due(chosen)
        began = time.perf_counter()
        watch.sweep(timezone.now())
        ours.append(time.perf_counter() - began)
        written[0].update(undo(chosen, marks))
        marks = make_due(chosen)
        began = time.perf_counter()
        raw(ONE_STATEMENT)
        theirs.append(time.perf_counter() - began)
        written[1].update(undo(chosen, marks))
    ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    middle = len(ratios) // 2
    return {
        "name": f"sweep, {len(chosen):,} due among {ready['open']:,} open clocks", "work_ms": sorted(ours)[middle] * 1000, "limit_ms": sorted(theirs)[middle] * 1000,
        "beside": "one SQL statement, same rows", "ratio": ratios[middle], "spread": [ratios[0], ratios[-1]], "target": 2.5, "written": list(written),
    }  # fmt: skip
