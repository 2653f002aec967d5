"""What may come in: a real file of every format, and every pair of ending and content that does not agree."""

from __future__ import annotations

import io

import pytest

from core.errors import BadInput
from foundation.formats import containers
from foundation.formats.admitting import admit, check_announced, check_start, most_bytes
from foundation.formats.table import ENDINGS, FAMILIES, FORMATS
from tests.formats.samples import refused, taken


def read(ending: str, data: bytes):
    return admit("现场材料" + ending, len(data), io.BytesIO(data))


@pytest.mark.parametrize("what", taken())
def test_every_format_of_offices_is_taken(what):
    ending, data = taken()[what]
    admitted = read(ending, data)
    assert ending in admitted.format.endings
    assert admitted.content_type == FORMATS[admitted.format.key].content_type
    check_start("现场材料" + ending, len(data), data)


def test_there_is_a_sample_of_every_format_and_every_ending():
    shown = {read(ending, data).format.key for ending, data in taken().values()}
    assert shown == set(FORMATS)
    assert set(ENDINGS) - {ending for ending, _data in taken().values()} <= {
        ".dot", ".pps", ".heif", ".mts", ".vob", ".mpeg", ".asf", ".oga", ".3g2",
    }  # fmt: skip


@pytest.mark.parametrize("what", taken())
def test_a_name_that_says_something_else_is_refused_and_both_are_named(what):
    _ending, data = taken()[what]
    found = read(*taken()[what]).format
    for ending in ENDINGS:
        if ending in found.endings:
            read(ending, data)
            continue
        with pytest.raises(BadInput) as error:
            read(ending, data)
        assert str(found.name) in error.value.reason
        assert ending in error.value.reason


@pytest.mark.parametrize("what", refused())
def test_what_runs_is_refused_under_every_name(what):
    for ending in ENDINGS:
        with pytest.raises(BadInput, match="不是可收的类型") as error:
            read(ending, refused()[what])
        assert set(error.value.fields) == {"file"}


@pytest.mark.parametrize("ending", [".exe", ".html", ".svg", ".js", ".docm", ".bat", ".iso", "", ".pdf.exe"])
def test_an_ending_that_is_not_in_the_table_is_refused_before_the_first_byte(ending):
    with pytest.raises(BadInput, match="可收 PDF"):
        check_announced("材料" + ending, 10)
    with pytest.raises(BadInput):
        read(ending, taken()["pdf"][1])


@pytest.mark.parametrize("ending", [".PDF", ".Pdf"])
def test_capitals_in_an_ending_are_the_same_ending(ending):
    assert read(ending, taken()["pdf"][1]).format.key == "pdf"


@pytest.mark.parametrize(
    ("ending", "family"), [(".pdf", "document"), (".jpg", "image"), (".zip", "archive"), (".m4a", "audio"), (".mp4", "video"), (".tif", "document")]
)
def test_size_is_bounded_by_what_the_file_is(ending, family):
    most = most_bytes(family)
    check_announced("材料" + ending, most)
    with pytest.raises(BadInput, match="MB"):
        check_announced("材料" + ending, most + 1)


def test_a_recording_without_pictures_has_the_size_of_a_recording(settings):
    settings.UPLOAD_MEGABYTES = dict.fromkeys(FAMILIES, 1) | {"audio": 0}
    data = taken()["m4a of Android"][1]
    assert read(".mp4", data).format.key == "mp4"
    with pytest.raises(BadInput, match="MB"):
        read(".m4a", data)


def test_a_zip_with_an_endless_list_is_an_archive_and_its_list_is_not_read(monkeypatch):
    monkeypatch.setattr(containers, "LONGEST_LIST", 100)
    monkeypatch.setattr(containers.zipfile, "ZipFile", lambda *_args: pytest.fail("the list was read"))
    data = taken()["docx"][1]
    assert read(".zip", data).format.key == "zip"
    with pytest.raises(BadInput):
        read(".docx", data)
