"""The auditor's side of the trail: which entries a district's auditor sees, and the proof that the whole is complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import Post
from accounts.models import Agency, Jurisdiction, PostHolding
from core import audit
from core.acts import demand
from core.decisions import Allow, Decision, Deny
from core.errors import BadInput
from core.models import AuditCheck, AuditEntry
from core.nouns import by_kind, internal_acts, noun, nouns
from core.retries import tried_again
from core.verifying import Finding, counts, findings
from foundation.work.queueing import queue

# What belongs to no single district: tries of names that nobody has (the names are not kept), and what the rules of all are.
EVERYBODYS = ("sign_in", "profileversion", "calendaryear")
# How many findings a check keeps; the count is exact.
KEPT = 100
# A check that has not ended by then was lost with its worker; another may be asked for.
LOST_AFTER = dt.timedelta(hours=2)
# The name of this kind of background work, and how long it may lie in its queue.
TRAIL_CHECK = "trail_check"
PATIENCE = dt.timedelta(minutes=5)


def _number_of(kind: str) -> Case:
    """The subject's number, of this kind only: others are named by words, and PostgreSQL may look at them first."""
    numbered = Cast(OuterRef("subject_id"), BigIntegerField())
    return Case(When(Exact(OuterRef("subject_kind"), Value(kind)), then=numbered), default=None, output_field=BigIntegerField())


def trail_visible_to(by: Actor) -> QuerySet[AuditEntry]:
    """What this jurisdiction's agencies did, and what was done in nobody's name to what is theirs.

    The second includes refused sign-ins and lock-outs of its people, and refused calls of its client systems.
    """
    mine = by.jurisdiction_id
    seen = Q(agency_id__in=Agency.objects.filter(jurisdiction_id=mine).values("pk"))
    own = {one.kind: one.in_district(mine) for one in nouns()} | {
        "agency": Agency.objects.filter(jurisdiction_id=mine),
        "jurisdiction": Jurisdiction.objects.filter(pk=mine),
        "user": PostHolding.objects.filter(agency__jurisdiction_id=mine),
        "systemclient": PostHolding.objects.filter(agency__jurisdiction_id=mine, client__isnull=False),
    }
    place = {"user": "user_id", "systemclient": "client__pk"}
    for kind, rows in own.items():
        # Asked row by row, by key, of the few entries that nobody's agency made; a list of all ids grows with the district.
        seen |= Q(agency_id=None, subject_kind=kind) & Exists(rows.filter(**{place.get(kind, "pk"): _number_of(kind)}))
    return AuditEntry.objects.filter(seen | Q(agency_id=None, subject_kind__in=EVERYBODYS))


def withheld(entries: list[AuditEntry], by: Actor) -> set[int]:
    """Which of these entries tell of a proposal on which nobody has decided: the auditor sees that it was made, not what it was."""
    asked = [e for e in entries if e.verb in internal_acts()]
    subjects = by_kind((e.subject_kind, int(e.subject_id)) for e in asked)
    shut = {(kind, str(pk)) for kind, ids in subjects.items() for pk in noun(kind).shut_to(by, ids)}
    return {e.pk for e in asked if (e.subject_kind, e.subject_id) in shut}


def may_verify_trail(by: Actor) -> Decision:
    """The auditor proves the trail; nobody who administers the system does it for the auditor."""
    if by.holds(Post.AUDITOR):
        return Allow()
    return Deny(_("由审计员核对留痕。"))


def last_check(by: Actor) -> AuditCheck | None:
    """The newest verification that an auditor of this jurisdiction asked for."""
    agencies = Agency.objects.filter(jurisdiction_id=by.jurisdiction_id).values("pk")
    return AuditCheck.objects.filter(asked_by_agency_id__in=agencies).order_by("-pk").first()


@tried_again
def verify_trail(*, by: Actor) -> AuditCheck:
    """The auditor asks for a verification of the whole trail; a worker carries it out and `last_check` tells the result.

    Raises NotAllowed, and BadInput while an earlier one is still under way.
    """
    demand(may_verify_trail(by))
    now = timezone.now()
    with transaction.atomic():
        earlier = last_check(by)
        if earlier is not None and earlier.finished_at is None and now - earlier.asked_at < LOST_AFTER:
            raise BadInput(_("上一次核对还在进行，请稍后再看结果。"))
        check = AuditCheck.objects.create(asked_by=by.name[:100], asked_by_agency_id=by.agency_id, asked_at=now)
        audit.record("audit", by.jurisdiction_id, "audit.verify", by=by, check=check.pk)
        queue(TRAIL_CHECK, check.pk)
    return check


def unfinished_checks(now: dt.datetime) -> Iterable[int]:
    """Verifications asked for and not carried out; `now` is aware."""
    return AuditCheck.objects.filter(finished_at=None, asked_at__lt=now - PATIENCE).values_list("pk", flat=True)


def whose_check(check_id: int) -> int | None:
    """The district whose auditor asked for it."""
    asked = AuditCheck.objects.filter(pk=check_id).values("asked_by_agency_id")
    return Agency.objects.filter(pk__in=asked).values_list("jurisdiction_id", flat=True).first()


def carry_out(check_id: int) -> AuditCheck:
    """Compare everything and write down what was found."""
    kept: list[Finding] = []
    found = 0
    for finding in findings():
        found += 1
        if found <= KEPT:
            kept.append(finding)
    check = AuditCheck.objects.get(pk=check_id)
    for name, count in counts().items():
        setattr(check, name, count)
    check.found, check.findings = found, [{"kind": f.kind, "values": f.values} for f in kept]
    check.finished_at = timezone.now()
    check.save()
    return check


def sentence_of(check: AuditCheck) -> str:
    """The result in one plain sentence."""
    if check.finished_at is None:
        return _("正在核对，请稍后刷新本页。")
    told = {"entries": check.entries, "seals": check.seals, "anchors": check.anchors, "n": check.found}
    if check.found:
        return _("留痕不完整：发现 %(n)d 处问题。请保存本页并报告纪检监察机关和系统负责人。") % told
    return _("留痕完整：%(entries)d 条记录、%(seals)d 个封记、%(anchors)d 次锚定，均核对无误。") % told


def findings_of(check: AuditCheck) -> list[Finding]:
    """What a check found, as sentences in the reader's language."""
    return [Finding(one["kind"], one["values"]) for one in check.findings]
