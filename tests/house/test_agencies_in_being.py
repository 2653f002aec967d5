"""Whether an agency stands is asked of a day: one whose last day is still to come is chosen, told and acts until that day is over."""

from __future__ import annotations

import ast

from tests.house.test_text_at_the_door import modules


def asks_for_no_end(node):
    """A keyword such as `valid_to=None` or `agency__valid_to__isnull=True`."""
    if not isinstance(node, ast.keyword) or not isinstance(node.value, ast.Constant):
        return False
    path = (node.arg or "").split("__")
    return (path[-1] == "valid_to" and node.value.value is None) or path[-2:] == ["valid_to", "isnull"]


def test_nothing_takes_a_registered_end_for_one_that_has_come():
    """`Agency.objects.in_being(day)` and `in_being(day, path)` are the only places that compare the last day."""
    wrong = []
    for module in modules():
        if module.__file__ is None or module.__name__ == "accounts.models":
            continue
        with open(module.__file__, encoding="utf-8") as source:
            tree = ast.parse(source.read())
        wrong += [f"{module.__name__}:{node.value.lineno}" for node in ast.walk(tree) if asks_for_no_end(node)]
    assert not wrong
