"""At the leader's desk, and out of the house."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, system_actor
from core.acts import Performing, act
from core.errors import Stale
from core.etags import etag_of
from core.nouns import came_out, noun
from core.retries import tried_again
from core.wording import said
from deadlines.book import as_pairs, profile_of
from deadlines.clocks import start_clock
from deadlines.due import resolve
from documents.issuing import issue
from documents.models import OfficialDocument
from foundation.cases.models import CaseVersion, Material
from foundation.cases.selectors import still_says, working_materials
from foundation.cases.services import bind_version
from notifications.models import Message
from referrals import documents
from referrals.copies import copies_of, with_copies
from referrals.models import Party, Referral
from referrals.people import tell_agencies
from referrals.policies.signing import may_deliver, may_note_newer_version, may_return_to_drafter, may_sign
from referrals.requirements import filing_offices, refuse_if_short, shortcomings
from referrals.rules import REPLY, clock_key, profile_of_referral, rules_of_referral
from referrals.same_facts import answered_for, refuse_same_facts, same_facts
from referrals.selectors import referrals_visible_to
from referrals.services.drafting import meet_referral_clocks
from referrals.services.wording import keep_words
from referrals.waiting import await_next, with_local_targets


@tried_again
def return_referral(referral_id: int, *, by: Actor, reason: str, if_match: int | None = None) -> Referral:
    """The leader sends the draft back, saying why."""
    reason = said(reason, "reason", _("请写明退回的理由。"))
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "return_to_drafter", by=by, may=may_return_to_drafter, if_match=if_match) as (referral, saying):
        referral.return_to_drafter(reason=reason)
        await_next(referral, at=now)
        saying.detail["reason"] = reason
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.DESK, key="returned", at=now,
                      text="退回修改：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


@tried_again
def sign_referral(referral_id: int, *, by: Actor, another_case: str = "", if_match: int | None = None) -> Referral:
    """The leader signs: the letter takes its number and is frozen; the referral duty is met. A worker renders and delivers it.

    Where the agency received or sent something that looks the same, `another_case` says why this is another; kept and shown to the
    receiver. Raises SameFacts where it is certain and the document forbids it (XC-2.2-g, QD-2.4.1-i, ZC-2.4.3-n, XC-2.2-d).
    """
    now = timezone.now()
    visible = with_copies(with_local_targets(referrals_visible_to(by)))
    with act(visible, referral_id, "sign", by=by, may=may_sign, if_match=if_match) as (referral, saying):
        materials = _papers_as_opened(referral)
        refuse_if_short(shortcomings(referral, profile_of_referral(referral), materials, now))
        _weigh_same_facts(referral, another_case, saying)
        copies = copies_of(referral)
        referral.contact = referral.letter_contact
        referral.sign(by=by, at=now)
        letter = issue(
            documents.REFERRAL_LETTER, issuer=referral.from_agency, addressee=referral.to_agency, subject=("referral", referral.pk),
            content=documents.referral_letter(referral, materials, copies, reply=reply_words(referral)), by=by, at=now,
        )  # fmt: skip
        referral.number = letter.number
        keep_words(referral, materials)
        meet_referral_clocks(referral, now)
        saying.detail |= {"number": letter.number, "case_version": referral.case_version.number, "hash": referral.case_version.hash}
        bind_version(referral.case_version, at=now)
        if referral.case.signed_version_id not in (None, referral.case_version_id):
            tell_of_newer_version(referral.case_version, but=referral.pk, at=now)
    return referral


def _papers_as_opened(referral: Referral) -> list[Material]:
    """The papers on the list that lies before the leader. Raises Stale where the case or its papers were changed since.

    The leader signs what the leader sees; a letter over facts that its own agency has changed meanwhile goes back to the drafter.
    """
    assert referral.case_version is not None
    papers = working_materials(referral.case)
    if not still_says(referral.case_version, referral.case, papers):
        raise Stale(_("送签之后，本案的案情或材料又被改动，与面前的移送函不一致：请退回经办人，重新送签。"), current=etag_of(referral))
    return papers


@tried_again
def tell_of_newer_version(version: CaseVersion, *, but: int, at: dt.datetime) -> None:
    """Letters of the same case that are out keep their version; both sides of each (`but` one) are told that there is a newer one, and why."""
    system = system_actor("案件版本")
    others = Referral.objects.filter(case_id=version.case_id, signed_at__isnull=False).exclude(pk=but)
    for other_id, before in others.exclude(case_version=version).values_list("pk", "case_version"):
        with act(referrals_visible_to(system), other_id, "note_newer_version", by=system, may=may_note_newer_version) as (other, saying):
            other.note_newer_version()
            saying.detail |= {"from_version": before, "to_version": version.pk, "reason": version.reason}
            tell_agencies([other.from_agency_id, other.to_agency_id], other, kind=Message.Kind.PROGRESS, key="newer-version", at=at,
                          text="案情有新版本：%(title)s（%(number)s）" % {"title": other.title, "number": other.number})  # fmt: skip


def _weigh_same_facts(referral: Referral, words: str, saying: Performing) -> None:
    # No lock as at submission: of two that wait for signatures each already sees the other.
    found = same_facts(referral, profile_of_referral(referral))
    refuse_same_facts(found)
    referral.another_case_of = answered_for(found, words)
    referral.another_case = words.strip() if referral.another_case_of else ""
    if referral.another_case_of:
        saying.detail |= {"another_case": referral.another_case, "another_case_of": referral.another_case_of}


def reply_words(referral: Referral) -> str:
    """What the return receipt asks of the receiver, with the document's own number of days."""
    key = clock_key(referral, REPLY)
    if key is None:
        return "请签收后将本回执退回。"
    rules = rules_of_referral(referral)
    _profile, rule = resolve(profile_of(rules.version.pk), key, as_pairs(rules.options), referral.stated.urgent)
    if rule.value is None:
        return "请签收后将本回执退回，并告知是否受理。"
    unit = {"workday": "个工作日", "plain_day": "日", "hour": "小时"}.get(rule.unit, "")
    start = "收到时" if rule.unit == "hour" else "收到之日"
    return f"请签收后将本回执退回，并自{start}起{rule.value}{unit}内书面告知是否受理。"


@tried_again
def deliver_referral(referral_id: int, *, by: Actor | None = None, at: dt.datetime | None = None) -> Referral:
    """System: the letter is there and lies on the receiver's desk. Now, not when somebody chooses to sign, its clock starts."""
    now, by = at or timezone.now(), by or system_actor("送达")
    with act(referrals_visible_to(by), referral_id, "deliver", by=by, may=may_deliver) as (referral, saying):
        referral.deliver(at=now)
        rows = [Party(referral=referral, agency_id=referral.to_agency_id, role=Party.Role.RECEIVER)]
        rows += [Party(referral=referral, agency=copy, role=Party.Role.COPIED) for copy in referral.copies.all()]
        filing = _filed_with(referral)
        rows += [Party(referral=referral, agency_id=office, role=Party.Role.COPIED) for office in filing]
        told = [row.agency_id for row in rows]
        rows += [Party(referral=referral, agency_id=office, role=Party.Role.OVERSEER) for office in _overseers(referral)]
        Party.objects.bulk_create(rows, ignore_conflicts=True)
        start_receiver_clocks(referral, now)
        saying.detail["to"] = referral.to_agency_id
        tell_agencies(filing, referral, kind=Message.Kind.DESK, key="file", at=now,
                      text="请备案签收：%(title)s（%(number)s）" % {"title": referral.title, "number": referral.number})  # fmt: skip
        tell_agencies(told, referral, kind=Message.Kind.ARRIVED, key="delivered", at=now,
                      text="收到移送：%(title)s（%(number)s）" % {"title": referral.title, "number": referral.number})  # fmt: skip
    return referral


def _filed_with(referral: Referral) -> list[int]:
    """The office with which a major and difficult case is filed (QD-2.4.1-j): it gets a copy."""
    special = profile_of_referral(referral).referral.major_difficult
    if special is None or referral.kind != "major_difficult":
        return []
    rows = filing_offices(referral, special.filing_to)
    return list(rows.values_list("pk", flat=True))


def _overseers(referral: Referral) -> list[int]:
    """The offices that were told of this letter's lateness while it was a draft that nobody outside reads: now they see it."""
    kind, pk = "referral", referral.pk
    return came_out(kind, pk, noun(kind).told([pk])[pk])


def start_receiver_clocks(referral: Referral, at: dt.datetime) -> None:
    """The reply clock of the document, and the local target that a delivered letter is signed for soon."""
    rules, subject = rules_of_referral(referral), ("referral", referral.pk)
    assert referral.to_agency is not None
    key = clock_key(referral, REPLY)
    if key:
        start_clock(
            rules, key, role=REPLY, subject=subject, event_at=at, holder=referral.to_agency, counterpart=referral.from_agency,
            urgent=referral.stated.urgent,
        )  # fmt: skip
    await_next(referral, at=at)


def letter_is_rendered(document: OfficialDocument) -> None:
    """Called once by the worker when the letter's file exists."""
    referral = Referral.objects.filter(pk=document.subject_id).first()
    if referral is not None and referral.state == "signed":
        deliver_referral(referral.pk)
