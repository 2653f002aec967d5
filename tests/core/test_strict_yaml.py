"""What a person wrote in YAML means one thing, or is refused with its line."""

from __future__ import annotations

import pytest
import yaml

from core.strict_yaml import strict_load
from deadlines.profile_files import SHIPPED, ProfileError, parse_profile
from oversight.district import DistrictError, read_district

MISTAKES = [
    ("a: 1\nb: 2\na: 3\n", "第 3 行：“a”重复。"),
    ("a:\n  - {x: 1, x: 2}\n", "第 2 行：“x”重复。"),
    ("a: &n [1]\nb: *n\n", "第 1 行：不能使用锚点"),
    ("a: 1\n2026-01-01: 2\n", "第 2 行：键须为文字。"),
    ("[" * 50 + "]" * 50, "层数过多"),
    ("[" * 20000, "层数过多"),
    ("a: 2026-02-30\n", "读不懂的值"),
    ("a: " + "9" * 5000 + "\n", "读不懂的值"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_a_mistake_is_named_with_its_line(text, sentence):
    with pytest.raises(yaml.YAMLError) as refused:
        strict_load(text)
    assert sentence in str(refused.value)


def test_what_is_right_is_read_as_before():
    for path in SHIPPED.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert strict_load(text) == yaml.safe_load(text)
    assert strict_load('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}


def test_profile_and_district_are_read_so():
    with pytest.raises(ProfileError, match=r"x\.yaml:2: YAML: “a”重复。"):
        parse_profile("a: 1\na: 2\n", "x.yaml")
    with pytest.raises(DistrictError, match="重复"):
        read_district("a: 1\na: 2\n")
