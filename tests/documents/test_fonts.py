"""The shipped fonts keep their glyph ids when embedded, and draw what offices type."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from core.characters import covered

FOLDER = Path(__file__).resolve().parent.parent.parent / "documents" / "fonts"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".ttf", ".otf", ".ttc", ".woff", ".woff2"))
STYLE = (FOLDER.parent / "style" / "official.css").read_text(encoding="utf-8")
NEXT_TO = {"Fang": "Names", "Kai": "Names", "Hei": "NamesBold", "Title": "NamesBold"}


@cache
def characters(file: str) -> frozenset[int]:
    return frozenset(TTFont(FOLDER / file, lazy=True).getBestCmap())


@cache
def printed_by(face: str) -> frozenset[int]:
    return characters(f"Yisong{face}.ttf") | characters(f"Yisong{NEXT_TO[face]}.ttf") | characters("YisongSigns.ttf")


def missing(text: str) -> list[str]:
    return [f"{c} U+{ord(c):04X} in {face}" for face in NEXT_TO for c in text if ord(c) not in printed_by(face)]


@pytest.mark.parametrize("file", FILES)
def test_a_glyph_keeps_its_number_in_every_viewer(file):
    """TrueType outlines; or, of CFF fonts, only those whose charset is the identity."""
    font = TTFont(FOLDER / file, lazy=True)
    if "glyf" in font:
        assert "CFF " not in font
        return
    top = font["CFF "].cff[0]
    if hasattr(top, "ROS"):
        assert [int(name[3:]) for name in top.charset[1:]] == list(range(1, len(top.charset)))


@pytest.mark.parametrize("file", FILES)
def test_no_two_characters_share_a_glyph(file):
    cmap = TTFont(FOLDER / file, lazy=True).getBestCmap()
    assert len(set(cmap.values())) == len(cmap), "text copied from a letter would come out as another character"


@pytest.mark.parametrize("face", NEXT_TO)
def test_the_style_sheet_looks_for_rare_names_in_the_face_of_the_same_weight(face):
    stacks = re.findall(rf'"Yisong {face}"(?!;)([^;}}]*)[;}}]', STYLE)
    used = [stack for stack in stacks if "src" not in stack]
    assert used
    for stack in used:
        assert stack.strip() == f', "Yisong {NEXT_TO[face]}", "Yisong Signs"'


def test_every_font_of_the_style_sheet_is_shipped_and_every_shipped_font_used():
    assert sorted(set(re.findall(r'url\("([^"]+)"\)', STYLE))) == FILES


def test_plain_song_has_all_that_is_printed_in_it():
    words = "".join(
        re.sub(r"{[{%].*?[%}]}|<[^>]*>", "", block)
        for path in (FOLDER.parent.parent / "templates" / "documents").glob("*.html")
        for block in re.findall(r'class="genuine">(.*?)</table>', path.read_text(encoding="utf-8"), re.DOTALL)
    )
    wanted = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef—- ") | set(words)
    assert {c for c in wanted if not c.isspace() and ord(c) not in characters("YisongSong.ttf")} == set()


def test_gb_18030_level_2_prints_in_every_face():
    """GB 2312, GBK, the extension to U+9FEF and CJK extension A: 27 584 ideographs."""
    text = "".join(map(chr, [*range(0x4E00, 0x9FF0), *range(0x3400, 0x4DB6), 0x3007]))
    assert len(text) > 27_500
    assert missing(text) == []


def test_the_national_table_beyond_the_basic_plane_prints_in_every_face():
    """通用规范汉字表 (2013): its 196 characters in extensions B to E, many of them for names."""
    table = (
        "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳"
        "𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟"
        "𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
    )
    assert len(set(table)) == 196
    assert missing(table) == []


@pytest.mark.parametrize(
    "signs",
    [
        "㎡㎥㎏㎎㎜㎝㎞㏄㏎㏑㏒㏕℃℉°′″‰％%×÷±≤≥≠≈∞√∑∠⊥∥∥µΩ",
        "²³¹⁴⁵⁶⁷⁸⁹⁰₀₁₂₃½¼¾⅓⅔⅛",
        "☑☐☒✓✔✗✘□■○●◎◇◆△▲▽▼☆★※→←↑↓↔⇒",
        "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⒈⒉㈠㈡㈩㊀㊣㉑㊱",
        "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ",
        "€￥¥£$＄№℡§¶©®™•·…—–－～〜“”‘’「」『』【】〔〕《》〈〉〖〗（）［］｛｝，。、；：？！〇々〆",
        "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿɡɑ",
        "αβγδεθλμπσφωАБВГабв１２３ＡＢＣａｂｃ",
        "囍龘镕喆堃䶮珺玥",
    ],
)
def test_what_offices_type_prints_in_every_face(signs):
    assert missing(signs) == []


def test_the_coverage_list_is_what_the_fonts_draw():
    assert covered() == frozenset.intersection(*(printed_by(face) for face in NEXT_TO))


def test_the_licences_lie_beside_the_fonts():
    said = (FOLDER / "README.md").read_text(encoding="utf-8")
    for file in FILES:
        assert f"`{file}`" in said
        named = TTFont(FOLDER / file, lazy=True)["name"]
        names = " ".join(str(named.getName(number, 3, 1) or "") for number in (1, 3, 4, 6))
        assert not re.search("Fandol|Noto|Source|DejaVu|Bitstream|Vera", names), "a changed font has another name"
    for licence, sentence in (
        ("LICENSE-Fandol-GPL3.txt", "As a special exception, if you create a document which uses this font"),
        ("LICENSE-Noto-OFL.txt", "SIL OPEN FONT LICENSE"),
        ("LICENSE-DejaVu.txt", "Bitstream"),
    ):
        assert sentence.lower() in (FOLDER / licence).read_text(encoding="utf-8").lower()
