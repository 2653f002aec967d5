"""check_files: rows without their file, files without their row, and files that are not what was registered; on disk and in a bucket."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from foundation.cases.models import Material
from foundation.storing.keeping import discard
from tests import make
from tests.conftest import world_of

pytestmark = pytest.mark.django_db(transaction=True)


def checked(*options):
    """The exit code and what was printed; nothing is too young to be complained of."""
    out = io.StringIO()
    try:
        call_command("check_files", "--grace", "-5", *options, stdout=out)
    except SystemExit as done:
        return done.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def materials(storage):
    return list(Material.objects.filter(case=make.draft(world_of("xuecheng")).case))


def test_where_rows_and_files_agree_nothing_is_said(materials):
    code, said = checked()
    assert (code, "缺文件 0，校验值不符 0，无记录的文件 0" in said) == (0, True)


def test_a_row_without_its_file_is_named(materials, storage):
    storage.delete(materials[0].file.name)
    code, said = checked()
    assert (code, f"{Material._meta.db_table}:{materials[0].pk} " in said, "缺文件 1" in said) == (1, True, True)


def test_a_file_that_no_row_names_is_found_and_removed_when_asked(materials, storage):
    name = storage.save("materials/2026/03/nobodys.pdf", ContentFile(b"nobody's"))
    code, said = checked()
    assert (code, name in said, "无记录的文件 1" in said) == (1, True, True)
    assert storage.exists(name)
    assert checked("--remove-orphans")[0] == 0
    assert not storage.exists(name)
    assert checked()[0] == 0
    assert all(storage.exists(one.file.name) for one in materials)


def test_a_young_file_and_one_that_waits_for_its_removal_are_no_orphans(materials, storage):
    storage.save("materials/2026/03/young.pdf", ContentFile(b"of an act that is under way"))
    out = io.StringIO()
    call_command("check_files", stdout=out)
    assert "无记录的文件 0" in out.getvalue()


def test_a_discarded_file_is_nobodys_fault(materials, storage, monkeypatch):
    from django.db import transaction

    from foundation.storing import keeping

    monkeypatch.setattr(keeping, "remove_discarded", lambda only=None: 0)
    with transaction.atomic():
        discard(materials[0].file)
        materials[0].delete()
    assert checked()[0] == 0


def test_a_file_that_is_not_what_was_registered_is_named_unless_files_are_not_read(materials, storage):
    name = materials[0].file.name
    storage.delete(name)
    assert storage._save(name, ContentFile(b"%PDF-1.4 another")) == name
    code, said = checked()
    assert (code, "校验值不符 1" in said) == (1, True)
    assert checked("--without-hashes")[0] == 0
