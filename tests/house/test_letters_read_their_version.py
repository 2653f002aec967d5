"""A fact of a case is read through `Referral.stated`: no place reads the working case of a letter that may be out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from foundation.cases.stated import stated_fields

ROOT = Path(__file__).resolve().parent.parent.parent
FACTS = {field.name for field in stated_fields()} | {f"{field.name}_id" for field in stated_fields()} | {"title", "masked_code"}
# Where drafts are written, and where a list or a title chooses between case and version by whether there is a version.
MAY = {"referrals/services/drafting.py", "referrals/selectors.py", "referrals/titles.py", "referrals/models.py"}
ROOMS = ("referrals", "oversight", "systems", "documents", "deadlines", "config", "core")
TEMPLATES = {"referrals/draft.html"}


def python_files():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and name not in MAY:
                yield name, path.read_text(encoding="utf-8")


def read_from_working_case(text):
    """Lines that read `….case.FACT`, `getattr(….case, …)`, or name `case__FACT` in a query."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in FACTS | {"materials"}:
            if isinstance(node.value, ast.Attribute) and node.value.attr == "case":
                yield node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(rf"(^|__)case__({'|'.join(FACTS - {'matter', 'township'})}|matter__)", node.value):
                yield node.lineno
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Attribute) and node.value.attr == "case":
            yield node.lineno


def test_no_product_file_reads_the_working_case_of_a_letter():
    found = [f"{name}:{line}" for name, text in python_files() for line in read_from_working_case(text)]
    # Not facts: the form's first values while it is drafted.
    assert [place for place in found if not place.startswith("referrals/forms.py")] == []


def test_no_template_reads_it_either():
    templates = sorted((ROOT / "templates").rglob("*.html"))
    found = [path.name for path in templates if re.search(r"\b\w+\.case\.(?!signed_version|origin)\w", path.read_text(encoding="utf-8"))
             and path.relative_to(ROOT / "templates").as_posix() not in TEMPLATES]  # fmt: skip
    assert found == []


def test_the_check_sees_what_it_looks_for():
    assert list(read_from_working_case("x = referral.case.facts"))
    assert list(read_from_working_case("case = referral.case"))
    assert list(read_from_working_case("rows.values('case__party_name')"))
    assert not list(read_from_working_case("x = referral.stated.facts"))
