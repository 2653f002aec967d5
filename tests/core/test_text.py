"""Text is cleaned once, where it enters: what offices type stays, what nobody sees goes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import clean_code, clean_line, clean_name, clean_prose, cleaned_throughout, folded, shortened

KINDS = [clean_prose, clean_line, clean_name, clean_code, folded]
UNSEEN = "\x00\x01\x08\x0e\x1b\x1f\x7f\x9f\u200b\u200d\u200e\u202e\u2066\u2069\u2060\ufeff\u00ad\ufe0f\ufffe\ud800\U000e0041"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("占地120㎡，堆放30㎥，约½吨，Ⅳ级，①②⑳，25°，5‰，☑", "占地120㎡，堆放30㎥，约½吨，Ⅳ级，①②⑳，25°，5‰，☑"),
        ("第一行\r\n第二行\r第三行\x0b第四行\u2028第五行", "第一行\n第二行\n第三行\n第四行\n第五行"),
        ("　　缩进\t表", "　　缩进\t表"),
        ("ＡＢＣ１２３，（全角）", "ＡＢＣ１２３，（全角）"),
        ("金\uf90a", "金金"),
        (f"甲{UNSEEN}乙", "甲乙"),
    ],
)
def test_prose_keeps_what_offices_type_and_loses_what_nobody_sees(typed, kept):
    assert clean_prose(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("枣庄\x0b甲建材公司", "枣庄甲建材公司"),
        ("ＡＢＣ１２３商贸行", "ABC123商贸行"),
        ("  泰山南路\u00a0 88号　\n院内 ", "泰山南路 88号 院内"),
        ("⼭东⽯材（薛城）有限公司", "山东石材（薛城）有限公司"),
        ("占地㎡½", "占地㎡½"),
        (f"张{UNSEEN}三", "张三"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_a_line_is_one_line_with_plain_digits_and_letters(typed, kept):
    assert clean_line(typed) == kept


@pytest.mark.parametrize("dot", "·•‧・･∙⋅")
def test_a_name_has_the_standard_middle_dot(dot):
    assert clean_name(f"买买提{dot}艾力") == "买买提·艾力"


@pytest.mark.parametrize(
    "typed",
    [
        "91370403MA3C00007Y",
        " 91370403 ma3c 00007y ",
        "９１３７０４０３ＭＡ３Ｃ００００７Ｙ",
        "9137-0403-MA3C.0000·7y",
        "91370403\u200bMA3C\ufeff00007Y\n",
        "91370403—MA3C－00007Y",
    ],
)
def test_a_code_is_its_signs_alone(typed):
    assert clean_code(typed) == "91370403MA3C00007Y"


@pytest.mark.parametrize("clean", KINDS, ids=lambda f: f.__name__)
@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters()))
def test_cleaning_what_is_clean_changes_nothing_and_nothing_unseen_is_left(clean, text):
    once = clean(text)
    assert clean(once) == once
    assert not [c for c in once if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t"]
    once.encode()


def test_every_text_of_a_file_is_cleaned_and_its_field_names_are_not():
    assert cleaned_throughout({"a\x0b": ["b\x07", {"c": "d\u202e"}], "n": 1, "no": None}, clean_prose) == {
        "a\x0b": ["b", {"c": "d"}],
        "n": 1,
        "no": None,
    }


@pytest.mark.parametrize("most", [10, 100, 200])
def test_a_long_text_is_cut_in_the_middle_and_keeps_its_ending(most):
    name = "现场照片" * 80 + "（第2份）.mp4"
    cut = shortened(name, most)
    assert len(cut) == most
    assert cut.startswith("现场")
    assert cut.endswith("mp4")
    assert shortened("短", most) == "短"
