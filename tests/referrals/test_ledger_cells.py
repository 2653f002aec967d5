"""No cell of a ledger is a formula to any spreadsheet, and none has more than one line."""

from __future__ import annotations

import pytest

from referrals.services.exporting import _cell


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "⁺", "−"])
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\t", "\r\n", "\u00a0"])
def test_a_sign_that_begins_a_formula_is_text_whatever_stands_before_it(sign, before):
    assert _cell(f"{before}{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b"])
def test_a_cell_has_one_line(end):
    assert len(_cell(f"甲{end}=1+1").splitlines()) == 1


def test_what_is_harmless_stays_as_it_is():
    for text in ("枣庄某公司", "A-B", "1=1", "薛综执罚字〔2026〕1号", ""):
        assert _cell(text) == text
