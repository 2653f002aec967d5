"""What the document demands before a letter may go to the leader, and before it is signed: one list, for every door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.kinds import DEPENDENT_KINDS, PARTY_KINDS, TOWNSHIP_KINDS, AgencyKind
from accounts.models import Agency
from accounts.standing import ended_sentence, standing_heir
from core.errors import BadInput
from core.wording import says_something
from deadlines.profile import Profile
from foundation.cases.identity import code_problem, sex_in
from foundation.cases.models import Case, DocumentKind, Material
from foundation.cases.parties import PartyFacts, first_party, further_parties
from foundation.formats.scanning import why_not_sent
from referrals.agreed import agreed_on
from referrals.before_the_letter import stopped_and_told, told_to_rectify
from referrals.citing import cites_an_instrument
from referrals.copies import copies_demanded, copies_of
from referrals.models import Referral
from referrals.same_facts import JUDICIAL
from referrals.shortcoming import Shortcoming, own_file_lacks, unprintable


def filing_offices(referral: Referral, kind: str) -> QuerySet[Agency]:
    """The office, in being, with which a major and difficult case is filed (QD-2.4.1-j)."""
    return Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=referral.jurisdiction_id, kind=kind)


def shortcomings(referral: Referral, profile: Profile, materials: list[Material], now: dt.datetime) -> list[Shortcoming]:
    """Everything that keeps this draft from the leader's desk, in the order of the form."""
    found = [
        *_found(referral, now),
        *stopped_and_told(referral.stated, profile, materials, now),
        *own_file_lacks(referral.stated, now),
        *_who(referral),
        *_what(referral, profile),
        *told_to_rectify(referral, profile, materials, now),
        *_whose(referral, profile, now),
        *_force(referral, profile, now),
    ]
    return [*found, *_materials(profile, materials), *_unscanned(materials), *_before(referral, profile), *unprintable(referral, materials)]


def _unscanned(materials: list[Material]) -> Iterator[Shortcoming]:
    """Nothing is sent with a file that is infected, or that a scanner which is switched on has not seen."""
    for paper in materials:
        sentence = why_not_sent(paper.name, paper.look)
        if sentence:
            yield Shortcoming("materials", sentence)


def refuse_if_short(short: list[Shortcoming]) -> None:
    """Raise BadInput with every sentence beside its field, in the form's order; the sentence that is named has the clause that is named."""
    if short:
        fields: dict[str, str] = {}
        for s in short:
            fields[s.field] = fields.get(s.field, "") + (f"{s.sentence}（{s.clause}）" if s.clause else s.sentence)
        named = next((s for s in short if s.clause), short[0])
        raise BadInput(_("还缺 %(n)d 项，补齐后才能送签：%(first)s") % {"n": len(short), "first": named.sentence}, named.clause, fields)


def _found(referral: Referral, now: dt.datetime) -> Iterator[Shortcoming]:
    case = referral.stated
    if not case.source:
        yield Shortcoming("source", _("请选择线索来源。"))
    if case.found_at is None:
        yield Shortcoming("found_at", _("请填写发现时间。"))
    elif case.found_at > now:
        yield Shortcoming("found_at", _("发现时间不能晚于现在。"))
    if not case.place.strip():
        yield Shortcoming("place", _("请填写发现地点。"))
    if case.urgent and not says_something(case.urgent_reason):
        yield Shortcoming("urgent_reason", _("标为紧急须写明理由。"))


def _who(referral: Referral) -> Iterator[Shortcoming]:
    case = referral.stated
    if not case.party_kind:
        yield Shortcoming("party_kind", _("请选择当事人类型；查不清的选“尚未查明”。"))
    elif case.party_kind != case.PartyKind.UNKNOWN and not case.party_name.strip():
        yield Shortcoming("party_name", _("请填写当事人名称或姓名。"))
    for field, sentence in _party_problems(first_party(case)):
        yield Shortcoming(f"party_{field}", sentence)
    for number, party in enumerate(further_parties(case), 2):
        for _field, sentence in _further_party_problems(party):
            yield Shortcoming("further_parties", _("第%(number)d个当事人：%(said)s") % {"number": number, "said": sentence})


def _party_problems(party: PartyFacts) -> Iterator[tuple[str, str]]:
    problem = code_problem(party.kind, party.code, party.document, party.document_words)
    if problem:
        yield "code", problem
    told = sex_in(party.code) if party.kind == Case.PartyKind.PERSON and party.document != DocumentKind.OTHER else ""
    if told and party.sex and told != party.sex:
        yield "sex", _("性别与证件号码不符，请核对。")


def _further_party_problems(party: PartyFacts) -> Iterator[tuple[str, str]]:
    if not party.kind:
        yield "kind", _("请选择当事人类型；查不清的选“尚未查明”。")
    elif party.kind != Case.PartyKind.UNKNOWN and not party.name:
        yield "name", _("请填写当事人名称或姓名。")
    yield from _party_problems(party)


def _what(referral: Referral, profile: Profile) -> Iterator[Shortcoming]:
    case, rules = referral.stated, profile.referral
    if case.matter_id is None:
        yield Shortcoming("matter", _("请选择违法事项。"))
    if not says_something(case.facts):
        yield Shortcoming("facts", _("请写明基本违法事实。"), rules.materials_clause if rules.facts_statement else "")
    if rules.preliminary_investigation.required and not says_something(case.preliminary_investigation):
        yield Shortcoming("preliminary_investigation", _("移送前须先作初步调查，请填写调查情况。"), rules.preliminary_investigation.clause or "")
    if rules.prior_correction.required and not says_something(case.prior_correction):
        yield Shortcoming("prior_correction", _("移送前须先用纠错、改正等管理手段，请填写已采取的措施。"), rules.prior_correction.clause or "")
    if rules.legacy and rules.legacy.require_consultation and case.legacy and not says_something(case.legacy_consultation):
        yield Shortcoming("legacy_consultation", _("历史遗留问题移送前须与对方充分协商，请填写协商情况。"), rules.legacy.clause)


def demand_addressable(agency: Agency, referral: Referral, field: str) -> None:
    """Raise BadInput beside `field` unless this agency stands, belongs here and can receive a referral."""
    here = agency.jurisdiction_id == referral.jurisdiction_id and agency.kind in PARTY_KINDS
    if not here or not agency.in_being(timezone.localdate()):
        sentence = _("该机关不能接收移送（不是移送主体或已撤并）。")
        raise BadInput(sentence, fields={field: sentence})


def name_problem(agency: Agency, profile: Profile, exception: str) -> Shortcoming | None:
    """Why this body may not refer or answer in its own name, or None (XC-2.2-d, QD-2.4.1-b, SC-3.1.4-a).

    Where the document says in whose name alone (`only`), a squad, a section or an attached body never signs in its own,
    unless the document knows exceptions and a legal basis is given.
    """
    rule = profile.referral.name_rule
    clause = rule.clause or profile.referral.materials_clause
    if agency.kind in DEPENDENT_KINDS:
        if agency.kind not in rule.forbid and not rule.only:
            return None
        if rule.unless and cites_an_instrument(exception):
            return None
        hint = _("；法律另有规定的，须写明依据的名称和条款（《…法》第…条）") if rule.unless else ""
        return Shortcoming("from_agency", _("须以部门（镇街）自己的名义移送，内设、派出机构不得移送%(hint)s。") % {"hint": hint}, clause)
    if agency.kind not in PARTY_KINDS:
        return Shortcoming("from_agency", _("本机关不是案件移送的主体。"), clause)
    if rule.only and agency.kind not in _named(rule.only):
        return Shortcoming("from_agency", _("本规则没有规定以这一类机关的名义移送。"), clause)
    return None


def _named(only: tuple[str, ...] | str) -> set[str]:
    """The kinds of agency that a document names. A bare 部门 is said against its sections and squads: it covers every body
    that stands on its own; a level's 部门 (区级职能部门, 市级主管部门) does not cover towns."""
    names = {only} if isinstance(only, str) else set(only)
    if "department" in names:
        return set(PARTY_KINDS)
    kinds: set[str] = set()
    for name in names:
        kinds |= set(TOWNSHIP_KINDS) if name in ("township", "street") else set(PARTY_KINDS) - set(TOWNSHIP_KINDS)
    return kinds


def direction_problem(sender: Agency, receiver: Agency, profile: Profile) -> str | None:
    """Where the document knows only letters between the two levels: why this pair is none of them."""
    directions = set(profile.referral.directions)
    two_sided = ({"township_to_department", "department_to_township"}, {"city_bureau_to_township", "township_to_city_bureau"})
    if directions in two_sided and (sender.kind in TOWNSHIP_KINDS) == (receiver.kind in TOWNSHIP_KINDS):
        return _("本规则只规定镇街与部门之间的移送。")
    if directions == {"regulator_to_lead_agency", "lead_agency_to_department"}:
        if AgencyKind.ENFORCEMENT_BUREAU not in (sender.kind, receiver.kind):
            return _("本规则只规定行政管理部门与综合行政执法局之间的移送。")
    return None


def _whose(referral: Referral, profile: Profile, now: dt.datetime) -> Iterator[Shortcoming]:
    rules = profile.referral
    name = name_problem(referral.from_agency, profile, referral.name_exception)
    if name:
        yield name
    if referral.to_agency_id is None or referral.to_agency is None:
        yield Shortcoming("to_agency", _("请选择受移送机关。"))
    else:
        there = referral.to_agency.jurisdiction_id == referral.jurisdiction_id
        if not there or referral.to_agency.kind not in PARTY_KINDS or not referral.to_agency.in_being(timezone.localdate(now)):
            yield Shortcoming("to_agency", _("该机关不能接收移送（不是移送主体或已撤并）。"))
        crime = profile.criminal
        if referral.stated.suspected_crime and crime.no_admin_re_referral and referral.to_agency.kind not in JUDICIAL:
            yield Shortcoming("to_agency", _("涉嫌犯罪的案件应当直接移送司法机关，不得移送其他部门。"), crime.clause or "")
        if referral.refiled_from and referral.to_agency not in (before := referral.refiled_from.to_agency, standing_heir(before)):
            yield Shortcoming("to_agency", _("补齐后重新移送只能移送原受移送机关；改送他机关的须报请决定管辖。"), rules.not_ours.clause or "")
        problem = direction_problem(referral.from_agency, referral.to_agency, profile)
        if problem:
            yield Shortcoming("to_agency", problem, rules.name_rule.clause or rules.materials_clause)
    if not says_something(referral.reasons):
        yield Shortcoming("reasons", _("请写明为何认为由对方管辖。"))
    if referral.determined_at is None:
        yield Shortcoming("determined_at", _("请填写认定不属本机关管辖的时间。"))
    elif referral.determined_at > now or (referral.stated.found_at and referral.determined_at < referral.stated.found_at):
        yield Shortcoming("determined_at", _("认定时间须在发现之后、现在之前。"))
    kinds = {k.key for k in rules.kinds}
    if kinds and referral.kind not in kinds:
        yield Shortcoming("kind", _("请选择移送类别。"), rules.materials_clause)
    special = rules.major_difficult
    if special and referral.kind == "major_difficult" and special.from_ == "township" and referral.from_agency.kind not in TOWNSHIP_KINDS:
        yield Shortcoming("kind", _("重大且疑难类只用于属地镇移送市级业务主管部门，请另选移送类别。"), special.clause)
    grounds = {g.key for g in rules.grounds}
    if grounds and referral.ground not in grounds:
        yield Shortcoming("ground", _("请选择移送理由类别。"), rules.materials_clause)


def _force(referral: Referral, profile: Profile, now: dt.datetime) -> Iterator[Shortcoming]:
    begun = referral.prior_notice_at or referral.stated_at
    if not profile.expired_on(timezone.localdate(now)) or (begun and not profile.expired_on(timezone.localdate(begun))):
        # What began under the document runs on under it: its clock does, so its letter may go out.
        return
    option = next((o for o in profile.options if o.key == "after_expiry"), None)
    reading = referral.options.get("after_expiry", option.default if option else "block_new")
    clause = option.clause if option else ""
    if reading == "block_new":
        yield Shortcoming("expired_override", _("规则已过有效期，不再受理新的移送。"), clause)
    elif reading != "keep_active" and not says_something(referral.expired_override):
        yield Shortcoming(
            "expired_override", _("《%(doc)s》已于 %(day)s 届满，仍要移送须写明理由并记录在案。")
            % {"doc": profile.profile.doc_no, "day": profile.profile.effective_to}, clause,
        )  # fmt: skip


def _materials(profile: Profile, materials: list[Material]) -> Iterator[Shortcoming]:
    have = {m.slot for m in materials}
    for wanted in profile.referral.materials:
        # The letter is made by the system from this form.
        if wanted.required and wanted.key not in ("transfer_letter", "facts_statement") and wanted.key not in have:
            yield Shortcoming("materials", _("缺少必备材料：%(name)s。") % {"name": wanted.zh}, profile.referral.materials_clause)


def _before(referral: Referral, profile: Profile) -> Iterator[Shortcoming]:
    rules = profile.referral
    if rules.quality_checklist:
        missing = [item for item in rules.quality_checklist.items if item not in referral.quality_checked]
        if missing:
            yield Shortcoming("quality_checked", _("移送前须逐项核对：%(items)s。") % {"items": "、".join(missing)}, rules.quality_checklist.clause)
    if rules.prior_notice.required and referral.prior_notice_at is None:
        yield Shortcoming("prior_notice", _("发移送函前须先事先通报对方，请先登记通报。"), rules.prior_notice.clause or "")
    found_at = referral.stated.found_at
    if referral.prior_notice_at and found_at and referral.prior_notice_at < found_at:
        yield Shortcoming("found_at", _("发现时间不能晚于已登记的事先通报。"), rules.prior_notice.clause or "")
    special = rules.major_difficult
    if special and referral.kind == "major_difficult" and referral.consent_at is None:
        yield Shortcoming("kind", _("重大且疑难案件须先经市级业务主管部门同意，并报市司法局备案。"), special.clause)
    yield from _still_agreed(referral, profile)
    yield from _beside(referral, profile)


def _still_agreed(referral: Referral, profile: Profile) -> Iterator[Shortcoming]:
    """Notice and consent were about this receiver, party and facts; and there is somebody with whom the case is filed."""
    rules, special = profile.referral, profile.referral.major_difficult
    if rules.prior_notice.required and referral.prior_notice_hash not in ("", agreed_on(referral)):
        yield Shortcoming("prior_notice", _("通报之后移送对象或案情已改，请重新通报。"), rules.prior_notice.clause or "")
    if special is None or referral.kind != "major_difficult":
        return
    if referral.consent_hash not in ("", agreed_on(referral)):
        yield Shortcoming("kind", _("同意之后移送对象或案情已改，须重新征得同意。"), special.clause)
    if not filing_offices(referral, special.filing_to).exists():
        yield Shortcoming("kind", _("重大且疑难案件须报备案，但本地没有登记备案机关（司法局），请系统管理员登记。"), special.clause)


def _beside(referral: Referral, profile: Profile) -> Iterator[Shortcoming]:
    """What lies beside the letter: who is spoken to, and who else is told."""
    rules = profile.referral
    if rules.named_contact.required and not (referral.sender_department.strip() and referral.sender_person.strip()):
        yield Shortcoming("sender_person", _("请填写本机关的联系部门和联系人。"), rules.named_contact.clause or "")
    copied = copies_of(referral)
    ended = [agency.name for agency in copied if not agency.in_being(timezone.localdate())]
    if ended:
        yield Shortcoming("copies", ended_sentence("、".join(ended)))
    if rules.mutual_copy.required:
        missing = [agency.short_name for agency in copies_demanded(referral, profile) if agency not in copied]
        if missing:
            yield Shortcoming(
                "copies", _("案件移送须相互抄告，还须抄送：%(names)s。") % {"names": "、".join(missing)}, rules.mutual_copy.clause or ""
            )
