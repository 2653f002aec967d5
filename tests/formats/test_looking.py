"""What is found in a file: password, scripts, macros, other files; its preview. A file that harms harms only its own preview."""

from __future__ import annotations

import io
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from foundation.formats import inspecting
from foundation.formats.admitting import admit
from tests.formats import bad_pdfs
from tests.formats.boxes import office, ole, rar, seven, zipped
from tests.formats.samples import MAIL, picture, taken

DRAWN = ["pdf", "pdf after a scanner's header", "jpg", "png", "bmp", "tif", "heic", "webp", "gif"]


def look(tmp_path: Path, key: str, data: bytes):
    (tmp_path / "file").write_bytes(data)
    said = inspecting.look_into(tmp_path, key)
    return set(said.get("marks", [])), said.get("listing", []), tmp_path / "preview.jpg"


@pytest.mark.parametrize("what", DRAWN)
def test_pictures_and_pdfs_are_drawn_small(tmp_path, what):
    ending, data = taken()[what]
    marks, _listing, preview = look(tmp_path, admit("a" + ending, len(data), io.BytesIO(data)).format.key, data)
    assert marks == set()
    with Image.open(preview) as drawn:
        assert drawn.format == "JPEG"
        assert max(drawn.size) <= 800


@pytest.mark.parametrize(
    ("what", "data", "marks"),
    [
        ("a page", bad_pdfs.plain(), set()),
        ("JavaScript on opening", bad_pdfs.opening("JavaScript", JS="app.alert(1)"), {"active"}),
        ("a program on opening", bad_pdfs.opening("Launch", F="cmd.exe"), {"active"}),
        ("a named script in an object stream", bad_pdfs.named_script(), {"active"}),
        ("a script of a page", bad_pdfs.on_a_page(), {"active"}),
        ("a program behind a button", bad_pdfs.behind_a_button(), {"active"}),
        ("a form of its own", bad_pdfs.form_of_its_own(), {"active"}),
        ("a file within", bad_pdfs.carrying(), {"embedded"}),
        ("a password", bad_pdfs.locked(), {"encrypted"}),
        ("no right to edit", bad_pdfs.closed_to_editing(), set()),
        ("no page at all", b"%PDF-1.4 x", {"damaged"}),
    ],
)
def test_what_a_pdf_does_by_itself_is_said(tmp_path, what, data, marks):
    found, _listing, preview = look(tmp_path, "pdf", data)
    assert found == marks
    assert preview.exists() == (not marks & {"encrypted", "damaged"})


def _flagged() -> bytes:
    """A zip whose entry says that it is encrypted, in both places."""
    data = bytearray(zipped({"a.txt": "x"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("key", "data", "marks", "listing"),
    [
        ("zip", zipped({"现场/照片.jpg": "x", "安装.EXE": "y"}), {"program"}, ["现场/照片.jpg", "安装.EXE"]),
        ("zip", _flagged(), {"encrypted"}, ["a.txt"]),
        ("rar", rar(), set(), ["photo.txt"]),
        ("rar", rar(password=True), {"encrypted"}, ["photo.txt"]),
        ("7z", seven(), set(), ["现场/笔录.txt"]),
        ("7z", seven("p"), {"encrypted"}, ["现场/笔录.txt"]),
        ("7z", seven("p", names=True), {"encrypted"}, []),
        ("locked", taken()["locked docx"][1], {"encrypted"}, []),
        ("docx", office("word/document.xml", "x.main+xml", **{"word/vbaProject.bin": "x"}), {"macros"}, []),
        ("docx", office("word/document.xml", "x.main+xml", **{"word/embeddings/a.bin": "x"}), {"embedded"}, []),
        ("docx", taken()["docx"][1], set(), []),
        ("ofd", taken()["ofd"][1], set(), []),
        ("ofd", zipped({"OFD.xml": "x", "Doc_0/Encryptions.xml": "y"}), {"encrypted"}, []),
        ("xls", ole("Workbook", "_VBA_PROJECT_CUR"), {"damaged"}, []),
        ("ole", taken()["doc with a damaged directory"][1], {"damaged"}, []),
        ("eml", MAIL, set(), []),
        ("jpeg", picture("JPEG")[:300], {"damaged"}, []),
    ],
)
def test_what_a_file_hides_is_said(tmp_path, key, data, marks, listing):
    assert look(tmp_path, key, data)[:2] == (marks, listing)


def test_a_word_document_with_a_password_is_said_to_be_so(tmp_path):
    """[MS-DOC] 2.5.1: the bit fEncrypted of the head of the document."""
    head = b"\xec\xa5\xc1\x00" + b"\x00" * 6 + (0x0100).to_bytes(2, "little") + b"\x00" * 20
    assert "encrypted" in look(tmp_path, "doc", ole("WordDocument", "1Table", content=head))[0]


def _bomb() -> bytes:
    """A PNG of a few kilobytes with 30,000 by 30,000 points."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000_000)) + chunk(b"IEND", b"")


def test_a_bomb_costs_its_own_preview_only(tmp_path):
    marks, _listing, preview = look(tmp_path, "png", _bomb())
    assert (marks, preview.exists()) == ({"damaged"}, False)


TRIES = {
    "a socket": "import socket; socket.socket()",
    "a program": "import os; os.execv('/bin/sh', ['sh', '-c', 'echo {} > said.json'])",
    "more memory": "bytearray(3 << 30)",
    "a long file": "open('big', 'wb').write(b'x' * (20 << 20))",
    "many files": "kept = [open('/dev/null') for _ in range(100)]",
    "our settings": "import os; os.environ['DATABASE_URL']",
    "the application": "import django.conf; import config.settings.base",
}


@pytest.mark.parametrize("what", TRIES)
def test_the_reading_process_can_do_nothing_else(tmp_path, monkeypatch, what):
    """Whatever a file makes of its reader runs in a process that may only compute: here a reader that has been taken over."""
    taken_over = tmp_path / "main.py"
    confined = inspecting.CHILD.parent
    taken_over.write_text(
        f"import sys\nsys.path.insert(0, {str(confined)!r})\nimport limits, json\nlimits.confine(int(sys.argv[3]))\n"
        "open('began', 'w').close()\n" + TRIES[what] + "\nopen('said.json', 'w').write(json.dumps({'marks': ['embedded']}))\n"
    )
    monkeypatch.setattr(inspecting, "CHILD", taken_over)
    assert look(tmp_path, "png", b"x")[0] == {"damaged"}
    assert (tmp_path / "began").exists()


def test_a_reader_that_does_not_end_is_ended_with_all_it_started(tmp_path, monkeypatch):
    slow = tmp_path / "main.py"
    slow.write_text("import os, time\nif os.fork() == 0:\n    time.sleep(3)\n    open('outlived', 'w').close()\ntime.sleep(600)\n")
    monkeypatch.setattr(inspecting, "CHILD", slow)
    monkeypatch.setattr(inspecting, "PATIENCE", 0.5)
    assert look(tmp_path, "png", b"x")[0] == {"damaged"}
    time.sleep(3.2)
    assert not (tmp_path / "outlived").exists()
