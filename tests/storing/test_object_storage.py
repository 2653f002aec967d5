"""Files in a bucket (moto's server stands for any that speaks S3): stored once, never over another, served, backed up and restored."""

from __future__ import annotations

import io

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from storages.backends.s3 import S3Storage

from core.errors import StorageFull
from foundation.cases.models import Material
from foundation.storing import backing_up
from foundation.storing.keeping import remove_discarded
from foundation.storing.models import Backup, DiscardedFile
from referrals import services
from tests import make
from tests.conftest import world_of
from tests.storing.conftest import in_bucket
from tests.storing.restored import empty_place

pytestmark = pytest.mark.django_db(transaction=True)


def said(*command):
    out = io.StringIO()
    call_command(*map(str, command), stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize("way", ["bucket to bucket", "bucket to disk", "disk to bucket"])
def test_a_backup_restores_from_either_place_into_either(kept, object_server, settings, request, way):
    if way.startswith("bucket"):
        in_bucket(object_server, settings, request)
    referral = make.signed(world_of("xuecheng"))
    material = Material.objects.filter(case=referral.case).first()
    said("backup", kept)
    with empty_place(kept.parent) as place:
        if way.endswith("bucket"):
            target = object_server.bucket(f"t{abs(hash(request.node.nodeid))}")
            place.env |= target.environment
        code, words = place.manage("restore", kept)
        assert code == 0, words
        code, words = place.manage("check_files")
        assert code == 0, words
        if way.endswith("bucket"):
            assert material.file.name in target.names()
            assert not place.media.exists()
            code, words = place.manage("restore", kept)
            assert code == 1
    assert Backup.objects.get().trouble == ""


def test_a_file_that_somebody_removes_while_the_backup_copies_is_still_in_it(kept, storage, monkeypatch):
    """On disk and in a bucket: the row goes, the file waits until the backup has it."""
    world = world_of("xuecheng")
    draft = make.draft(world)
    material = Material.objects.filter(case=draft.case).first()
    real, seen = backing_up._dump, []

    def then_remove(*given):
        answer = real(*given)
        services.remove_material(draft.pk, material.pk, by=make.sender(world))
        seen.append((remove_discarded(), storage.exists(material.file.name)))
        return answer

    monkeypatch.setattr(backing_up, "_dump", then_remove)
    said("backup", kept)
    assert seen == [(0, True)]
    assert not Material.objects.filter(pk=material.pk).exists()
    assert Backup.objects.get().trouble == ""
    with empty_place(kept.parent) as place:
        assert place.manage("restore", kept)[0] == 0
        code, words = place.manage("check_files")
        assert code == 0, words
        assert place.count(Material._meta.db_table) == Material.objects.count() + 1
    remove_discarded()
    assert not storage.exists(material.file.name)
    assert not DiscardedFile.objects.exists()


def test_a_file_that_vanishes_from_the_storage_meanwhile_is_said_to_be_missing(kept, storage, monkeypatch):
    draft = make.draft(world_of("xuecheng"))
    material = Material.objects.filter(case=draft.case).first()
    real = backing_up._dump

    def then_lose(*given):
        answer = real(*given)
        storage.delete(material.file.name)
        return answer

    monkeypatch.setattr(backing_up, "_dump", then_lose)
    out = io.StringIO()
    with pytest.raises(SystemExit) as done:
        call_command("backup", str(kept), stdout=out, stderr=out)
    assert done.value.code == 2
    assert f"{Material._meta.db_table}:{material.pk} " in out.getvalue()
    assert Backup.objects.get().trouble.startswith("missing: 1")


def test_two_files_of_one_name_are_two(bucket):
    one, other = (default_storage.save("materials/2026/03/a.pdf", ContentFile(text)) for text in (b"one", b"other"))
    assert one != other
    assert [default_storage.open(name).read() for name in (one, other)] == [b"one", b"other"]
    assert bucket.names() == sorted([one, other])
    long = default_storage.get_available_name(f"materials/2026/03/{'长' * 90}.pdf", max_length=100)
    assert len(long) <= 100
    assert long.endswith(".pdf")


def test_what_is_not_there_is_not_found_in_djangos_own_words(bucket):
    for ask in (default_storage.open, default_storage.size, default_storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("nowhere.pdf")


def test_a_bucket_without_room_is_said_as_a_full_disk_is(bucket, monkeypatch):
    def refuse(*_given):
        raise ClientError({"Error": {"Code": "QuotaExceeded"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "PutObject")

    monkeypatch.setattr(S3Storage, "_save", refuse)
    with pytest.raises(StorageFull):
        default_storage.save("a.pdf", ContentFile(b"x"))


def test_a_case_is_filed_read_and_downloaded_with_its_files_in_a_bucket(bucket, client):
    world = world_of("xuecheng")
    referral = make.delivered(world)
    material = Material.objects.filter(case=referral.case).first()
    assert material.file.name in bucket.names()
    client.force_login(world.user("区住建局"))
    answer = client.get(f"/referrals/{referral.pk}/materials/{material.pk}/")
    content = b"".join(answer) if answer.streaming else answer.content
    assert (answer.status_code, content[:5]) == (200, b"%PDF-")
