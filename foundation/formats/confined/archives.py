"""What lies in an archive, by its list alone: nothing is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

import py7zr
import rarfile

Found = tuple[list[str], list[str]]
PROGRAMS = {".exe", ".com", ".scr", ".bat", ".cmd", ".vbs", ".js", ".jse", ".wsf", ".ps1", ".msi", ".dll", ".lnk", ".hta", ".jar", ".apk", ".sh"}


def _found(names: list[str], locked: bool) -> Found:
    marks = ["encrypted"] if locked else []
    if any(PurePosixPath(name.replace("\\", "/")).suffix.lower() in PROGRAMS for name in names):
        marks.append("program")
    return marks, names


def zipped(file: Path, _preview: Path) -> Found:
    with zipfile.ZipFile(file) as box:
        parts = [part for part in box.infolist() if not part.is_dir()]
    return _found([_named(part) for part in parts], any(part.flag_bits & 1 for part in parts))


def _named(part: zipfile.ZipInfo) -> str:
    """The name; where it is not said to be UTF-8, Chinese Windows wrote it in GBK."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename


def rar(file: Path, _preview: Path) -> Found:
    with rarfile.RarFile(file) as box:
        return _found([part.filename for part in box.infolist() if not part.isdir()], box.needs_password())


def seven(file: Path, _preview: Path) -> Found:
    try:
        with py7zr.SevenZipFile(file) as box:
            return _found([part.filename for part in box.list() if not part.is_directory], box.needs_password())
    except py7zr.PasswordRequired:
        return ["encrypted"], []
