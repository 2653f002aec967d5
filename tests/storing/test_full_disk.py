"""A disk without room: said in words with 507, nothing half-written stays, and the same act succeeds once there is room."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import io
import os
import subprocess

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from accounts.kinds import Post
from core.errors import StorageFull
from core.full import is_full
from documents.files import LETTER, unrendered
from documents.models import OfficialDocument
from foundation.cases.models import Material
from foundation.storing.disk import DurableDisk
from foundation.work.models import Job
from foundation.work.performing import perform
from referrals.models import Export, ProgressMessage
from referrals.services import write_progress
from referrals.services.exporting import LEDGER, request_export
from tests import make
from tests.systems.conftest import caller

FILE = b"%PDF-1.4\n" + os.urandom(400_000)


class Disk:
    """A real file system of 256 kB where root may mount one; elsewhere a write that fails half-way as a full one does."""

    def __init__(self, place, settings, monkeypatch):
        self.place, self.mounted = place, False
        place.mkdir()
        settings.MEDIA_ROOT = place
        if os.geteuid() == 0:
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True)
            self.mounted = done.returncode == 0
        if not self.mounted:
            self.monkeypatch = monkeypatch
            monkeypatch.setattr(os, "fsync", self._refuse)

    def _refuse(self, _handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill(self):
        if self.mounted:
            with contextlib.suppress(OSError), (self.place / "ballast").open("wb", buffering=0) as stream:
                while True:
                    stream.write(b"x" * 4096)

    def make_room(self):
        if self.mounted:
            (self.place / "ballast").unlink(missing_ok=True)
            subprocess.run(["mount", "-o", "remount,size=8m", str(self.place)], check=True)
        else:
            self.monkeypatch.undo()

    def files(self):
        return [path.name for path in self.place.rglob("*") if path.is_file() and path.name != "ballast"]


@pytest.fixture
def disk(tmp_path, settings, monkeypatch):
    made = Disk(tmp_path / "tiny", settings, monkeypatch)
    yield made
    if made.mounted:
        subprocess.run(["umount", "-l", str(made.place)], check=True)


def test_a_stored_file_is_whole_or_not_there(disk):
    disk.fill()
    with pytest.raises(StorageFull):
        DurableDisk().save("a/b.pdf", ContentFile(FILE))
    assert disk.files() == []
    disk.make_room()
    assert DurableDisk().save("a/b.pdf", ContentFile(FILE)) == "a/b.pdf"
    assert disk.files() == ["b.pdf"]
    assert DurableDisk().save("a/b.pdf", ContentFile(b"other")) != "a/b.pdf"


def test_files_and_their_folders_are_on_the_disk_before_the_row_is(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    synced, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.readlink(f"/proc/self/fd/{handle}")), real(handle))[1])
    DurableDisk().save("a/b.pdf", ContentFile(FILE))
    assert any(".partial-" in name for name in synced)
    assert {str(tmp_path / "media" / "a"), str(tmp_path / "media"), str(tmp_path)} <= set(synced)


def test_an_upload_on_the_page_is_refused_in_words_and_leaves_nothing(xuecheng, client, disk):
    referral = make_draft_elsewhere(xuecheng)
    client.force_login(xuecheng.user("区住建局", Post.CLERK))
    send = {"slot": "other", "file": SimpleUploadedFile("证据.pdf", FILE)}
    answer = client.post(f"/referrals/{referral.pk}/materials/", send, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, "存储空间已满" in answer.json()["refused"][0]) == (507, True)
    assert (disk.files(), Material.objects.filter(case=referral.case).count()) == ([], 0)
    disk.make_room()
    send = {"slot": "other", "file": SimpleUploadedFile("证据.pdf", FILE)}
    assert client.post(f"/referrals/{referral.pk}/materials/", send, headers={"X-Requested-With": "fetch"}).status_code == 200
    assert len(disk.files()) == 1


def make_draft_elsewhere(world):
    from referrals import services

    return services.start_draft(by=make.sender(world), data=make.complete(world))


def test_an_upload_by_rest_is_refused_with_507_in_one_piece_and_in_parts(xuecheng, disk):
    referral, system = make_draft_elsewhere(xuecheng), caller(xuecheng, "区住建局")
    url = f"/api/v1/referrals/{referral.pk}/materials/"
    refused = system.http.post(url, {"slot": "other", "file": SimpleUploadedFile("a.pdf", FILE)}, headers=system.headers({}))
    assert (refused.status_code, refused.json()["type"]) == (507, "/api/v1/problems/#storage-full")
    upload = system.post(f"referrals/{referral.pk}/uploads/", {"slot": "other", "name": "a.pdf", "size": len(FILE)}).json()
    assert system.send("put", f"uploads/{upload['id']}/parts/0/", FILE).status_code == 507
    assert system.get(f"uploads/{upload['id']}/").json()["received"] == 0
    assert disk.files() == []
    disk.make_room()
    assert system.send("put", f"uploads/{upload['id']}/parts/0/", FILE).json()["received"] == len(FILE)


def test_a_word_with_a_file_is_refused_with_what_was_typed_still_on_the_page(xuecheng, client, disk, settings, tmp_path):
    with_room, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path / "roomy"
    if not disk.mounted:
        pytest.skip("needs a file system of its own")
    referral = make.signed_for(xuecheng)
    settings.MEDIA_ROOT = with_room
    client.force_login(xuecheng.user("区住建局", Post.CLERK))
    typed = {"words": "请于周五前共同到现场。", "file": SimpleUploadedFile("a.pdf", FILE)}
    answer = client.post(f"/referrals/{referral.pk}/act/write_progress/", typed)
    assert (answer.status_code, "存储空间已满" in answer.content.decode(), "请于周五前共同到现场。" in answer.content.decode()) == (507, True, True)
    assert (disk.files(), ProgressMessage.objects.count()) == ([], 0)
    disk.make_room()
    again = SimpleUploadedFile("a.pdf", FILE)
    write_progress(referral.pk, by=make.sender(xuecheng), words="请于周五前共同到现场。", file=again)
    assert len(disk.files()) == 1


def test_a_letter_waits_for_room_and_is_never_parked(xuecheng, disk, settings):
    settings.WORK_RAISES = False
    if not disk.mounted:
        pytest.skip("needs a file system of its own")
    make.signed(xuecheng)
    letter = OfficialDocument.objects.get()
    disk.fill()
    for _attempt in range(10):
        assert not perform(LETTER, letter.pk)
        Job.objects.update(next_try_at=None)
    job = Job.objects.get(kind=LETTER)
    assert (job.state, job.last_error, job.attempts) == ("waiting", "storage full", 0)
    assert not [name for name in disk.files() if name.startswith((letter.code, ".partial"))]
    assert list(unrendered(letter.issued_at + dt.timedelta(hours=1))) == [letter.pk]
    disk.make_room()
    assert perform(LETTER, letter.pk)


def test_a_ledger_waits_for_room_and_leaves_nothing_meanwhile(xuecheng, disk, settings):
    settings.WORK_RAISES = False
    make_draft_elsewhere(xuecheng)
    export = request_export(by=make.sender(xuecheng), desk="all")
    disk.fill()
    assert not perform(LEDGER, export.pk)
    assert (Job.objects.get(kind=LEDGER).last_error, disk.files(), Export.objects.get().done_at) == ("storage full", [], None)
    disk.make_room()
    Job.objects.update(next_try_at=None)
    assert perform(LEDGER, export.pk)
    assert Export.objects.get().sha256


def test_what_goes_wrong_before_a_view_is_reached_or_in_the_database_is_said_as_well(xuecheng, client, monkeypatch):
    def full(*_arguments, **_words):
        raise OSError(errno.ENOSPC, "No space left on device")

    client.force_login(xuecheng.user("区住建局", Post.CLERK))
    client.raise_request_exception = False
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk", full)
    referral, big = make_draft_elsewhere(xuecheng), SimpleUploadedFile("a.pdf", b"%PDF-1.4\n" + b"x" * (3 << 20))
    answer = client.post(f"/referrals/{referral.pk}/materials/", {"slot": "other", "file": big})
    assert (answer.status_code, "存储空间已满" in answer.content.decode()) == (507, True)
    raised = DatabaseError("could not extend file")
    raised.__cause__ = type("DiskFull", (Exception,), {"sqlstate": "53100"})()
    assert is_full(raised)
    assert not is_full(OSError(errno.EACCES, "no"))


@pytest.mark.django_db(transaction=True)
def test_a_backup_onto_a_full_disk_says_so_and_leaves_no_half_backup(tmp_path, disk):
    if not disk.mounted:
        pytest.skip("needs a file system of its own")
    with pytest.raises(CommandError, match="磁盘已满"):
        call_command("backup", str(disk.place / "backups"), stdout=io.StringIO())
    assert disk.files() == []
