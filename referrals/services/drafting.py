"""From an empty form to the leader's desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import LEADERS, AgencyKind
from core import audit, outbox
from core.acts import act, demand
from core.errors import BadInput, NotAllowed, NotVisible
from core.once import already_done, body_hash, remember
from deadlines.book import rules_for
from deadlines.clocks import cancel_clocks, meet_clocks, open_clock, start_clock
from foundation.cases.models import Case, CaseVersion
from foundation.cases.parties import PARTIES, complete_parties, parties_of
from foundation.cases.services import freeze_case
from notifications.models import Message
from referrals.models import Party, Referral
from referrals.people import tell_agencies
from referrals.policies import may_consent, may_give_prior_notice, may_save_draft, may_start, may_submit
from referrals.requirements import name_problem, refuse_if_short, shortcomings
from referrals.rules import LETTER_AFTER_NOTICE, REFERRAL, clock_key, no_onward_clause, profile_of_referral, referral_event, rules_of_referral
from referrals.same_facts import lock_agency, refuse_same_facts, renew_facts_keys, same_facts
from referrals.selectors import cases_visible_to, materials_of, referrals_visible_to
from referrals.words import code_word, words_of

CASE_FIELDS = (
    "source", "found_at", "place", "township", "ongoing", "onsite_measures", "matter", "facts", *PARTIES, "urgent", "urgent_reason",
    "confidentiality", "preliminary_investigation", "prior_correction", "suspected_crime", "legacy", "legacy_consultation",
)  # fmt: skip
LETTER_FIELDS = (
    "to_agency", "kind", "ground", "reasons", "determined_at", "quality_checked", "name_exception", "expired_override", "contact",
    "change_reason",
)  # fmt: skip


def start_draft(*, by: Actor, data: dict[str, Any], case_id: int | None = None, key: str = "") -> Referral:
    """Open a draft in the name of the actor's agency, on a new case or on one it found itself. Incomplete data is fine.

    `key` names the submit: the same key again answers with the draft it made. Raises NotAllowed, NotVisible, BadInput; a case
    that the agency received itself is refused where the document forbids passing on (XC-2.2-g, QD-2.4.1-i).
    """
    try:
        return _start(by=by, data=data, case_id=case_id, key=key)
    except NotAllowed as refusal:
        if by.user_id:
            with transaction.atomic():
                audit.record("user", by.user_id, "referral.start_draft_refused", by=by, clause=refusal.clause, case=case_id)
        raise


def _start(*, by: Actor, data: dict[str, Any], case_id: int | None, key: str) -> Referral:
    demand(may_start(by))
    assert by.agency is not None
    with transaction.atomic():
        hashed = body_hash(data) if key else ""
        if key and by.user_id:
            earlier = already_done(by.user_id, key, "referral.start_draft", hashed)
            if earlier:
                return referrals_visible_to(by).get(pk=earlier.result_id)
        rules = rules_for(by.agency.jurisdiction_id, timezone.localdate())
        problem = name_problem(by.agency, rules.profile, str(data.get("name_exception", "")))
        if problem and problem.field == "from_agency" and not rules.profile.referral.name_rule.unless:
            raise NotAllowed(problem.sentence, problem.clause)
        case = _own_case(case_id, by) if case_id else Case(jurisdiction=by.agency.jurisdiction, agency=by.agency, created_by=by.user)
        referral = Referral(
            case=case, jurisdiction=by.agency.jurisdiction, version_of_rules=rules.version, options=rules.options,
            from_agency=by.agency, drafter=by.user, exclusive=rules.profile.referral.one_case_one_referral.required,
        )  # fmt: skip
        if by.agency.kind == AgencyKind.ENFORCEMENT_BUREAU and any(k.key == "by_enforcement" for k in rules.profile.referral.kinds):
            referral.kind = "by_enforcement"
        if case.pk is None:
            _fill(referral, data)
            case.save()
        else:
            _fill(referral, {k: v for k, v in data.items() if k in LETTER_FIELDS or k == "copies"})
        referral.case = case
        renew_facts_keys(referral)
        refuse_same_facts(same_facts(referral, rules.profile))
        _save_once(referral, rules.profile.referral.one_case_one_referral.clause or "")
        Party.objects.create(referral=referral, agency=by.agency, role=Party.Role.SENDER)
        if data.get("copies"):
            referral.copies.set(data["copies"])
        follow_discovery(referral, new=True)
        audit.record("referral", referral.pk, "referral.start_draft", by=by, case=case.pk)
        outbox.publish(outbox.event_of(referral, "start_draft", by=by))
        if key and by.user_id:
            remember(by.user_id, key, "referral.start_draft", referral, hashed)
        return referral


def _own_case(case_id: int, by: Actor) -> Case:
    case = cases_visible_to(by).filter(pk=case_id).first()
    if case is None:
        raise NotVisible(_("没有这个案件，或者您看不到它。"))
    received = Referral.objects.filter(case=case, to_agency_id=by.agency_id).select_related("version_of_rules").first()
    if received is not None:
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
    for name in CASE_FIELDS:
        if name in data:
            setattr(referral.case, name, data[name])
    for name in LETTER_FIELDS:
        if name in data:
            setattr(referral, name, data[name])
    if referral.case.agency_id == referral.from_agency_id:
        complete_parties(referral.case)
    referral.search = search_words(referral)


def search_words(referral: Referral) -> list[str]:
    """What the search finds a referral by: its parties, its matter, place and number, as the letter states them."""
    case = referral.stated
    names = [*(party.name for party in parties_of(case)), referral.from_agency.name, referral.from_agency.short_name]
    if referral.to_agency is not None:
        names += [referral.to_agency.name, referral.to_agency.short_name]
    matter = case.matter.name if case.matter is not None else ""
    codes = {code_word(party.code) for party in parties_of(case) if party.code}
    return sorted({*words_of([matter, case.place, referral.number], names), *codes})


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


def follow_discovery(referral: Referral, *, new: bool = False) -> None:
    """Run the referral clock from the event the document names, anew where the draft now says otherwise; a `new` one has none yet."""
    subject = ("referral", referral.pk)
    event, key = referral_event(referral), clock_key(referral, REFERRAL)
    running = None if new else open_clock(subject, REFERRAL)
    if running and key == running.key and event == running.event_at and running.urgent == referral.stated.urgent:
        return
    if running:
        cancel_clocks(subject, REFERRAL, at=timezone.now())
    if key and event:
        start_clock(
            rules_of_referral(referral), key, role=REFERRAL, subject=subject, event_at=event, holder=referral.from_agency,
            counterpart=referral.to_agency, urgent=referral.stated.urgent,
        )  # fmt: skip


def save_draft(referral_id: int, *, by: Actor, data: dict[str, Any], if_match: int | None = None) -> Referral:
    """Keep what was typed, complete or not. Raises NotVisible, Stale, WrongState, NotAllowed, BadInput."""
    with act(referrals_visible_to(by), referral_id, "save_draft", by=by, may=may_save_draft, if_match=if_match) as (referral, saying):
        before = (referral.case.found_at, referral.determined_at)
        referral.save_draft()
        _fill(referral, data)
        renew_facts_keys(referral)
        if referral.to_agency_id == referral.from_agency_id:
            raise BadInput(_("不能移送给本机关。"), fields={"to_agency": _("不能移送给本机关。")})
        referral.case.save()
        if "copies" in data:
            referral.copies.set(data["copies"] or [])
        follow_discovery(referral)
        if referral.kind == "major_difficult" and referral.to_agency_id and referral.consent_at is None:
            _let_receiver_consent(referral)
        if before != (referral.case.found_at, referral.determined_at):
            saying.detail["dates"] = [str(referral.case.found_at), str(referral.determined_at)]
    return referral


def _let_receiver_consent(referral: Referral) -> None:
    """A major and difficult case needs the bureau's consent before the letter (QD-2.4.1-j): it sees the draft and is asked."""
    assert referral.to_agency_id is not None
    _party, new = Party.objects.get_or_create(referral=referral, agency_id=referral.to_agency_id, role=Party.Role.RECEIVER)
    if new:
        tell_agencies([referral.to_agency_id], referral, kind=Message.Kind.DESK, key="consent-wanted", at=timezone.now(), posts=LEADERS,
                      text="重大且疑难案件请求同意移送：%(title)s" % {"title": referral.title})  # fmt: skip


def give_prior_notice(referral_id: int, *, by: Actor, to: str, at: dt.datetime | None = None, if_match: int | None = None) -> Referral:
    """Record that the receiver was informed beforehand (YY-3.3-a): from then the letter has its days."""
    now = timezone.now()
    at = at or now
    with act(referrals_visible_to(by), referral_id, "give_prior_notice", by=by, may=may_give_prior_notice, if_match=if_match) as (referral, saying):
        clause = profile_of_referral(referral).referral.prior_notice.clause or ""
        if not to.strip():
            raise BadInput(_("请写明通报了对方何人、以何方式。"), clause, {"to": _("请写明通报了对方何人、以何方式。")})
        if at > now:
            raise BadInput(_("通报时间不能晚于现在。"), clause, {"at": _("通报时间不能晚于现在。")})
        if referral.to_agency is None:
            raise BadInput(_("请先选择受移送机关并保存。"), clause, {"to_agency": _("请先选择受移送机关。")})
        referral.give_prior_notice(at=at, to=to.strip())
        key = clock_key(referral, LETTER_AFTER_NOTICE)
        if key:
            start_clock(
                rules_of_referral(referral), key, role=LETTER_AFTER_NOTICE, subject=("referral", referral.pk), event_at=at,
                holder=referral.from_agency, counterpart=referral.to_agency,
            )  # fmt: skip
        saying.detail["noticed_at"] = at.isoformat()
    return referral


def consent_to_referral(referral_id: int, *, by: Actor, note: str, if_match: int | None = None) -> Referral:
    """The bureau agrees beforehand to take a major and difficult case (QD-2.4.1-j): from then the referral clock runs."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "consent", by=by, may=may_consent, if_match=if_match) as (referral, _saying):
        referral.consent(at=now, note=note.strip())
        follow_discovery(referral)
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.PROGRESS, key="consent", at=now,
                      text="%(agency)s 同意移送：%(title)s" % {"agency": referral.to_agency, "title": referral.title})  # fmt: skip
    return referral


def submit_referral(referral_id: int, *, by: Actor, if_match: int | None = None) -> Referral:
    """Send the draft to the leader. Raises BadInput with every shortcoming beside its field."""
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "submit", by=by, may=may_submit, if_match=if_match) as (referral, saying):
        rules = rules_for(referral.jurisdiction_id, timezone.localdate(now))
        referral.version_of_rules, referral.options = rules.version, rules.options
        refuse_if_short(shortcomings(referral, rules.profile, materials_of(referral), now))
        lock_agency(referral.from_agency_id)
        refuse_same_facts(same_facts(referral, rules.profile))
        referral.submit(at=now, version=_version_for_leader(referral, by, now))
        referral.search = search_words(referral)
        saying.detail["case_version"] = referral.case_version.number
        tell_agencies([referral.from_agency], referral, kind=Message.Kind.DESK, key="submit", at=now, posts=LEADERS,
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
    meet_clocks(("referral", referral.pk), REFERRAL, LETTER_AFTER_NOTICE, at=at)
