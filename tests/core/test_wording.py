"""What counts as words that say something."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.wording import said, says_something

NOTHING = ["", "  ", "x", "aaaaaa", "ａａａａ", "aaa aaa", "不不不", "。。。", "……", "123456", "☑☑", "1", "\u200b\u200b\u200b", "asdf"]
SOMETHING = ["罚款", "不归我", "材料不全", "not ours", "重复", "撤销《处罚法》第2条"]


@pytest.mark.parametrize("words", NOTHING)
def test_any_character_is_not_a_reason(words):
    assert not says_something(words)
    with pytest.raises(BadInput) as error:
        said(words, "reason", "请写明理由。", "XC-2.2-d")
    assert "请写明理由。" in error.value.fields["reason"]
    assert error.value.clause == "XC-2.2-d"


@pytest.mark.parametrize("words", SOMETHING)
def test_two_different_words_say_something(words):
    assert said(f"  {words} ", "reason", "请写明理由。") == words


def test_a_statement_needs_more():
    assert not says_something("没有", 4)
    assert says_something("现场堆放建材", 4)
