"""Every format that may come in: what it is called, the endings it may have, the type it is kept under. The one place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

DOCUMENT, IMAGE, ARCHIVE, AUDIO, VIDEO = FAMILIES = ("document", "image", "archive", "audio", "video")
OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Format:
    """`key` is what the content shows (foundation/formats/sniffing.py), `endings` what its name may end in, the usual one first.

    `family` decides the size that is taken; `heard` are the endings under which the same content is a recording without pictures.
    """

    key: str
    name: Any
    family: str
    content_type: str
    endings: tuple[str, ...]
    heard: tuple[str, ...] = ()

    def family_of(self, ending: str) -> str:
        return AUDIO if ending in self.heard else self.family


_ROWS = (
    Format("pdf", _("PDF 文件"), DOCUMENT, "application/pdf", (".pdf",)),
    Format("ofd", _("OFD 版式文件"), DOCUMENT, "application/ofd", (".ofd",)),
    # WPS writes the same inside as Word, Excel and PowerPoint of the time; newer ones write the newer inside under its own endings.
    Format("doc", _("Word 97-2003 文档"), DOCUMENT, "application/msword", (".doc", ".wps", ".dot")),
    Format("xls", _("Excel 97-2003 表格"), DOCUMENT, "application/vnd.ms-excel", (".xls", ".et")),
    Format("ppt", _("PowerPoint 97-2003 演示文稿"), DOCUMENT, "application/vnd.ms-powerpoint", (".ppt", ".dps", ".pps")),
    Format("docx", _("Word 文档"), DOCUMENT, OFFICE + "wordprocessingml.document", (".docx", ".wps")),
    Format("xlsx", _("Excel 表格"), DOCUMENT, OFFICE + "spreadsheetml.sheet", (".xlsx", ".et")),
    Format("pptx", _("PowerPoint 演示文稿"), DOCUMENT, OFFICE + "presentationml.presentation", (".pptx", ".dps")),
    # With a password the three are one: nothing outside says which.
    Format("locked", _("设了密码的 Office 文档"), DOCUMENT, "application/encrypted", (".docx", ".xlsx", ".pptx", ".wps", ".et", ".dps")),
    # An old office document whose directory cannot be read: it may be evidence all the same, and is said to be damaged.
    Format("ole", _("旧版 Office 文档（目录已损坏）"), DOCUMENT, "application/x-ole-storage", (".doc", ".xls", ".ppt", ".wps", ".et", ".dps", ".msg")),
    Format("msg", _("Outlook 邮件"), DOCUMENT, "application/vnd.ms-outlook", (".msg",)),
    Format("eml", _("电子邮件"), DOCUMENT, "message/rfc822", (".eml",)),
    Format("rtf", _("RTF 文档"), DOCUMENT, "application/rtf", (".rtf", ".doc")),
    Format("text", _("纯文本"), DOCUMENT, "text/plain", (".txt", ".csv")),
    Format("jpeg", _("JPEG 图片"), IMAGE, "image/jpeg", (".jpg", ".jpeg")),
    Format("png", _("PNG 图片"), IMAGE, "image/png", (".png",)),
    # As scanners write them: a document of many pages, not a photograph.
    Format("bmp", _("BMP 图片"), DOCUMENT, "image/bmp", (".bmp",)),
    Format("tiff", _("TIFF 图片"), DOCUMENT, "image/tiff", (".tif", ".tiff")),
    Format("heic", _("HEIC 图片"), IMAGE, "image/heic", (".heic", ".heif")),
    Format("webp", _("WebP 图片"), IMAGE, "image/webp", (".webp",)),
    Format("gif", _("GIF 图片"), IMAGE, "image/gif", (".gif",)),
    Format("zip", _("ZIP 压缩包"), ARCHIVE, "application/zip", (".zip",)),
    Format("rar", _("RAR 压缩包"), ARCHIVE, "application/vnd.rar", (".rar",)),
    Format("7z", _("7z 压缩包"), ARCHIVE, "application/x-7z-compressed", (".7z",)),
    # One box for all of them (ISO 14496-12): recorders and telephones write each other's brands.
    Format("mp4", _("MP4 音视频"), VIDEO, "video/mp4", (".mp4", ".m4v", ".m4a", ".mov", ".3gp"), heard=(".m4a",)),
    Format("m4a", _("M4A 录音"), AUDIO, "audio/mp4", (".m4a", ".mp4"), heard=(".m4a", ".mp4")),
    Format("mov", _("QuickTime 视频"), VIDEO, "video/quicktime", (".mov", ".mp4")),
    Format("3gp", _("3GP 音视频"), VIDEO, "video/3gpp", (".3gp", ".3g2", ".mp4", ".m4a"), heard=(".m4a",)),
    Format("avi", _("AVI 视频"), VIDEO, "video/x-msvideo", (".avi",)),
    Format("mkv", _("Matroska 视频"), VIDEO, "video/x-matroska", (".mkv",)),
    Format("ts", _("MPEG 传输流视频"), VIDEO, "video/mp2t", (".ts", ".m2ts", ".mts")),
    Format("mpeg", _("MPEG 视频"), VIDEO, "video/mpeg", (".mpg", ".mpeg", ".vob")),
    Format("asf", _("Windows Media 音视频"), VIDEO, "video/x-ms-asf", (".wmv", ".wma", ".asf"), heard=(".wma",)),
    Format("flv", _("FLV 视频"), VIDEO, "video/x-flv", (".flv",)),
    Format("mp3", _("MP3 录音"), AUDIO, "audio/mpeg", (".mp3",)),
    Format("wav", _("WAV 录音"), AUDIO, "audio/x-wav", (".wav",)),
    Format("amr", _("AMR 录音"), AUDIO, "audio/amr", (".amr",)),
    Format("aac", _("AAC 录音"), AUDIO, "audio/aac", (".aac",)),
    Format("ogg", _("Ogg 录音"), AUDIO, "audio/ogg", (".ogg", ".oga")),
)  # fmt: skip
FORMATS: dict[str, Format] = {row.key: row for row in _ROWS}
ENDINGS: tuple[str, ...] = tuple(dict.fromkeys(ending for row in _ROWS for ending in row.endings))
# For the file chooser of a page.
ACCEPT = ",".join(ENDINGS)

# What may not come in and is told by its name all the same; anything else is "data of no known kind".
FOREIGN: dict[str, Any] = {
    "program": _("可执行程序"),
    "script": _("脚本或批处理"),
    "web": _("网页或含脚本的图形"),
    "app": _("应用安装包"),
    "shortcut": _("快捷方式"),
    "macro": _("启用宏的 Office 文档"),
    "binary": _("无法识别的数据"),
}


def usually(ending: str) -> list[Format]:
    """The formats whose name may end so, the most usual first; empty where none may."""
    found = [row for row in _ROWS if ending in row.endings]
    return sorted(found, key=lambda row: row.endings.index(ending))


def called(key: str) -> str:
    """What the content with this key is called, to people."""
    return str(FORMATS[key].name) if key in FORMATS else str(FOREIGN.get(key, FOREIGN["binary"]))
