"""The trail: append-only, chained per subject, sealed in the background; verify_audit names what is wrong."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from accounts.actors import system_actor
from core import audit
from core.errors import BadInput
from core.models import AuditEntry
from referrals import services
from tests import make
from tests.core.trail import sealed, tampered, verify

BY = system_actor("test")


@pytest.fixture
def three(db):
    return [audit.record("thing", 1, f"thing.step{n}", by=BY) for n in range(3)]


def test_an_untouched_trail_is_intact(xuecheng):
    make.delivered(xuecheng)
    code, said = verify()
    assert code == 0, said
    assert "留痕完整" in said


def test_a_changed_entry_is_named(three):
    tampered("UPDATE core_auditentry SET actor_name = 'other' WHERE id = %s", three[1].pk)
    code, said = verify()
    assert code == 1
    assert f"entry.changed thing:1#2 thing.step1：这条记录（记录号 {three[1].pk}）" in said


def test_a_missing_entry_is_named(three):
    tampered("DELETE FROM core_auditentry WHERE id = %s", three[1].pk)
    assert "entry.missing thing:1#3" in verify()[1]


def test_a_replaced_entry_is_named(three):
    forged = AuditEntry.objects.get(pk=three[1].pk)
    forged.verb = "thing.forged"
    tampered("UPDATE core_auditentry SET verb = 'thing.forged', hash = %s WHERE id = %s", audit.hash_of(forged), forged.pk)
    assert "entry.replaced thing:1#3" in verify()[1]


@pytest.mark.django_db(transaction=True)
def test_a_chain_cut_off_at_its_end_shows_in_the_seal():
    with transaction.atomic():
        last = [audit.record("thing", 1, f"thing.step{n}", by=BY) for n in range(3)][-1]
    sealed()
    assert verify()[0] == 0
    tampered("DELETE FROM core_auditentry WHERE id = %s", last.pk)
    code, said = verify()
    assert code == 1
    assert "sealed.missing 第 1 号封记所封的记录少了 1 条" in said


@pytest.mark.django_db(transaction=True)
def test_an_entry_slipped_in_behind_a_seal_shows_and_a_forged_seal_too():
    with transaction.atomic():
        audit.record("thing", 1, "thing.one", by=BY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('core_auditentry_id_seq')")
        gap = cursor.fetchone()[0]
    with transaction.atomic():
        audit.record("thing", 2, "thing.two", by=BY)
    seal = sealed()
    with transaction.atomic():
        late = audit.record("thing", 3, "thing.late", by=BY)
    tampered("UPDATE core_auditentry SET id = %s WHERE id = %s", gap, late.pk)
    assert "sealed.inserted 第 1 号封记所封的记录多了 1 条" in verify()[1]
    tampered("UPDATE core_auditseal SET count = count + 1 WHERE id = %s", seal.pk)
    assert "seal.forged" in verify()[1]


def test_a_refused_act_leaves_no_entry(xuecheng):
    referral = make.delivered(xuecheng)
    before = AuditEntry.objects.count()
    with pytest.raises(BadInput, match="理由"):
        services.not_accept_referral(referral.pk, by=make.receiver(xuecheng), kind="papers", reasons="")
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
