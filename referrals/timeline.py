"""What the entries of a timeline say beyond their verb: what a new version of the case changed, for the two sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.actors import Actor
from core.models import AuditEntry
from foundation.cases.models import CaseVersion
from foundation.cases.stated import changes_between
from referrals.models import Referral

TELL_OF_VERSIONS = ("referral.note_newer_version", "referral.correct_facts")


@dataclass(frozen=True)
class Since:
    """The version of the case that its agency put out last, and what it says otherwise than the letter."""

    version: CaseVersion
    changes: list[dict[str, Any]]


def since_signed(referral: Referral, by: Actor) -> Since | None:
    """For the two sides, beside the letter, which stands as it was signed; one query where there is a newer version, none otherwise."""
    if not referral.has_newer_version or not (by.of(referral.from_agency_id) or by.of(referral.to_agency_id)):
        return None
    newest = CaseVersion.objects.select_related("agency").get(pk=referral.case.signed_version_id)
    assert referral.case_version is not None
    return Since(newest, _named(referral.case_version, newest))


def with_changes(entries: list[AuditEntry], referral: Referral, by: Actor) -> list[AuditEntry]:
    """Put `.changes` (field, before, after) and `.version_made` on each entry that tells of a newer version; one query if any does.

    The words of the changes are read from the versions, so that the trail itself holds no personal data. Who is neither the
    sender nor the receiver reads only that there is a newer version, and why.
    """
    told = [entry for entry in entries if entry.verb in TELL_OF_VERSIONS]
    side = by.of(referral.from_agency_id) or by.of(referral.to_agency_id)
    if not told or not side:
        return entries
    wanted = {entry.detail[name] for entry in told for name in ("from_version", "to_version")}
    versions = CaseVersion.objects.select_related("agency").in_bulk(wanted)
    for entry in told:
        old, new = versions.get(entry.detail["from_version"]), versions.get(entry.detail["to_version"])
        if old is not None and new is not None:
            entry.changes, entry.version_made = _named(old, new), new
    return entries


def _named(old: CaseVersion, new: CaseVersion) -> list[dict[str, Any]]:
    return [{"field": field, "before": before, "after": after} for field, before, after in changes_between(old, new)]
