"""Two cases are compared by what they are, not by how they were typed; how often that is right was measured."""

from __future__ import annotations

import pytest

from foundation.cases.sameness import code_key, keys_of, likeness, name_key, place_key
from tests.cases.likely_cases import OTHER, SAME, Writer, measured

# Kind of pair: (at least this share certain, at least this share shown).
FOUND = {
    "full_width": (1, 1), "no_code": (1, 1), "reworded": (0.99, 1), "unknown": (0, 0.99), "unknown_reworded": (0, 0.95),
    "mistyped": (0, 0.99), "other_matter": (0, 0.99), "moved": (0, 0.99),
}  # fmt: skip
# At most this share shown in vain; none is ever refused as certain.
IN_VAIN = {
    "chain_store": 0.03, "same_building": 0.04, "neighbours_stall": 0.01, "several_matters": 0.01, "again_later": 0.03, "namesake": 0.01,
    "unrelated": 0.005,
}  # fmt: skip


@pytest.mark.parametrize("kind", SAME)
def test_the_same_facts_typed_again_are_found(kind):
    certain, shown = measured(kind, count=200)
    assert certain >= FOUND[kind][0]
    assert shown >= FOUND[kind][1]


@pytest.mark.parametrize("kind", OTHER)
def test_another_case_is_rarely_shown_and_never_refused(kind):
    certain, shown = measured(kind, count=200)
    assert certain == 0
    assert shown <= IN_VAIN[kind]


@pytest.mark.parametrize("kind", SAME)
def test_every_retyped_case_shares_a_stored_key(kind):
    """What is not looked up is never compared."""
    writer = Writer(7)
    for _n in range(50):
        old = writer.case()
        assert set(keys_of(old)) & set(keys_of(getattr(writer, kind)(old)))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("enterprise", "91370403MA3C4H6W1L", "９１370403-MA3C4H6W1L "),
        ("enterprise", "91370403MA3C4H6W1L", "91370403ma3c4h6w1l"),
        ("enterprise", "91370403MA3C00000X", "91370403MA3COOOOOX"),
        ("enterprise", "91370403MA3C4H6W1L", "92370403MA3C4H6W19"),
        ("enterprise", "91370403MA3C4H6W1L", "MA3C4H6W1"),
        ("person", "370403199001011237", "370403900101123"),
        ("person", "37040319900101123X", "37040319900101123x"),
    ],
)
def test_one_party_has_one_key_however_its_code_is_typed(kind, one, other):
    assert code_key(kind, one) == code_key(kind, other) != ""


def test_two_parties_have_two_keys():
    assert code_key("enterprise", "91370403MA3C4H6W1L") != code_key("enterprise", "91370403MA3C4H6W2L")
    assert code_key("person", "370403199001011237") != code_key("person", "370403199001021237")
    assert code_key("person", "") == ""


@pytest.mark.parametrize("name", ["枣庄喆堃建材有限责任公司", "枣庄（喆堃）建材有限公司", " 枣庄喆堃 建材股份有限公司", "枣庄喆堃建材公司"])
def test_the_ending_of_a_firms_name_is_noise(name):
    assert name_key(name) == name_key("枣庄喆堃建材有限公司") == "枣庄喆堃建材"


@pytest.mark.parametrize(
    "place", ["泰山南路88号", "薛城区泰山南路８８号", "枣庄市薛城区临城街道泰山南路88号门前", "山东省枣庄市薛城区泰山南路 88 号", "泰山南路88#"]
)
def test_a_place_is_its_street_and_house(place):
    assert place_key(place)[0] == "泰山南路88"


def test_units_in_one_house_are_places_of_their_own():
    assert place_key("泰山南路88号3层301室") != place_key("泰山南路88号3层302室")
    writer = Writer(3)
    old = writer.case(place="薛城区泰山南路88号301室")
    assert not likeness(writer.case(old.parties[0], "薛城区泰山南路88号302室", old.matter_id or 1, old.found_at), old).certain
