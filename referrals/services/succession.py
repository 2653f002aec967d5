"""What is open when an agency is merged: each matter passes to the successor in a transaction of its own, so that a run may break off."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.actors import system_actor
from accounts.kinds import CLERKS, LEADERS
from accounts.models import Agency
from core.acts import act
from core.bulk import insert_columns
from core.retries import tried_again
from deadlines.clocks import cancel_clocks
from deadlines.models import Clock
from foundation.cases.models import Case, Matter
from notifications.models import Message
from referrals.agreed import agreed_on
from referrals.lifecycle import BEFORE_LETTER, OPEN_STATES, DisputeState, NoticeState
from referrals.models import Dispute, Notice, Party, Referral, ReferralReader
from referrals.people import tell_agencies
from referrals.policies.succession import may_pass_on
from referrals.selectors import disputes_visible_to, referrals_visible_to
from referrals.services.wording import keep_words

BATCH = 1000
# Whoever sits here acts in the matter; the others only read it.
ACTING = (Party.Role.SENDER, Party.Role.RECEIVER, Party.Role.DECIDER)


def open_matters_of(agency: Agency) -> QuerySet[Referral]:
    """Referrals that are not ended in which something is or may be waited for from this agency."""
    seat = Party.objects.filter(referral=OuterRef("pk"), agency=agency, role__in=ACTING)
    clock = Clock.objects.open().filter(subject_kind="referral", subject_id=OuterRef("pk"), holder=agency)
    sides = Q(from_agency=agency) | Q(to_agency=agency)
    return Referral.objects.filter(sides | Q(Exists(seat)) | Q(Exists(clock)), state__in=OPEN_STATES).order_by("pk")


@tried_again
def pass_on_referral(referral_id: int, old: Agency, new: Agency, *, at: dt.datetime) -> bool:
    """Everything of one open referral that was `old`'s is `new`'s from `at` (aware); False where nothing of it was left to pass on.

    A letter between the two ends, for the case is the successor's own. What was signed keeps its words; the trail says who was there.
    """
    system = system_actor("机构承继")
    with transaction.atomic():
        row = open_matters_of(old).select_for_update(of=("self",), no_key=True).filter(pk=referral_id).first()
        if row is None:
            return False
        united = {row.from_agency_id, row.to_agency_id} == {old.pk, new.pk} and row.state not in BEFORE_LETTER
        verb = "unite" if united else "pass_on"
        with act(referrals_visible_to(system), referral_id, verb, by=system, may=may_pass_on) as (referral, saying):
            said = {"old": old.name, "new": new.name}
            saying.detail |= {"from": old.pk, "to": new.pk, "reason": "%(old)s并入%(new)s，由后者承继" % said}
            if united:
                _unite(referral, new, at)
            else:
                _replace(referral, old, new)
            _pass_on_seats(referral.pk, old, new)
            _pass_on_clocks(referral.pk, old, new)
            _tell(referral, old, new, at)
    return True


def _replace(referral: Referral, old: Agency, new: Agency) -> None:
    agreed = agreed_on(referral)
    referral.pass_on(old=old, new=new)
    # The successor is bound by what was agreed with its predecessor: another name alone voids no consent.
    for name in ("consent_hash", "prior_notice_hash"):
        if getattr(referral, name) == agreed:
            setattr(referral, name, agreed_on(referral))
    _pass_on_disputes(referral.pk, old, new)
    keep_words(referral)


@tried_again
def _unite(referral: Referral, new: Agency, at: dt.datetime) -> None:
    words, system = "移送双方已合并，由承继机构自行办理", system_actor("机构承继")
    for pk in Dispute.objects.filter(referral=referral, settled_at=None).values_list("pk", flat=True):
        with act(disputes_visible_to(system), pk, "unite", by=system, may=may_pass_on) as (dispute, _saying):
            dispute.unite(at=at, handler=new, words=words)
    referral.unite(at=at, reason=words)
    cancel_clocks(("referral", referral.pk), at=at)


def _pass_on_disputes(referral_id: int, old: Agency, new: Agency) -> None:
    """An open dispute names agencies in many places; one that is settled but not yet carried out, who handles it."""
    waiting = Dispute.objects.filter(Q(settled_at=None) | Q(state=DisputeState.DECIDED, referral__state="disputed"), referral_id=referral_id)
    for name in ("opened_by", "suggested", "offer_by", "offer_handler", "proposed_handler", "handler"):
        waiting.filter(**{name: old}).update(**{name: new, "version": F("version") + 1})
    for dispute in waiting.exclude(determinations={}):
        found = {office: new.pk if agency == old.pk else agency for office, agency in dispute.determinations.items()}
        if found != dispute.determinations:
            Dispute.objects.filter(pk=dispute.pk).update(determinations=found, version=F("version") + 1)


def _pass_on_seats(referral_id: int, old: Agency, new: Agency) -> None:
    """Seats, copies, notices and what was opened to single people."""
    seats = Party.objects.filter(referral_id=referral_id, agency=old)
    known = Party.objects.filter(referral_id=referral_id, agency=new).values_list("role", flat=True)
    seats.filter(role__in=list(known)).delete()
    seats.update(agency=new)
    Case.objects.filter(pk__in=Referral.objects.filter(pk=referral_id).values("case"), agency=old).update(agency=new)
    _pass_on_copies(Referral.objects.filter(pk=referral_id), old, new)
    for side in ("from_agency", "to_agency"):
        Notice.objects.filter(referral_id=referral_id, **{side: old}).exclude(state=NoticeState.VOID).update(**{side: new})
    ReferralReader.objects.filter(content_object_id=referral_id, granted_by=old).update(granted_by=new)


def _pass_on_copies(of: QuerySet[Referral], old: Agency, new: Agency) -> None:
    copies = Referral.copies.through.objects
    copies.filter(referral__in=of.filter(copies=new), agency_id=old.pk).delete()
    copies.filter(referral__in=of, agency_id=old.pk).update(agency_id=new.pk)


def _pass_on_clocks(referral_id: int, old: Agency, new: Agency) -> None:
    """What runs, and what ended late and is still to be laid before the overseers. What is over stays its own."""
    clocks = Clock.objects.filter(Q(ended_at=None) | Q(next_step_at__isnull=False), subject_kind="referral", subject_id=referral_id)
    clocks.filter(counterpart=old).update(counterpart=new)
    clocks.filter(holder=old).update(holder=new)
    clocks.filter(holder=new, counterpart=new).update(counterpart=None)


def _tell(referral: Referral, old: Agency, new: Agency, at: dt.datetime) -> None:
    """The other side learns with whom it has to do from now on. Of a draft nobody outside learns."""
    sides = {referral.from_agency_id} if referral.signed_at is None else {referral.from_agency_id, referral.to_agency_id}
    others = [agency for agency in sides if agency not in (None, old.pk, new.pk)]
    text = "%(old)s已并入%(new)s，本件由后者承继办理：%(title)s" % {"old": old.name, "new": new.name, "title": referral.title}
    tell_agencies(others, referral, kind=Message.Kind.PROGRESS, key="passed-on", at=at, posts=(*CLERKS, *LEADERS), text=text)


def pass_on_archive(old: Agency, new: Agency) -> int:
    """What is ended stays under its old name; the successor may read it, owns its cases and its list of matters. Returns the seats given.

    A thousand rows a transaction; doing it again changes nothing.
    """
    given, after = 0, 0
    while True:
        seats = list(Party.objects.filter(agency=old, pk__gt=after).order_by("pk").values_list("pk", "referral_id", "role", "since")[:BATCH])
        if not seats:
            break
        after = seats[-1][0]
        columns = {"referral_id": [s[1] for s in seats], "agency_id": new.pk, "role": [s[2] for s in seats], "since": [s[3] for s in seats]}
        given += insert_columns(Party, columns, skip_known=True)
    while Case.objects.filter(pk__in=Case.objects.filter(agency=old).values("pk")[:BATCH]).update(agency=new):
        pass
    Matter.objects.filter(competent=old).update(competent=new)
    # What others' drafts name; a letter that is out keeps its words.
    _pass_on_copies(Referral.objects.filter(signed_at=None), old, new)
    Case.objects.filter(township=old, signed_version=None).update(township=new)
    return given


def pass_on_readings(old: Agency, new: Agency) -> None:
    """Single people's readings: taken back by the successor's leader; of a post that its holder had twice, in the one that goes on."""
    ReferralReader.objects.filter(granted_by=old).update(granted_by=new)
    for reader in ReferralReader.objects.filter(holding__agency=old).select_related("holding"):
        held = new.holdings.filter(user_id=reader.user_id).order_by("-since").first()
        if held is not None:
            ReferralReader.objects.filter(pk=reader.pk).update(holding=held)
