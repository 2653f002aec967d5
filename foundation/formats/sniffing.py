"""What a file is, read from its content by libmagic; boxes that hold others (zip, OLE) are looked into, text is read as text."""

from __future__ import annotations

from functools import cache
from typing import BinaryIO

import magic

from foundation.formats.containers import in_ole, in_zip
from foundation.formats.texts import in_text

# Bytes that are looked at from the start; enough for the frames of a transport stream and the first box of every camera.
HEAD = 64 * 1024
_BY_TYPE = {
    "application/pdf": "pdf",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/bmp": "bmp",
    "image/x-ms-bmp": "bmp",
    "image/tiff": "tiff",
    "image/heic": "heic",
    "image/heif": "heic",
    "image/heic-sequence": "heic",
    "image/heif-sequence": "heic",
    "image/webp": "webp",
    "image/gif": "gif",
    "application/x-rar": "rar",
    "application/x-7z-compressed": "7z",
    "video/mp4": "mp4",
    "video/x-m4v": "mp4",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "video/3gpp2": "3gp",
    "video/x-msvideo": "avi",
    "video/x-matroska": "mkv",
    "video/mp2t": "ts",
    "video/mpeg": "mpeg",
    "video/x-ms-asf": "asf",
    "video/x-ms-wmv": "asf",
    "audio/x-ms-wma": "asf",
    "video/x-flv": "flv",
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/amr": "amr",
    "audio/x-hx-aac-adts": "aac",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "application/ogg": "ogg",
    "application/x-dosexec": "program",
    "application/vnd.microsoft.portable-executable": "program",
    "application/x-executable": "program",
    "application/x-sharedlib": "program",
    "application/x-pie-executable": "program",
    "application/x-object": "program",
    "application/x-mach-binary": "program",
    "application/x-java-applet": "program",
    "application/x-ms-shortcut": "shortcut",
    "application/vnd.android.package-archive": "app",
}
# What libmagic has no type for, or another one in another release: told by the first bytes, as their standards say.
_BY_START = (
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"OggS", "ogg"),
    (b"#!AMR", "amr"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_ZIPPED = ("application/zip", "application/java-archive", "application/epub+zip", "application/vnd.openxmlformats", "application/vnd.oasis")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@cache
def _magic() -> magic.Magic:
    return magic.Magic(mime=True)


def sniffed(stream: BinaryIO) -> str:
    """The key of what the content shows: of a Format, of FOREIGN, or "binary". The stream is read from its start and left anywhere.

    Where only the first bytes are there (a first part), boxes are told as what their start shows: see `sniffed_start`.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    key = sniffed_start(head)
    if key == "zip":
        return in_zip(stream)
    if key == "ole":
        return in_ole(stream)
    return key


def sniffed_start(head: bytes) -> str:
    """As `sniffed`, from the first bytes alone: "zip" and "ole" stand for all that is boxed in them."""
    if head.startswith(_OLE):
        return "ole"
    found = _magic().from_buffer(head).lower()
    if found.startswith(_ZIPPED) or head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    for known, key in _BY_TYPE.items():
        # Some releases write two types one after the other.
        if found == known or found.startswith(known + "application/"):
            return key
    for start, key in _BY_START:
        if head.startswith(start):
            return key
    told = in_text(head, found)
    # Scanners write lines of their own before it; every reader looks so far for its beginning.
    return "pdf" if told == "binary" and b"%PDF-" in head[:1024] else told
