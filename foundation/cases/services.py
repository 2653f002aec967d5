"""Freezing a case into a version, and passing a received one on. Called by the businesses' acts, inside their transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.actors import Actor
from foundation.cases.models import Case, CaseVersion
from foundation.cases.parties import complete_parties
from foundation.cases.selectors import working_materials
from foundation.cases.stated import content_of, hash_of, listed, says_the_same, stated, stated_fields

# The sender's own file is not the file of the agency that passes the case on.
NOT_PASSED_ON = {"case_number": "", "filed_on": None, "officers": []}


def freeze_case(case_id: int, *, by: Actor, at: dt.datetime, reason: str = "") -> CaseVersion:
    """The version that says what the case says now: the latest one if nothing changed since, else a new one, attributed to `by`.

    `at` is aware; `reason` is why the facts were changed after a letter had gone out. The case stays locked until the act ends.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("matter", "township", "origin").get(pk=case_id)
    content, papers = content_of(case), listed(working_materials(case))
    last = CaseVersion.objects.filter(case=case).order_by("-number").first()
    if last is not None and says_the_same(last, content, papers):
        return last
    return CaseVersion.objects.create(
        case=case, number=last.number + 1 if last else 1, agency_id=case.agency_id, content=content, materials=papers, hash=hash_of(content, papers),
        made_by=by.user, maker=by.name[:100], post=by.post, made_at=at, reason=reason[:200], party_name=case.party_name,
        party_code=case.party_code, matter=case.matter, matter_name=case.matter.name if case.matter else "", urgent=case.urgent,
        found_at=case.found_at,
    )  # fmt: skip


def correct_version(
    case_id: int, changes: dict[str, Any], *, check: Callable[[Case, Case], None], by: Actor, at: dt.datetime, reason: str
) -> tuple[CaseVersion, CaseVersion]:
    """(the version that went out last, the one that has `changes` over it); the same twice where nothing differs.

    What drafts on the case have changed meanwhile and nobody signed is no part of it; the working copy takes the changes, too.
    `check` (before, after) raises what is wrong. The materials stay. `at` is aware; the case stays locked until the act ends.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    last = case.signed_version
    assert last is not None
    before, after = stated(last), stated(last)
    for name, value in changes.items():
        setattr(after, name, value)
    complete_parties(after)
    check(before, after)
    content = content_of(after)
    if says_the_same(last, content, last.materials):
        return last, last
    newest = CaseVersion.objects.filter(case=case).order_by("-number").values_list("number", flat=True)[0]
    made = CaseVersion.objects.create(
        case=case, number=newest + 1, agency_id=case.agency_id, content=content, materials=last.materials, hash=hash_of(content, last.materials),
        made_by=by.user, maker=by.name[:100], post=by.post, made_at=at, reason=reason[:200], party_name=after.party_name,
        party_code=after.party_code, matter_id=last.matter_id, matter_name=last.matter_name, urgent=last.urgent, found_at=last.found_at,
    )  # fmt: skip
    for field in stated_fields():
        if getattr(after, field.attname) != getattr(before, field.attname):
            setattr(case, field.attname, getattr(after, field.attname))
    case.signed_version = made
    case.save()
    return last, made


def bind_version(version: CaseVersion, *, at: dt.datetime) -> None:
    """A letter is signed over this version: its materials are beyond anybody's reach from now on."""
    papers = [m["id"] for m in version.materials]
    with connection.cursor() as cursor:
        # One statement for both: the signature has few to spare.
        cursor.execute(
            "WITH bound AS (UPDATE cases_material SET frozen_at = %s WHERE id = ANY(%s) AND frozen_at IS NULL)"
            " UPDATE cases_case SET signed_version_id = %s WHERE id = %s",
            [at, papers, version.pk, version.case_id],
        )


def pass_on_case(version: CaseVersion, *, by: Actor) -> Case:
    """An own case for an agency that passes a received one on: it begins with what was received and names where it came from.

    The sender's case and its versions stay as they are; what the agency changes or adds stands under its own name.
    """
    assert by.agency is not None
    received = stated(version)
    facts = {field.name: getattr(received, field.name) for field in stated_fields() if field.name != "created_at"}
    return Case.objects.create(
        **facts | {"source": Case.Source.TRANSFERRED} | NOT_PASSED_ON, jurisdiction_id=by.agency.jurisdiction_id, agency=by.agency, created_by=by.user,
        origin=version,
    )  # fmt: skip
