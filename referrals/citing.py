"""Does a legal basis name an instrument and an article of it? By form only: whether it says so is for the signing leader to read."""

from __future__ import annotations

import re

_INSTRUMENT = r"《[^《》]+?(?:法|法典|条例|规定|办法|细则|规则|规程|决定)(?:[(（][^()（）《》]*[)）])?》"
_ARTICLE = r"第(?:[一二三四五六七八九十百千零〇两]+|[0-9]+)条"
_CITED = re.compile(_INSTRUMENT + r"[^《》]{0,20}?" + _ARTICLE)


def cites_an_instrument(words: str) -> bool:
    """Whether `words` cite a law, regulation or rule with its article: 《某省行政程序规定》第二十条 (SC-3.1.4-a, QD-2.4.1-b)."""
    return _CITED.search(words) is not None
