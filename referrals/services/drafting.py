"""From an empty form to the leader's desk."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import AgencyKind
from accounts.standing import demand_standing
from core import audit
from core.acts import act, create, demand
from core.errors import BadInput, NotAllowed, NotVisible
from core.once import already_done, body_hash, remember
from core.retries import tried_again
from core.wording import said
from deadlines.book import Rules, rules_for
from deadlines.clocks import meet_clocks, open_clock, start_clock
from deadlines.correcting import Basis, correct_clock
from foundation.cases.models import Case, CaseVersion
from foundation.cases.parties import PARTIES, complete_parties
from foundation.cases.services import freeze_case
from notifications.models import Message
from referrals import documents
from referrals.agreed import agreed_on
from referrals.copies import copies_demanded, propose_copies, with_copies
from referrals.lifecycle import WITH_DRAFTER
from referrals.models import Notice, Party, Referral
from referrals.people import tell_agencies
from referrals.policies.drafting import may_save_draft, may_start, may_submit
from referrals.policies.notices import may_consent, may_give_prior_notice
from referrals.requirements import name_problem, refuse_if_short, shortcomings
from referrals.rules import (
    LETTER_AFTER_NOTICE,
    REFERRAL,
    bound_clause,
    clock_key,
    no_onward_clause,
    profile_of_referral,
    rules_of_referral,
    signing_posts,
)
from referrals.same_facts import lock_agency, refuse_same_facts, renew_facts_keys, same_facts
from referrals.selectors import cases_visible_to, materials_of, referrals_visible_to
from referrals.services.consent import ask_for_consent, consented_version, settle_agreements
from referrals.services.notices import send_notice
from referrals.services.stating import EVENT_FIELDS, in_the_trail, mark_stated, refuse_outside_calendar, state_event, states_event, tell_of_correction
from referrals.services.wording import keep_words
from referrals.waiting import CONSENT_WANTED, await_next

CASE_FIELDS = (
    "source", "found_at", "place", "case_number", "filed_on", "officers", "violated_article", "township", "ongoing", "onsite_measures",
    "stopped_at", "competent_told_at", "competent_told", "matter", "facts", *PARTIES, "urgent", "urgent_reason",
    "confidentiality", "preliminary_investigation", "prior_correction", "rectify_told_on", "rectify_told", "suspected_crime", "legacy", "legacy_consultation",
)  # fmt: skip
NAMED_CONTACT = ("sender_department", "sender_person", "sender_phone")
LETTER_FIELDS = (
    "to_agency", "kind", "ground", "reasons", "determined_at", "quality_checked", "name_exception", "expired_override", "contact",
    "change_reason", *NAMED_CONTACT,
)  # fmt: skip


@tried_again
def start_draft(*, by: Actor, data: dict[str, Any], case_id: int | None = None, key: str = "", rules: Rules | None = None) -> Referral:
    """Open a draft in the name of the actor's agency, on a new case or on one it found itself. Incomplete data is fine.

    `key` names the submit: the same key again answers with the draft it made. `rules`: those in force today in the actor's
    jurisdiction, where the caller has read them already. The answer carries `.looked_alike`, what same_facts found. Raises NotAllowed, NotVisible, BadInput; a case
    that the agency received itself is refused where the document forbids passing on (XC-2.2-g, QD-2.4.1-i).
    """
    try:
        return _start(by=by, data=data, case_id=case_id, key=key, rules=rules)
    except NotAllowed as refusal:
        if by.user_id:
            with transaction.atomic():
                audit.record("user", by.user_id, "referral.start_draft_refused", by=by, clause=refusal.clause, case=case_id)
        raise


@tried_again
def _start(*, by: Actor, data: dict[str, Any], case_id: int | None, key: str, rules: Rules | None) -> Referral:
    demand(may_start(by))
    assert by.agency is not None
    now = timezone.now()
    refuse_outside_calendar(data, "found_at", "determined_at")
    with transaction.atomic():
        hashed = body_hash(data) if key else ""
        if key and by.user_id:
            earlier = already_done(by, key, "referral.start_draft", hashed)
            if earlier:
                return referrals_visible_to(by).get(pk=earlier.result_id)
        rules = rules or rules_for(by.agency.jurisdiction_id, timezone.localdate())
        problem = name_problem(by.agency, rules.profile, str(data.get("name_exception", "")))
        if problem and problem.field == "from_agency" and not rules.profile.referral.name_rule.unless:
            raise NotAllowed(problem.sentence, problem.clause)
        case = _own_case(case_id, by) if case_id else Case(jurisdiction=by.agency.jurisdiction, agency=by.agency, created_by=by.user)
        referral = Referral(
            case=case, jurisdiction=by.agency.jurisdiction, version_of_rules=rules.version, options=rules.options,
            from_agency=by.agency, drafter=by.user, writers=[by.user_id] if by.user_id else [], exclusive=rules.profile.referral.one_case_one_referral.required,
        )  # fmt: skip
        if by.agency.kind == AgencyKind.ENFORCEMENT_BUREAU and any(k.key == "by_enforcement" for k in rules.profile.referral.kinds):
            referral.kind = "by_enforcement"
        if case_id:
            # The facts were written with the letters before: who wrote those wrote this one too.
            earlier_letters = Referral.objects.filter(case=case, from_agency=by.agency).values_list("writers", flat=True)
            referral.writers = sorted({*referral.writers, *chain.from_iterable(earlier_letters)})
        with create(referral, "start_draft", by=by, allowed=may_start(by)) as saying:
            if case.pk is None:
                _fill(referral, data)
                case.save()
            else:
                _fill(referral, {k: v for k, v in data.items() if k in LETTER_FIELDS or k == "copies"})
            # Proposed: who files is spoken to, until the draft says otherwise.
            referral.sender_department = referral.sender_department or by.agency.short_name
            referral.sender_person = referral.sender_person or by.name[:40]
            referral.sender_phone = referral.sender_phone or by.agency.phone
            referral.case = case
            renew_facts_keys(referral)
            referral.looked_alike = same_facts(referral, rules.profile)
            refuse_same_facts(referral.looked_alike)
            if states_event(referral, now):
                referral.stated_at = now
            _save_once(referral, rules.profile.referral.one_case_one_referral.clause or "")
            keep_words(referral, None if case_id else [])
            Party.objects.create(referral=referral, agency=by.agency, role=Party.Role.SENDER)
            if data.get("copies"):
                referral.copies.set(data["copies"])
            proposed = propose_copies(referral, rules.profile, [])
            referral.copied = bool(data.get("copies") or proposed)
            state_event(referral, by=by, at=now, new=True)
            ask_for_consent(referral)
            saying.detail["case"] = case.pk
        if key and by.user_id:
            remember(by, key, "referral.start_draft", referral, hashed)
        return referral


def _own_case(case_id: int, by: Actor) -> Case:
    case = cases_visible_to(by).filter(pk=case_id).first()
    if case is None:
        raise NotVisible(_("没有这个案件，或者您看不到它。"))
    received = Referral.objects.filter(case=case, to_agency_id=by.agency_id).select_related("version_of_rules").order_by("-bound").first()
    if received is not None:
        if received.bound:
            raise NotAllowed(_("本案由决定（协商）确定由本机关管辖，不得再行移送。"), bound_clause(received))
        clause = no_onward_clause(profile_of_referral(received))
        if clause:
            raise NotAllowed(_("受移送的案件不得再行移送：不属本机关管辖的，只能与移送机关协商，或者报请政府决定。"), clause)
        raise NotAllowed(_("受移送的案件只能以“再行移送”另行移送，不能直接起草。"))
    if case.agency_id != by.agency_id:
        raise NotAllowed(_("只能移送本机关自己发现的案件。"))
    return case


def _fill(referral: Referral, data: dict[str, Any]) -> None:
    if referral.case.agency_id != referral.from_agency_id and any(name in data for name in CASE_FIELDS):
        raise NotAllowed(_("案情只能由发现案件的机关修改。"))
    _refuse_ended(referral, data)
    contact = [getattr(referral, name) for name in NAMED_CONTACT]
    for thing, names in ((referral.case, CASE_FIELDS), (referral, LETTER_FIELDS)):
        for name in names:
            if name in data and not same_as_shown(getattr(thing, name), data[name]):
                setattr(thing, name, data[name])
    if not data.get("contact") and contact != [getattr(referral, name) for name in NAMED_CONTACT]:
        # Other words for it, given once, stand until somebody else is named.
        referral.contact = ""
    if referral.case.agency_id == referral.from_agency_id:
        complete_parties(referral.case)


def _refuse_ended(referral: Referral, data: dict[str, Any]) -> None:
    """An agency named anew stands today. One that stood there before may wait there until the letter is submitted."""
    for name, before in (("to_agency", referral.to_agency_id), ("township", referral.case.township_id)):
        named = data.get(name)
        if named is not None and named.pk != before:
            demand_standing(name, [named])
    demand_standing("copies", data.get("copies") or [])


def same_as_shown(known: Any, given: Any) -> bool:
    """A form shows a moment to the minute: sent back as it was shown, it is the moment that is known."""
    if isinstance(known, dt.datetime) and isinstance(given, dt.datetime):
        return given in (known, known.replace(second=0, microsecond=0))
    return bool(known == given)


@tried_again
def _save_once(referral: Referral, clause: str) -> None:
    try:
        with transaction.atomic():
            referral.save()
    except IntegrityError as error:
        if "one_case_has_one_open_referral" in str(error):
            raise BadInput(_("一案一移送：本案已有一件未办结的移送。"), clause, {"case": _("本案已有一件未办结的移送。")}) from error
        if "nobody_refers_to_oneself" in str(error):
            raise BadInput(_("不能移送给本机关。"), fields={"to_agency": _("不能移送给本机关。")}) from error
        raise


@tried_again
def save_draft(referral_id: int, *, by: Actor, data: dict[str, Any], stated: bool = True, if_match: int | None = None) -> Referral:
    """Keep what was typed, complete or not. Raises NotVisible, Stale, WrongState, NotAllowed, BadInput.

    `stated`: a person saved it, so its event counts as stated; a page that saves itself keeps the words and states nothing.
    What changes a clock that runs already is a correction of it: `data["correction_reason"]` says why.
    """
    now = timezone.now()
    refuse_outside_calendar(data, "found_at", "determined_at")
    with act(referrals_visible_to(by), referral_id, "save_draft", by=by, may=may_save_draft, if_match=if_match) as (referral, saying):
        before = (referral.case.found_at, referral.determined_at)
        agreed, former_id, profile = agreed_on(referral), referral.to_agency_id, profile_of_referral(referral)
        known = copies_demanded(referral, profile)
        event = (referral.case.found_at, referral.case.urgent)
        referral.save_draft(by=by)
        _fill(referral, data if stated or referral.stated_at is None else {k: v for k, v in data.items() if k not in EVENT_FIELDS})
        renew_facts_keys(referral)
        if referral.to_agency_id == referral.from_agency_id:
            raise BadInput(_("不能移送给本机关。"), fields={"to_agency": _("不能移送给本机关。")})
        referral.case.save()
        keep_words(referral)
        referral.fades_at = None
        if "copies" in data:
            referral.copies.set(data["copies"] or [])
        propose_copies(referral, profile, known)
        if stated:
            correction = state_event(referral, by=by, at=now, reason=str(data.get("correction_reason") or ""))
            if correction is not None:
                saying.detail["correction"] = in_the_trail(correction)
            if event != (referral.case.found_at, referral.case.urgent):
                _correct_other_drafts(referral, by=by, at=now, reason=str(data.get("correction_reason") or ""))
        settle_agreements(referral, before=agreed, former_id=former_id, now=now, saying=saying.detail)
        ask_for_consent(referral)
        if before != (referral.case.found_at, referral.determined_at):
            saying.detail["dates"] = [str(referral.case.found_at), str(referral.determined_at)]
    return referral


def _correct_other_drafts(referral: Referral, *, by: Actor, at: dt.datetime, reason: str) -> None:
    """Other drafts on this case count from the same discovery: changed in one, it is a correction in each."""
    others = Referral.objects.filter(case_id=referral.case_id, state__in=WITH_DRAFTER, stated_at__isnull=False).exclude(pk=referral.pk)
    for other in others.select_related("case", "from_agency", "to_agency", "version_of_rules").defer("version_of_rules__source"):
        state_event(other, by=by, at=at, reason=reason)


@tried_again
def give_prior_notice(referral_id: int, *, by: Actor, to: str, at: dt.datetime | None = None, if_match: int | None = None) -> Referral:
    """Inform the receiver beforehand (YY-3.3-a) by a notice that it receipts: from the stated `at` (aware) the letter has its days.

    A second notice (to another receiver) is a correction of the clock that runs since the first: what was late stays late.
    """
    now = timezone.now()
    if at is None:
        raise BadInput(_("请填写通报时间：移送函的期限自此起算。"), fields={"at": _("请填写通报时间：移送函的期限自此起算。")})
    refuse_outside_calendar({"at": at}, "at")
    with act(referrals_visible_to(by), referral_id, "give_prior_notice", by=by, may=may_give_prior_notice, if_match=if_match) as (referral, saying):
        clause = profile_of_referral(referral).referral.prior_notice.clause or ""
        to = said(to, "to", _("请写明通报了对方何人、以何方式。"), clause)
        if at > now:
            raise BadInput(_("通报时间不能晚于现在。"), clause, {"at": _("通报时间不能晚于现在。")})
        if referral.case.found_at and at < referral.case.found_at:
            raise BadInput(_("通报时间不能早于发现时间。"), clause, {"at": _("通报时间不能早于发现时间。")})
        if referral.to_agency is None:
            raise BadInput(_("请先选择受移送机关并保存。"), clause, {"to_agency": _("请先选择受移送机关。")})
        referral.give_prior_notice(at=at, to=to, agreed=agreed_on(referral))
        send_notice(
            referral, Notice.Kind.PRIOR, documents.PRIOR_NOTICE, documents.prior_notice(referral), issuer=referral.from_agency,
            to=referral.to_agency, by=by, at=now,
        )  # fmt: skip
        _run_from_notice(referral, by=by, noticed_at=at, now=now)
        saying.detail["noticed_at"] = at.isoformat()
    return referral


def _run_from_notice(referral: Referral, *, by: Actor, noticed_at: dt.datetime, now: dt.datetime) -> None:
    key, subject, rules = clock_key(referral, LETTER_AFTER_NOTICE), ("referral", referral.pk), rules_of_referral(referral)
    if key is None:
        return
    running = open_clock(subject, LETTER_AFTER_NOTICE)
    if running is None:
        start_clock(
            rules, key, role=LETTER_AFTER_NOTICE, subject=subject, event_at=noticed_at, holder=referral.from_agency, counterpart=referral.to_agency
        )
    else:
        again = correct_clock(
            running, Basis(key, noticed_at, running.urgent), rules=rules, reason=_("重新事先通报"), at=now, by=by,
            counterpart=referral.to_agency, new_event=True,
        )  # fmt: skip
        tell_of_correction(again, at=now)
    mark_stated(referral, now)


@tried_again
def consent_to_referral(referral_id: int, *, by: Actor, note: str, if_match: int | None = None) -> Referral:
    """The bureau agrees to take this case against this party over these facts (QD-2.4.1-j): from then the referral clock runs."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "consent", by=by, may=may_consent, if_match=if_match) as (referral, saying):
        version = consented_version(referral, now)
        referral.consent(at=now, note=note.strip(), version=version, agreed=agreed_on(referral))
        saying.detail |= {"to": referral.to_agency_id, "hash": version.hash}
        meet_clocks(("referral", referral.pk), CONSENT_WANTED, at=now)
        correction = state_event(referral, by=by, at=now, reason=_("取得对方同意，期限自同意之日起算"))
        if correction is not None:
            saying.detail["correction"] = in_the_trail(correction)
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.PROGRESS, key="consent", at=now,
                      text="%(agency)s 同意移送：%(title)s" % {"agency": referral.to_agency, "title": referral.title})  # fmt: skip
    return referral


@tried_again
def submit_referral(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """Send the draft to the leader. Raises BadInput with every shortcoming beside its field."""
    now = timezone.now()
    with act(with_copies(referrals_visible_to(by)), referral_id, "submit", by=by, may=may_submit, if_match=if_match) as (referral, saying):
        rules = rules_for(referral.jurisdiction_id, timezone.localdate(now))
        referral.version_of_rules, referral.options = rules.version, rules.options
        if referral.stated_at is None:
            state_event(referral, by=by, at=now)
        refuse_if_short(shortcomings(referral, rules.profile, materials_of(referral), now))
        lock_agency(referral.from_agency_id)
        refuse_same_facts(same_facts(referral, rules.profile))
        referral.submit(by=by, at=now, version=_version_for_leader(referral, by, now))
        await_next(referral, at=now)
        saying.detail["case_version"] = referral.case_version.number
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.DESK, key="submit", at=now, posts=signing_posts(referral),
                      text="请签发移送函：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


def _version_for_leader(referral: Referral, by: Actor, now: dt.datetime) -> CaseVersion:
    """Freeze what the leader is going to see. Once a letter is out, other facts need a reason that both sides will read."""
    version = freeze_case(referral.case_id, by=by, at=now, reason=referral.change_reason.strip())
    out = referral.case.signed_version_id
    if out is not None and out != version.pk and not version.reason:
        sentence = _("本案已有公函发出，案情或材料与已发出的不同，须写明更改的理由。")
        raise BadInput(sentence, fields={"change_reason": sentence})
    return version


def meet_referral_clocks(referral: Referral, at: dt.datetime) -> None:
    """The letter is out: the referral duty, and the duty to follow the notice with a letter, are done."""
    await_next(referral, at=at, met=(REFERRAL, LETTER_AFTER_NOTICE))
