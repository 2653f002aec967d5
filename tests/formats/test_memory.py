"""However big a file is, the server reads it in pieces."""

from __future__ import annotations

import tracemalloc
from contextlib import contextmanager

import pytest

from foundation.formats.admitting import admit
from referrals.services.uploads import begin_upload, complete_upload, put_part
from tests import make
from tests.formats.samples import iso

FILM = iso(b"isom")
# Bytes that may be held at once, well under a part.
MOST = 6 * 1024 * 1024


@contextmanager
def bounded():
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST, peak


def test_reading_a_film_holds_a_piece_at_a_time(tmp_path):
    place = tmp_path / "film"
    with place.open("wb") as out:
        out.write(FILM)
        out.truncate(200 << 20)
    with place.open("rb") as stream, bounded():
        assert admit("执法记录仪.mp4", 200 << 20, stream).format.key == "mp4"


def test_putting_the_parts_together_holds_a_piece_at_a_time(xuecheng):
    by, part = make.sender(xuecheng), 8 << 20
    upload = begin_upload(make.draft(xuecheng).pk, by=by, slot="other", name="执法记录仪.mp4", size=5 * part)
    for number in range(5):
        put_part(upload.pk, by=by, offset=number * part, part=(FILM if number == 0 else b"").ljust(part, b"\x07"))
    with bounded():
        material = complete_upload(upload.pk, by=by)
    assert material.size == 5 * part


@pytest.mark.parametrize(("again", "same"), [(b"", True), (b"\x01", False)])
def test_a_part_again_must_be_the_same(xuecheng, again, same):
    from core.errors import WrongState

    by = make.sender(xuecheng)
    upload = begin_upload(make.draft(xuecheng).pk, by=by, slot="other", name="执法记录仪.mp4", size=30_000)
    first = FILM.ljust(10_000, b"\x07")
    put_part(upload.pk, by=by, offset=0, part=first)
    changed = first[: len(first) - len(again)] + again
    if same:
        assert put_part(upload.pk, by=by, offset=0, part=changed).received == 10_000
    else:
        with pytest.raises(WrongState, match="不是同一个文件"):
            put_part(upload.pk, by=by, offset=0, part=changed)
