"""Backup and restore: what comes back is whole, whatever people did meanwhile; what is damaged or in the way is refused."""

from __future__ import annotations

import datetime as dt
import io
import random
import threading

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from documents.models import OfficialDocument
from foundation.cases.models import Material
from foundation.storing.connecting import BACKUP, own_connection
from foundation.storing.folder import NAME, Folder, name_of
from foundation.storing.models import Backup
from referrals import services
from tests import make
from tests.conftest import pdf, world_of
from tests.core.trail import sealed_and_anchored
from tests.storing.restored import empty_place

pytestmark = pytest.mark.django_db(transaction=True)


def said(*command, **options):
    out = io.StringIO()
    call_command(*map(str, command), stdout=out, stderr=out, **options)
    return out.getvalue()


def new_key(kept):
    kept.mkdir(parents=True, exist_ok=True)
    private = kept.parent / "backup.key"
    return private, said("backup", "--new-key", private).strip()


def unlike(number):
    """A case that nobody takes for another one."""
    words = random.Random(number)
    name, street, facts = ("".join(chr(words.randrange(0x4E00, 0x9000)) for _ in range(length)) for length in (6, 5, 40))
    return {"party_name": name, "place": f"{street}{number}号", "facts": facts, "party_code": make.credit_code(number)}


class Writers:
    """People who file, send, attach and take away as fast as they can, until told to stop."""

    def __init__(self, world, count=2):
        self.world, self.stop, self.did, self.failed = world, threading.Event(), [0] * count, []
        self.threads = [threading.Thread(target=self._work, args=(n,)) for n in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
        assert not self.failed
        assert all(self.did)

    def _work(self, which):
        try:
            while not self.stop.is_set():
                number = which * 1000 + self.did[which] + 1
                referral = make.signed(self.world, **unlike(number))
                draft = make.draft(self.world, **unlike(50000 + number))
                for name in ("a", "b", "c"):
                    self._attach_and_remove(draft, f"{name}{number}")
                assert referral.pk
                self.did[which] += 1
        except Exception as error:
            self.failed.append(repr(error))
        finally:
            connections.close_all()

    def _attach_and_remove(self, draft, name):
        by, content = make.sender(self.world), pdf(name)
        made = services.attach_material(draft.pk, by=by, slot="other", name=f"{name}.pdf", size=len(content.getvalue()), stream=content)
        services.remove_material(draft.pk, made.pk, by=by)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_copy_made_while_people_write_restores_with_every_file_and_a_proven_trail(kept, encrypted):
    world = world_of("xuecheng")
    make.signed(world)
    sealed_and_anchored("before")
    private, public = new_key(kept) if encrypted else (None, "")
    more = ["--recipient", public] if encrypted else []
    with Writers(world) as writers:
        while not all(writers.did):
            assert not writers.failed, writers.failed
        said("backup", kept, *more)
    sealed_and_anchored("after")
    with empty_place(kept.parent) as place:
        code, words = place.manage("restore", kept, *(["--identity", private] if encrypted else []))
        assert code == 0, words
        for command in ("check_files", "verify_audit"):
            code, words = place.manage(command)
            assert code == 0, words
        assert 0 < place.count("documents_officialdocument") < OfficialDocument.objects.count()
    done = Backup.objects.get()
    assert (done.trouble, done.encrypted, done.files > 3) == ("", encrypted, True)
    if encrypted:
        assert not [one for one in kept.rglob("*") if one.is_file() and b"%PDF" in one.read_bytes()]


def test_the_second_backup_copies_only_what_is_new_and_old_ones_can_be_dropped(kept):
    world = world_of("xuecheng")
    first = make.signed(world)
    said("backup", kept)
    material = Material.objects.filter(case=first.case).first()
    make.signed(world, party_code=make.credit_code(7))
    assert "新复制" in said("backup", kept)
    one, two = Backup.objects.order_by("pk")
    assert 0 < two.copied < two.files
    assert one.files == one.copied
    assert len(Folder(kept).finished()) == 2
    said("backup", kept, "--keep", "1")
    assert len(Folder(kept).finished()) == 1
    assert Folder(kept).object_path(material.sha256, False).exists()
    with empty_place(kept.parent) as place:
        assert place.manage("restore", kept)[0] == 0
        assert place.manage("check_files")[0] == 0


def test_two_backups_of_one_second_are_two(kept):
    one, other = (name_of(dt.datetime(2026, 3, 9, 9, 0, 0, microsecond, tzinfo=dt.UTC)) for microsecond in (7, 40))
    assert one < other
    assert NAME.fullmatch(one)
    said("backup", kept)
    said("backup", kept)
    assert Folder(kept).finished() == [row.name for row in Backup.objects.order_by("pk")]


@pytest.mark.parametrize("part", ["database.dump", "files.jsonl", "manifest.json", "object"])
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_damaged_backup_is_refused_before_anything_is_restored(kept, part, encrypted):
    make.draft(world_of("xuecheng"))
    private, public = new_key(kept)
    said("backup", kept, *(["--recipient", public] if encrypted else []))
    path = next((kept / "objects").glob("??/*")) if part == "object" else next(kept.glob(f"*/{part}*"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with empty_place(kept.parent) as place:
        code, words = place.manage("restore", kept, *(["--identity", private] if encrypted else []))
        assert code == 1
        assert "已损坏" in words
        assert not place.media.exists()
        assert place.manage("restore", kept, "--verify-only", "--identity", private)[0] == 1
        with psycopg.connect(place.env["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()[0] == 0


def test_nothing_is_restored_over_anything(kept):
    make.draft(world_of("xuecheng"))
    said("backup", kept)
    with pytest.raises(CommandError, match="数据库不是空的"):
        said("restore", kept)
    with empty_place(kept.parent) as place:
        place.media.mkdir()
        (place.media / "a.txt").write_text("somebody's")
        code, words = place.manage("restore", kept)
        assert (code, "文件存储不是空的" in words) == (1, True)
        (place.media / "a.txt").unlink()
        place.anchors.mkdir()
        (place.anchors / "anchors-2026-01.jsonl").write_text("{}\n")
        code, words = place.manage("restore", kept)
        assert (code, "AUDIT_ANCHOR_DIR" in words) == (1, True)


def test_an_encrypted_backup_is_not_restored_without_its_key_or_with_another(kept):
    make.draft(world_of("xuecheng"))
    _private, public = new_key(kept)
    said("backup", kept, "--recipient", public)
    other = kept.parent / "other.key"
    said("backup", "--new-key", other)
    with empty_place(kept.parent) as place:
        code, words = place.manage("restore", kept)
        assert (code, "已加密" in words) == (1, True)
        code, words = place.manage("restore", kept, "--identity", other)
        assert (code, "私钥不对" in words) == (1, True)


def test_two_backups_do_not_run_at_once(kept):
    make.draft(world_of("xuecheng"))
    with own_connection() as other:
        other.execute(f"SELECT pg_advisory_lock({BACKUP})")
        with pytest.raises(CommandError, match="另一次备份正在进行"):
            said("backup", kept)
    assert not Backup.objects.exists()
    said("backup", kept)


def test_a_file_that_was_lost_or_changed_before_is_named_and_the_rest_is_kept(kept):
    referral = make.draft(world_of("xuecheng"))
    lost, changed = Material.objects.filter(case=referral.case)[:2]
    lost.file.storage.delete(lost.file.name)
    with open(changed.file.path, "ab") as stream:
        stream.write(b"more")
    out = io.StringIO()
    with pytest.raises(SystemExit) as done:
        call_command("backup", str(kept), stdout=out, stderr=out)
    assert done.value.code == 2
    assert f"{Material._meta.db_table}:{lost.pk} " in out.getvalue()
    assert Backup.objects.get().trouble == "missing: 1, damaged: 1"
