"""The trail: append-only, chained per subject, sealed in the background; verify_audit names what is wrong."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.actors import system_actor
from core import audit
from core.errors import BadInput
from core.models import AuditEntry, AuditSeal
from core.seals import seal_audit
from referrals import services
from tests import make

BY = system_actor("test")


def verify():
    out = io.StringIO()
    try:
        call_command("verify_audit", stdout=out)
    except SystemExit as done:
        return done.code, out.getvalue()
    return 0, out.getvalue()


def tampered(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE core_auditentry ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER audit_entry_is_not_truncated")


@pytest.fixture
def three(db):
    return [audit.record("thing", 1, f"thing.step{n}", by=BY) for n in range(3)]


def test_an_untouched_trail_is_intact(xuecheng):
    make.delivered(xuecheng)
    code, said = verify()
    assert code == 0, said
    assert "intact" in said


@pytest.mark.parametrize("sql", ["UPDATE core_auditentry SET verb = 'x'", "DELETE FROM core_auditentry"])
def test_the_database_refuses_to_change_or_delete(three, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_truncate():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry ENABLE TRIGGER audit_entry_is_not_truncated")
        try:
            with pytest.raises(DatabaseError, match="append-only"):
                cursor.execute("TRUNCATE core_auditentry")
        finally:
            cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER audit_entry_is_not_truncated")


def test_a_changed_entry_is_named(three):
    tampered("UPDATE core_auditentry SET actor_name = 'other' WHERE id = %s", three[1].pk)
    code, said = verify()
    assert code == 1
    assert f"changed: thing:1#2 thing.step1 (entry id {three[1].pk})" in said


def test_a_missing_entry_is_named(three):
    tampered("DELETE FROM core_auditentry WHERE id = %s", three[1].pk)
    assert "missing: thing:1#2" in verify()[1]


def test_a_replaced_entry_is_named(three):
    forged = AuditEntry.objects.get(pk=three[1].pk)
    forged.verb = "thing.forged"
    tampered("UPDATE core_auditentry SET verb = 'thing.forged', hash = %s WHERE id = %s", audit.hash_of(forged), forged.pk)
    assert "inserted or replaced: thing:1#3" in verify()[1]


@pytest.mark.django_db(transaction=True)
def test_a_chain_cut_off_at_its_end_shows_in_the_seal():
    with transaction.atomic():
        last = [audit.record("thing", 1, f"thing.step{n}", by=BY) for n in range(3)][-1]
    seal_audit()
    assert seal_audit() is not None
    assert verify()[0] == 0
    tampered("DELETE FROM core_auditentry WHERE id = %s", last.pk)
    code, said = verify()
    assert code == 1
    assert "missing: 1 of entries" in said


@pytest.mark.django_db(transaction=True)
def test_an_entry_slipped_in_behind_a_seal_shows_and_a_forged_seal_too():
    with transaction.atomic():
        audit.record("thing", 1, "thing.one", by=BY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('core_auditentry_id_seq')")
        gap = cursor.fetchone()[0]
    with transaction.atomic():
        audit.record("thing", 2, "thing.two", by=BY)
    seal_audit()
    seal = seal_audit()
    with transaction.atomic():
        late = audit.record("thing", 3, "thing.late", by=BY)
    tampered("UPDATE core_auditentry SET id = %s WHERE id = %s", gap, late.pk)
    assert "inserted: 1 of entries" in verify()[1]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditseal DISABLE TRIGGER USER")
        AuditSeal.objects.filter(pk=seal.pk).update(count=seal.count + 1)
        cursor.execute("ALTER TABLE core_auditseal ENABLE TRIGGER USER")
    assert "not genuine" in verify()[1]


def test_a_refused_act_leaves_no_entry(xuecheng):
    referral = make.delivered(xuecheng)
    before = AuditEntry.objects.count()
    with pytest.raises(BadInput, match="理由"):
        services.not_accept_referral(referral.pk, by=make.receiver(xuecheng), reasons="")
    assert AuditEntry.objects.count() == before


def test_the_trail_holds_no_personal_data_of_a_party(xuecheng):
    referral = make.reported(xuecheng)
    said = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert referral.case.party_name not in said
    assert referral.case.party_code not in said


@pytest.mark.django_db(transaction=True)
def test_many_writers_of_one_subject_make_one_unbroken_chain():
    import threading

    from django.db import connections

    barrier = threading.Barrier(6)

    def write():
        try:
            barrier.wait()
            for _ in range(10):
                with transaction.atomic():
                    audit.record("thing", 9, "thing.step", by=BY)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEntry.objects.filter(subject_kind="thing", subject_id="9").count() == 60
    assert verify()[0] == 0
