"""What lies in a box: a zip may be a Word document, an OFD or a program; an OLE file an old Word document, a mail or an installer."""

from __future__ import annotations

import struct
import zipfile
from typing import BinaryIO

import olefile

# The list of contents of an office document stays far under this; a longer one is never read at the door.
LONGEST_LIST = 4 * 1024 * 1024
# Bytes of the part that names the kinds of an office document.
LONGEST_KINDS = 1024 * 1024
_END, _END_SIZE = b"PK\x05\x06", 22
_OFFICE = (
    (b"wordprocessingml.document.main", "docx"),
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"presentationml.presentation.main", "pptx"),
    (b"presentationml.slideshow.main", "pptx"),
    (b"macroEnabled", "macro"),
)


def in_zip(stream: BinaryIO) -> str:
    """The key of what a zip file is; "zip" where it is a plain archive, or where its list cannot be read here."""
    if not _has_short_list(stream):
        return "zip"
    try:
        with zipfile.ZipFile(stream) as box:
            names = set(box.namelist())
            if "OFD.xml" in names:
                return "ofd"
            if "AndroidManifest.xml" in names or "META-INF/MANIFEST.MF" in names:
                return "app"
            if "[Content_Types].xml" in names:
                return _office(box)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, struct.error):
        return "zip"
    return "zip"


def _has_short_list(stream: BinaryIO) -> bool:
    """Whether the archive's own record says that its list is short enough to be read whole."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65_536 - _END_SIZE))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return False
    return bool(struct.unpack_from("<L", tail, at + 12)[0] <= LONGEST_LIST)


def _office(box: zipfile.ZipFile) -> str:
    part = box.getinfo("[Content_Types].xml")
    with box.open(part) as kinds:
        said = kinds.read(LONGEST_KINDS)
    found = [key for mark, key in _OFFICE if mark in said]
    if not found:
        # Some writers name no kinds of their own: then the folders say it.
        folders = {name.partition("/")[0] for name in box.namelist()}
        found = [key for folder, key in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")) if folder in folders]
    return "macro" if "macro" in found else found[0] if found else "zip"


def in_ole(stream: BinaryIO) -> str:
    """The key of what an OLE file is; "ole" where its directory cannot be read, "binary" where it is nothing that offices send."""
    stream.seek(0)
    try:
        with olefile.OleFileIO(stream) as box:
            streams = {name[0].lower() for name in box.listdir()}
    except Exception:  # whatever a damaged directory makes of the reader
        return "ole"
    for wanted, key in (
        ("encryptedpackage", "locked"),
        ("worddocument", "doc"),
        ("workbook", "xls"),
        ("book", "xls"),
        ("powerpoint document", "ppt"),
        ("__properties_version1.0", "msg"),
    ):
        if wanted in streams:
            return key
    return "binary"
