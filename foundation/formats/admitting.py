"""The one reader before every door that takes a file: its name's ending, its content and its size must agree with the table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import BadInput
from foundation.formats.sniffing import HEAD, sniffed, sniffed_start
from foundation.formats.table import FORMATS, Format, called, usually

# Fewer first bytes may look like anything; only what is surely refused is refused by them.
ENOUGH = 4096
# What the first bytes show of what is told only from the whole.
_BOXED = {
    "zip": ("zip", "docx", "xlsx", "pptx", "ofd"),
    "ole": ("ole", "doc", "xls", "ppt", "msg", "locked"),
}


@dataclass(frozen=True)
class Admitted:
    """A file that may come in: what it is, and the sha256 of its bytes in hex."""

    format: Format
    sha256: str

    @property
    def content_type(self) -> str:
        return self.format.content_type

    @property
    def ending(self) -> str:
        return self.format.endings[0]


def admit(name: str, size: int, stream: BinaryIO) -> Admitted:
    """Read a whole file of `size` bytes, readable from its start, where the stream stands again afterwards.

    Raises BadInput beside `file`, before anything is stored: empty, too big, no ending that is taken, content that is not what the
    ending says. Reads in pieces, so that memory does not grow with the file.
    """
    check_announced(name, size)
    key = sniffed(stream)
    found = _agreed(name, key, (key,))
    _demand_size(name, size, found.family_of(_ending(name)))
    stream.seek(0)
    digest = hashlib.sha256()
    for piece in iter(lambda: stream.read(1 << 20), b""):
        digest.update(piece)
    stream.seek(0)
    return Admitted(found, digest.hexdigest())


def check_announced(name: str, size: int) -> None:
    """What can be refused before the first byte: an empty file, an ending that is not taken, more than any file of that ending may have."""
    if size == 0:
        raise _refused(_("“%(name)s”是空文件。") % {"name": name})
    ending = _ending(name)
    may = usually(ending)
    if not may:
        raise _refused(
            _("“%(name)s”：不收扩展名为“%(ending)s”的文件；可收 PDF、OFD、Word、WPS、Excel、演示文稿、RTF、邮件、文本、压缩包、图片、录音和录像。")
            % {"name": name, "ending": ending or _("无")}
        )
    _demand_size(name, size, max((row.family_of(ending) for row in may), key=most_bytes))


def check_start(name: str, size: int, head: bytes) -> None:
    """What the first bytes already refuse of a file that comes in parts; the whole is read again by `admit`."""
    check_announced(name, size)
    key = sniffed_start(head[:HEAD])
    if len(head) < min(size, ENOUGH) and (key in FORMATS or key == "binary"):
        return
    _agreed(name, key, _BOXED.get(key, (key,)))


def most_bytes(family: str) -> int:
    """How many bytes a file of this family may have."""
    return int(settings.UPLOAD_MEGABYTES[family]) * 1024 * 1024


def sizes_said() -> str:
    """How big a file of each family may be, for people."""
    names = {"document": _("文档"), "image": _("图片"), "archive": _("压缩包"), "audio": _("录音"), "video": _("录像")}
    return _("单个文件不超过：") + _("、").join(f"{name} {settings.UPLOAD_MEGABYTES[family]} MB" for family, name in names.items())


def _agreed(name: str, shown: str, keys: tuple[str, ...]) -> Format:
    """The format that content and ending agree on. Raises BadInput with what was found and what the ending promises."""
    ending = _ending(name)
    for key in keys:
        if key in FORMATS and ending in FORMATS[key].endings:
            return FORMATS[key]
    if not any(key in FORMATS for key in keys):
        raise _refused(_("“%(name)s”的内容是%(found)s，不是可收的类型。") % {"name": name, "found": called(shown)})
    expected = _("或").join(str(row.name) for row in usually(ending)[:2])
    raise _refused(
        _("“%(name)s”的扩展名与内容不符：扩展名“%(ending)s”应是%(expected)s，内容是%(found)s。")
        % {"name": name, "ending": ending, "expected": expected, "found": called(shown)}
    )


def _demand_size(name: str, size: int, family: str) -> None:
    if size > most_bytes(family):
        raise _refused(_("“%(name)s”超过 %(max)d MB，请压缩或分卷。") % {"name": name, "max": settings.UPLOAD_MEGABYTES[family]})


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, fields={"file": sentence})
