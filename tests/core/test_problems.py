"""What is answered before any view is reached: true, in one shape, and never a fault of ours."""

from __future__ import annotations

import io
import json

import pytest

from core.problems import KINDS, problem_answer
from core.whole_body import WholeBody


def test_a_fault_of_ours_does_not_claim_that_nothing_was_done():
    """It may have come after the act was committed (a letter was signed, and its message was not): only reading tells."""
    known = KINDS["server-error"]
    assert "未作" not in f"{known.title}{known.advice}"
    assert "读取" in str(known.advice)


@pytest.mark.parametrize("status", [0, 418])
def test_a_problem_has_one_shape(status):
    answer = problem_answer("bad-input", "地址里有不允许的字符。", status)
    said = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert said["status"] == answer.status_code == (status or 400)
    assert set(said) == {"type", "title", "status", "detail"}


@pytest.mark.parametrize("length", ["²", "", "0", "-1", "many"])
def test_a_length_that_is_no_number_is_left_to_who_reads_it(length):
    environ = {"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"")}
    assert list(WholeBody(lambda _environ, _start: [b"answered"])(environ, None)) == [b"answered"]
