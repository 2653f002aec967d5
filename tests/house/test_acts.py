"""The trail says what was done: an act runs its own transition, a thing comes into being through `create()`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django_fsm import FSMField

from core.acts import SomethingElse, act, create
from core.decisions import Allow, Deny
from core.errors import NotAllowed
from core.models import AuditEntry, OutboxEvent
from referrals.models import Dispute, Referral
from referrals.selectors import referrals_visible_to
from tests import make
from tests.conftest import world_of

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("referrals", "oversight", "foundation", "systems", "documents", "administration", "accounts", "deadlines", "notifications")
NOUNS = sorted({model.__name__ for model in apps.get_models() if any(isinstance(field, FSMField) for field in model._meta.fields)})
# The sweep raises escalations by the hundred: one entry and one event each, in three statements (core.audit.record_first).
IN_BULK = {("oversight/watch.py", "_escalate")}


def _allow(_thing, _by):
    return Allow()


def _as_it_stands(referral):
    entries = AuditEntry.objects.filter(subject_kind="referral", subject_id=str(referral.pk)).count()
    return Referral.objects.get(pk=referral.pk).state, entries, OutboxEvent.objects.filter(subject_kind="referral", subject_id=referral.pk).count()


@pytest.fixture
def world(db):
    return world_of("xuecheng")


@pytest.mark.parametrize("done", [(), ("not_accept",), ("accept", "handle")], ids=["nothing", "another", "one more"])
def test_what_was_not_done_is_not_recorded_as_done(world, done):
    referral = make.signed_for(world)
    by, before = make.receiver(world), _as_it_stands(referral)
    now = referral.signed_for_at
    ways = {
        "accept": lambda row: row.accept(by=by, at=now, note=""),
        "not_accept": lambda row: row.not_accept(by=by, at=now, reasons="缺材料", kind="other"),
        "handle": lambda row: row.handle(at=now),
    }

    def accept():
        with act(referrals_visible_to(by), referral.pk, "accept", by=by, may=_allow) as (row, _saying):
            for verb in done:
                ways[verb](row)

    with pytest.raises(SomethingElse):
        accept()
    assert _as_it_stands(referral) == before


def test_what_follows_from_an_act_stands_or_falls_with_it(world):
    referral = make.signed_for(world)
    by, before = make.receiver(world), _as_it_stands(referral)

    def fail():
        raise ZeroDivisionError

    def accept():
        with act(referrals_visible_to(by), referral.pk, "accept", by=by, may=_allow) as (row, saying):
            row.accept(by=by, at=referral.signed_for_at, note="")
            saying.then(fail)

    with pytest.raises(ZeroDivisionError):
        accept()
    assert _as_it_stands(referral) == before


def test_nothing_comes_into_being_without_its_policy_and_only_as_what_it_is(world):
    referral = make.signed_for(world)
    by = make.receiver(world)
    dispute = Dispute(referral=referral, opened_by=by.agency, reasons="不归我")
    with pytest.raises(NotAllowed), create(dispute, "open", by=by, allowed=Deny("不行")):
        pytest.fail("the body of a refused birth ran")
    with pytest.raises(SomethingElse), create(dispute, "designate", by=by, allowed=Allow()):
        pytest.fail("the body of a birth that is none ran")
    assert not Dispute.objects.exists()


def test_a_birth_is_no_cover_for_an_act(world):
    """The government's own taking up was once written as a report by the agency that never reported."""
    referral = make.signed_for(world)
    by = make.receiver(world)
    dispute = Dispute(referral=referral, opened_by=by.agency, reasons="不归我")

    def born_and_reported():
        with create(dispute, "open", by=by, allowed=Allow()):
            dispute.report(at=referral.signed_for_at)

    with pytest.raises(SomethingElse):
        born_and_reported()
    assert not Dispute.objects.exists()


def _births(path: Path) -> list[tuple[str, str]]:
    """(file, function) of each place that makes a row of a noun without `create()` around its saving."""
    found = []
    for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
        calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
        makes = any(
            (isinstance(call, ast.Name) and call.id in NOUNS)
            or (
                isinstance(call, ast.Attribute)
                and call.attr in ("create", "bulk_create")
                and ast.unparse(call.value) in {f"{n}.objects" for n in NOUNS}
            )
            for call in calls
        )
        if makes and not any(isinstance(call, ast.Name) and call.id == "create" for call in calls):
            found.append((str(path.relative_to(ROOT)), function.name))
    return found


def test_every_noun_comes_into_being_through_create():
    assert {"Referral", "Dispute", "Notice", "Escalation"} <= set(NOUNS)
    places = [place for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts for place in _births(path)]
    assert set(places) == IN_BULK


def test_every_transition_is_one_that_remembers():
    borrowed = [
        str(path.relative_to(ROOT)) for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "django_fsm import" in path.read_text()
        for line in path.read_text().splitlines() if line.startswith("from django_fsm import") and "transition" in line.split()
    ]  # fmt: skip
    assert borrowed == []
    for model in (model for model in apps.get_models() if model.__name__ in NOUNS):
        for found in model._meta.get_field("state").get_all_transitions(model):
            assert found.name in {**model.VERBS}, found.name
            assert hasattr(getattr(model, found.name), "__wrapped__"), found.name
