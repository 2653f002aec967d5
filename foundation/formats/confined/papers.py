"""What a document hides: a password, scripts, macros, other files. Of a PDF the first page is drawn."""

from __future__ import annotations

import email
import email.policy
import zipfile
from pathlib import Path
from typing import Any

import msoffcrypto
import olefile
import pikepdf
import pypdfium2
from pictures import SIDE, save

Found = tuple[list[str], list[str]]
# Objects of a PDF that are looked at, and how deep within one.
MOST_OBJECTS, DEEPEST = 200_000, 12
_ACTING = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia"}


def pdf(file: Path, preview: Path) -> Found:
    try:
        with pikepdf.open(file) as read:
            marks = sorted(_marks(read))
    except pikepdf.PasswordError:
        return ["encrypted"], []
    try:
        with pypdfium2.PdfDocument(file) as drawn:
            page = drawn[0]
            save(page.render(scale=min(SIDE / max(page.get_size()), 4), may_draw_forms=False).to_pil(), preview)
    except Exception:  # whatever its page makes of the reader: its marks stand
        marks.append("damaged")
    return marks, []


def _marks(read: Any) -> set[str]:
    marks: set[str] = set()
    for number, one in enumerate(read.objects):
        if number >= MOST_OBJECTS:
            break
        _look(one, marks, 0)
    _look(read.trailer, marks, DEEPEST - 1)
    return marks


def _look(one: Any, marks: set[str], depth: int) -> None:
    """Marks of one object and of what lies directly in it; what it only refers to comes by itself."""
    if depth > DEEPEST or (depth and getattr(one, "is_indirect", False)):
        return
    if isinstance(one, pikepdf.Array):
        for inner in one:
            _look(inner, marks, depth + 1)
        return
    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return
    names = set(one.keys())
    kinds = {str(one.get(name)) for name in ("/S", "/Subtype") if name in names and isinstance(one.get(name), pikepdf.Name)}
    if "/JS" in names or "/XFA" in names or kinds & _ACTING:
        marks.add("active")
    if "/EF" in names or "/EmbeddedFiles" in names:
        marks.add("embedded")
    for name in names:
        if name not in ("/JS", "/XFA"):
            _look(one.get(name), marks, depth + 1)


def old_office(file: Path, _preview: Path) -> Found:
    marks = []
    with file.open("rb") as stream:
        if msoffcrypto.OfficeFile(stream).is_encrypted():
            marks.append("encrypted")
    with olefile.OleFileIO(str(file)) as box:
        first = {name[0] for name in box.listdir(storages=True)}
        if first & {"Macros", "_VBA_PROJECT_CUR", "VBA"}:
            marks.append("macros")
        if "ObjectPool" in first:
            marks.append("embedded")
    return marks, []


def office(file: Path, _preview: Path) -> Found:
    with zipfile.ZipFile(file) as box:
        names = box.namelist()
    marks = ["macros"] if any(name.endswith("vbaProject.bin") for name in names) else []
    return marks + (["embedded"] if any("/embeddings/" in name for name in names) else []), []


def ofd(file: Path, _preview: Path) -> Found:
    """GB/T 33190: what is encrypted is named by Encryptions.xml; its actions and attachments stand in parts of their own."""
    with zipfile.ZipFile(file) as box:
        names = box.namelist()
        locked = any(part.flag_bits & 1 for part in box.infolist()) or any(name.endswith(("Encryptions.xml", "Encrypts.xml")) for name in names)
    marks = ["encrypted"] if locked else []
    return marks + (["embedded"] if any(name.endswith("Attachments.xml") for name in names) else []), []


def locked(_file: Path, _preview: Path) -> Found:
    return ["encrypted"], []


def damaged(_file: Path, _preview: Path) -> Found:
    return ["damaged"], []


def mail(file: Path, _preview: Path) -> Found:
    with file.open("rb") as stream:
        read = email.message_from_binary_file(stream, policy=email.policy.default)
    marks = ["encrypted"] if read.get_content_type() in ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted") else []
    return marks, [part.get_filename() or "" for part in read.walk() if part.get_filename()]


def message(file: Path, _preview: Path) -> Found:
    """Outlook's own: the names of what is attached ([MS-OXMSG], PidTagAttachLongFilename)."""
    listing = []
    with olefile.OleFileIO(str(file)) as box:
        for name in box.listdir():
            if name[0].startswith("__attach") and name[-1] == "__substg1.0_3707001F":
                listing.append(box.openstream(name).read(1000).decode("utf-16-le", "replace"))
    return [], listing
