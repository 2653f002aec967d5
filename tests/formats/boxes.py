"""Small files of the boxed formats, written here byte by byte or by a library: zip, OLE, 7z, RAR. Nobody's property."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import msoffcrypto
import py7zr

KINDS = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/{}" ContentType="{}"/></Types>'
MAIN = "application/vnd.openxmlformats-officedocument."
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def zipped(files: dict[str, str | bytes], **how: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **how) as box:
        for name, content in files.items():
            box.writestr(name, content)
    return made.getvalue()


def office(part: str, kind: str, *, first: dict[str, str] | None = None, **more: str) -> bytes:
    """An office document of today; `first` comes before everything else, as some writers do it."""
    return zipped({**(first or {}), "[Content_Types].xml": KINDS.format(part, MAIN + kind), part: "<x/>", "_rels/.rels": "<r/>", **more})


def locked(document: bytes) -> bytes:
    """The document behind a password, as Office writes it."""
    made = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(document)).encrypt("password", made)
    return made.getvalue()


def ole(*streams: str, content: bytes = b"") -> bytes:
    """An OLE file with these streams of 4096 bytes each ([MS-CFB]); the first one begins with `content`."""
    size = 4096 // SECTOR
    directory_sectors = (len(streams) + 1 + 3) // 4
    entries = [_entry("Root Entry", 5, child=1 if streams else FREE)]
    body, chain = b"", [FAT]
    chain += [*range(2, directory_sectors + 1), END]
    start = 1 + directory_sectors
    for number, name in enumerate(streams):
        entries.append(_entry(name, 2, right=number + 2 if number + 1 < len(streams) else FREE, start=start, size=4096))
        chain += [*range(start + 1, start + size), END]
        body += (content if number == 0 else b"").ljust(4096, b"\x01")
        start += size
    entries += [b"\x00" * 64 + struct.pack("<HBBLLL", 0, 0, 0, FREE, FREE, FREE) + b"\x00" * 48] * (-len(entries) % 4)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109L", 0, *[FREE] * 108)
    table = struct.pack("<128L", *chain, *[FREE] * (128 - len(chain)))
    return header + table + b"".join(entries) + body


def _entry(name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int = 0, size: int = 0) -> bytes:
    label = name.encode("utf-16-le") + b"\x00\x00"
    made = label.ljust(64, b"\x00") + struct.pack("<HBBLLL", len(label), kind, 1, FREE, right, child)
    return made + b"\x00" * 36 + struct.pack("<LQ", start if kind == 2 else END, size)


def seven(password: str | None = None, *, names: bool = False) -> bytes:
    """A 7z archive; `names` hides the names too."""
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w", password=password, header_encryption=names) as box:
        box.writestr("笔录".encode(), "现场/笔录.txt")
    return made.getvalue()


def rar(*, password: bool = False) -> bytes:
    """A RAR archive of the fourth kind with one stored file."""
    name, data = b"photo.txt", b"words"
    flags = 0x8000 | (0x04 if password else 0)
    head = (
        struct.pack("<BHHLLBLLBBHL", 0x74, flags, 32 + len(name), len(data), len(data), 2, zlib.crc32(data), 0x5A000000, 20, 0x30, len(name), 0x20)
        + name
    )
    main = struct.pack("<BHHHL", 0x73, 0, 13, 0, 0)
    last = struct.pack("<BHH", 0x7B, 0x4000, 7)
    return b"Rar!\x1a\x07\x00" + _checked(main) + _checked(head) + data + _checked(last)


def _checked(block: bytes) -> bytes:
    return struct.pack("<H", zlib.crc32(block) & 0xFFFF) + block
