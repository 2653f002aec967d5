"""Titles break between words, in a trapezium or a diamond, and never inside a name that fits on a line."""

from __future__ import annotations

import pytest

from documents.titles import WIDTH, title_lines, width_of, words_of

PARTY, MATTER = "枣庄喆堃建材有限公司", "擅自占用城市道路堆放物料"
LONG = "枣庄市薛城区囍龘镕喆堃䶮珺玥餐饮管理服务有限责任公司薛城第一分公司"

TITLES = [
    (f"关于{PARTY}涉嫌{MATTER}案管辖争议的请示", [PARTY, MATTER]),
    ("关于受理阿卜杜拉·买买提江涉嫌娱乐场所接纳未成年人案的告知函", ["阿卜杜拉·买买提江", "娱乐场所接纳未成年人"]),
    (f"关于不予受理{LONG}涉嫌未按规定安装油烟净化设施案的告知函", [LONG, "未按规定安装油烟净化设施"]),
    ("关于指定张三涉嫌未取得施工许可证擅自施工案管辖的批复", ["张三", "未取得施工许可证擅自施工"]),
    ("关于枣庄ABC Technology有限公司涉嫌在KTV娱乐场所违规经营案延期的告知函", ["枣庄ABC Technology有限公司"]),
    ("关于贯彻《中华人民共和国行政处罚法》严格移送涉嫌违法案件的请示", []),
    ("某" * 190, []),
]


@pytest.mark.parametrize(("title", "names"), TITLES)
def test_nothing_is_lost_and_every_line_fits(title, names):
    lines = title_lines(title, names)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert len(lines) >= 2
    assert all(width_of(line) <= WIDTH for line in lines)


@pytest.mark.parametrize(("title", "names"), TITLES)
def test_no_line_begins_or_ends_with_a_sign_that_belongs_to_its_neighbour(title, names):
    for line in title_lines(title, names):
        assert line[0] not in "·•、，。；：）》」”的", line
        assert line[-1] not in "·（《「“", line


@pytest.mark.parametrize(("title", "names"), TITLES)
def test_a_name_that_fits_on_a_line_is_never_broken(title, names):
    lines = title_lines(title, names)
    for name in names:
        if width_of(name) <= WIDTH:
            assert any(name in line for line in lines), (name, lines)


@pytest.mark.parametrize("word", ["娱乐场所", "擅自", "占用", "城市道路", "有限公司", "管辖争议", "告知函", "不予受理", "处理结果", "建筑垃圾"])
def test_no_word_is_broken_wherever_it_falls(word):
    for before in range(8, 20):
        title = "关于" + "某区住建局与某镇人民政府就该处违法建设一事的有关情况"[:before] + word + "问题的请示"
        assert word in "\n".join(title_lines(title)), (before, title_lines(title))


@pytest.mark.parametrize(("title", "names"), [t for t in TITLES if len(title_lines(*t)) == 3])
def test_three_lines_are_no_hourglass(title, names):
    first, middle, last = (width_of(line) for line in title_lines(title, names))
    assert not (first > middle < last)


def test_a_short_title_stays_on_one_line():
    assert title_lines("涉嫌违法案件移交函") == ["涉嫌违法案件移交函"]


def test_characters_that_no_dictionary_joins_stay_together():
    """喆堃 is in no dictionary: it is somebody's name."""
    assert "喆堃" in words_of("山东省喆堃建材有限公司")


@pytest.mark.parametrize("sign", "·、，）》”的")
def test_wherever_such_a_sign_falls_it_stays_with_what_is_before_it(sign):
    for before in range(8, 24):
        title = "甲" * before + sign + "乙" * (34 - before)
        assert all(line[0] != sign for line in title_lines(title)), title_lines(title)
