"""Who has the whole database, but neither the keys nor the anchor files, cannot take back a single entry unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone

from core import anchors, audit, audit_keys
from core.models import AuditAnchor, AuditEntry, AuditSeal
from core.seals import mac_of
from tests.core.trail import BY, sealed, sealed_and_anchored, tampered, verify, written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors"
    return settings.AUDIT_ANCHOR_DIR


def file_of(folder):
    return next(folder.glob("anchors-*.jsonl"))


@pytest.fixture
def three(folder):
    return [sealed_and_anchored(subject) for subject in (1, 2, 3)]


def test_three_anchors_stand_in_the_file_signed_and_verify(three, folder):
    assert [a.number for a in three] == [1, 2, 3]
    assert verify()[0] == 0, verify()[1]
    for text in file_of(folder).read_text().splitlines():
        said = json.loads(text)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["key"]))
        signature = bytes.fromhex(said.pop("signature"))
        key.verify(signature, json.dumps(said, sort_keys=True, separators=(",", ":")).encode())
    assert three[-1].entries == AuditEntry.objects.count()


def test_nothing_new_is_not_anchored_again(three):
    assert anchors.anchor_audit() is None


CUTS = [
    ("the newest seal with what it covers", 2),
    ("the two newest seals with what they cover", 1),
    ("every seal and every entry", 0),
]


@pytest.mark.parametrize(("what", "kept"), CUTS)
def test_newest_seals_deleted_with_their_entries_and_anchor_rows_show(three, what, kept):
    last = AuditSeal.objects.filter(number=kept).first()
    tampered("DELETE FROM core_auditentry WHERE id > %s", last.until_id if last else 0)
    tampered("DELETE FROM core_auditseal WHERE number > %s", kept)
    tampered("DELETE FROM core_auditanchor WHERE number > %s", kept)
    code, said = verify()
    assert code == 1
    assert f"anchor.seal_missing 第 {kept + 1} 号锚定" in said


def test_seals_gone_from_the_middle_show(three):
    tampered("DELETE FROM core_auditseal WHERE number = 2")
    assert "seal.missing 第 2 至 2 号封记不见了" in verify()[1]


def test_all_seals_and_anchor_rows_gone_show_by_the_file_and_by_unsealed_entries(three, folder, monkeypatch):
    tampered("DELETE FROM core_auditseal")
    tampered("DELETE FROM core_auditanchor")
    assert "anchor.seal_missing" in verify()[1]
    file_of(folder).unlink()
    later = timezone.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    code, said = verify()
    assert code == 1
    assert "entry.unsealed" in said


def test_a_chain_rewritten_with_a_key_of_ones_own_shows(three, settings):
    real = settings.AUDIT_KEY
    settings.AUDIT_KEY = "a key that the thief made up, long enough"
    rows = list(AuditEntry.objects.filter(subject_id="3").order_by("seq"))
    previous = ""
    for row in rows:
        row.actor_name, row.prev_hash, row.key_id = "other", previous, audit_keys.current_id()
        row.hash = previous = audit.hash_of(row)
        tampered("UPDATE core_auditentry SET actor_name = 'other', prev_hash = %s, hash = %s, key_id = %s WHERE id = %s",
                 row.prev_hash, row.hash, row.key_id, row.pk)  # fmt: skip
    settings.AUDIT_KEY = real
    assert "entry.key thing:3#1" in verify()[1]


def test_an_entry_without_any_key_shows(three):
    row = written(9, steps=1)[0]
    tampered("UPDATE core_auditentry SET key_id = '' WHERE id = %s", row.pk)
    assert "entry.key thing:9#1" in verify()[1]


def test_a_plain_checksum_in_the_place_of_the_keyed_one_shows(three):
    row = written(9, steps=1)[0]
    tampered("UPDATE core_auditentry SET hash = %s WHERE id = %s", hashlib.sha256(b"anything").hexdigest(), row.pk)
    assert "entry.changed thing:9#1" in verify()[1]


def test_the_whole_database_rewritten_even_with_the_key_still_shows_by_the_anchors(three):
    """The key stolen too: entries and seals fit each other again, but not what was anchored."""
    seal = AuditSeal.objects.get(number=3)
    tampered("DELETE FROM core_auditentry WHERE subject_id = '3'")
    seal.count, seal.digest = 0, hashlib.sha256().hexdigest()
    tampered("UPDATE core_auditseal SET count = 0, digest = %s, mac = %s WHERE number = 3", seal.digest, mac_of(seal))
    code, said = verify()
    assert code == 1
    assert said.count("\n") == 2
    assert "anchor.seal_missing 第 3 号锚定" in said


def test_a_shortened_file_a_missing_file_and_a_changed_line_show(three, folder):
    path = file_of(folder)
    whole = path.read_text().splitlines(keepends=True)
    path.write_text("".join(whole[:2]))
    assert "anchor.file_shortened 锚定文件被截短：数据库登记到第 3 号，文件只到第 2 号" in verify()[1]
    path.write_text(whole[0] + whole[2])
    assert "anchor.order" in verify()[1]
    path.write_text("".join(whole).replace('"entries":', '"entries":1', 1))
    assert f"anchor.forged 锚定文件 {path.name}:1 " in verify()[1]
    path.write_text("not json\n" + "".join(whole))
    assert "anchor.forged" in verify()[1]
    path.unlink()
    assert "anchor.file_missing" in verify()[1]


def test_a_line_signed_with_another_key_is_not_ours(three, folder, settings):
    real = settings.AUDIT_ANCHOR_KEY
    settings.AUDIT_ANCHOR_KEY = "the thief's own anchor key, long enough"
    sealed_and_anchored(4)
    settings.AUDIT_ANCHOR_KEY = real
    assert "anchor.forged" in verify()[1]


def test_deleted_anchor_rows_show_and_a_line_written_before_a_crash_is_taken_in(three):
    tampered("DELETE FROM core_auditanchor WHERE number = 3")
    assert "anchor.unregistered 锚定文件有第 3 至 3 号" in verify()[1]
    sealed_and_anchored(4)
    assert list(AuditAnchor.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert verify()[0] == 0, verify()[1]


def test_a_copy_kept_elsewhere_is_compared_too(three, folder, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / file_of(folder).name).write_text(file_of(folder).read_text())
    sealed_and_anchored(4)
    assert verify("--anchors", str(copy))[0] == 0
    tampered("DELETE FROM core_auditseal WHERE number >= 3")
    assert "anchor.seal_missing" in verify("--anchors", str(copy))[1]


def test_seals_that_are_not_anchored_for_an_hour_are_complained_of(three, monkeypatch):
    written(5)
    sealed()
    later = timezone.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "anchor.late" in verify()[1]


def test_a_new_key_verifies_what_the_old_one_made_and_the_old_one_makes_nothing_more(three, settings):
    old = settings.AUDIT_KEY
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = "the new key of the trail, long enough too", [old]
    old_anchor = settings.AUDIT_ANCHOR_KEY
    settings.AUDIT_ANCHOR_KEY, settings.AUDIT_OLD_ANCHOR_KEYS = "the new key of the anchors, long enough", [old_anchor]
    sealed_and_anchored(4)
    assert verify()[0] == 0, verify()[1]
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = old, []
    with transaction.atomic():
        audit.record("thing", 5, "thing.late", by=BY)
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = "the new key of the trail, long enough too", [old]
    assert "entry.old_key thing:5#1" in verify()[1]
    settings.AUDIT_OLD_KEYS = []
    assert "entry.key thing:1#1" in verify()[1]
