"""Text as offices write it (UTF-8, GBK, UTF-16), letters by mail, and text that a browser or a shell would run."""

from __future__ import annotations

import codecs
import re
import unicodedata

# What libmagic calls text that is a program.
_SCRIPTS = ("text/x-shellscript", "text/x-msdos-batch", "text/x-php", "text/x-perl", "application/javascript", "text/javascript")
_WEB = re.compile(rb"<(!doctype\s+html|html|svg|script|iframe|xsl:|\?xml-stylesheet|[a-z]+:svg)\b", re.IGNORECASE)
_MAIL = re.compile(rb"^(return-path|received|from|to|cc|subject|date|message-id|mime-version|x-[a-z-]+):", re.IGNORECASE)
# So far a page may be hidden behind blank lines and comments.
SEARCHED = 8192


def in_text(head: bytes, found: str) -> str:
    """The key of a text from its first bytes; `found` is what libmagic says. "binary" for what is no text."""
    if found in _SCRIPTS or head.startswith((b"#!", b"\xef\xbb\xbf#!")):
        return "script"
    words = decoded(head)
    if words is None:
        return "binary"
    if found in ("text/html", "image/svg+xml", "application/xhtml+xml") or _WEB.search(words[:SEARCHED].encode()):
        return "web"
    return "eml" if _is_mail(words.encode()) else "text"


def decoded(head: bytes) -> str | None:
    """The text of the first bytes, which may end within a sign; None where they are no text in any of the usual encodings."""
    for encoding, mark in (("utf-8-sig", b""), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("gb18030", b"")):
        if not head.startswith(mark):
            continue
        try:
            text = codecs.getincrementaldecoder(encoding)("strict").decode(head)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(sign) in ("Cc", "Cn") and sign not in "\r\n\t\f" for sign in text):
            return text
    return None


def _is_mail(head: bytes) -> bool:
    """Two lines of a letter's head before the first line that is none."""
    known = 0
    for line in head.splitlines()[:40]:
        if _MAIL.match(line):
            known += 1
        elif known and line[:1] in (b" ", b"\t"):
            continue
        elif not re.match(rb"^[A-Za-z-]+:", line):
            break
    return known >= 2
