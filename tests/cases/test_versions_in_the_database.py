"""The database refuses to rewrite what was signed, whatever the application does."""

from __future__ import annotations

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from tests import make


def refused(sql, *params, column=""):
    sql = sql.replace("COLUMN", column)
    with pytest.raises((InternalError, ProgrammingError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def letter(xuecheng):
    return make.delivered(xuecheng)


@pytest.mark.parametrize(
    "column", ["content = '{}'", "materials = '[]'", "hash = 'x'", "maker = 'x'", "reason = 'x'", "party_name = 'x'", "number = 9"]
)
def test_a_version_is_not_changed(letter, column):
    refused("UPDATE cases_caseversion SET COLUMN WHERE id = %s", letter.case_version_id, column=column)


def test_a_version_is_not_removed(letter):
    refused("DELETE FROM cases_caseversion WHERE id = %s", letter.case_version_id)


@pytest.mark.parametrize("column", ["sha256 = 'x'", "name = 'x'", "file = 'x'", "slot = 'x'", "frozen_at = NULL", "case_id = case_id"])
def test_a_material_of_a_signed_letter_is_not_changed(letter, column):
    refused("UPDATE cases_material SET COLUMN WHERE case_id = %s", letter.case_id, column=column)


def test_a_material_of_a_signed_letter_is_not_removed(letter):
    refused("DELETE FROM cases_material WHERE case_id = %s", letter.case_id)


@pytest.mark.parametrize(
    "column",
    [
        "case_version_id = NULL", "case_id = case_id + 1", "number = 'x'", "signed_at = now()", "signed_at = NULL", "reasons = 'x'", "kind = 'x'",
        "from_agency_id = to_agency_id", "to_agency_id = (SELECT id FROM accounts_agency WHERE short_name = '区民政局' LIMIT 1)",
        "determined_at = now()", "contact = 'x'", "approver_id = NULL", "onward_from_id = id", "drafter_id = NULL",
    ],
)  # fmt: skip
def test_what_was_signed_is_not_rewritten(letter, column):
    refused("UPDATE referrals_referral SET COLUMN WHERE id = %s", letter.pk, column=column)


def test_a_signed_letter_is_not_removed(letter):
    refused("DELETE FROM referrals_referral WHERE id = %s", letter.pk)


def test_no_letter_is_signed_without_a_version(xuecheng):
    draft = make.draft(xuecheng)
    refused("UPDATE referrals_referral SET signed_at = now() WHERE id = %s", draft.pk)


def test_what_is_only_drafted_may_still_change(xuecheng):
    draft = make.draft(xuecheng)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_referral SET reasons = 'x' WHERE id = %s", [draft.pk])
        cursor.execute("DELETE FROM cases_material WHERE case_id = %s", [draft.case_id])
        assert cursor.rowcount == 2


def test_a_version_read_is_never_written_back(letter):
    with pytest.raises(TypeError):
        letter.stated.save()
    with pytest.raises(TypeError):
        letter.stated.delete()
