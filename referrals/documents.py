"""The words of each official document on a referral: object in, plain data out. No text here is ever compiled as a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

from deadlines.models import Clock, ClockExtension
from documents.content import contact_note, heading, paragraph, paragraphs, words
from foundation.cases.models import Case, Material
from foundation.cases.parties import first_party
from referrals.decisions import DecisionKind
from referrals.letter_facts import (
    and_others,
    circumstances,
    grounds_section,
    material_row,
    measures_taken,
    own_file,
    parties_paragraphs,
    party_name,
    party_with_code,
    receiver_note,
    sender_note,
)
from referrals.models import Dispute, Referral
from referrals.rules import penalty_copy_key, profile_of_referral

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from accounts.actors import Actor
    from accounts.models import Agency

REFERRAL_LETTER = "referral_letter"
ACCEPTANCE_NOTICE = "referral_acceptance_notice"
NON_ACCEPTANCE_NOTICE = "referral_non_acceptance_notice"
JURISDICTION_REQUEST = "jurisdiction_request"
JURISDICTION_DECISION = "jurisdiction_decision"
RESULT_NOTICE = "referral_result_notice"
EXTENSION_NOTICE = "extension_notice"
PRIOR_NOTICE = "prior_notice"
REMINDER_LETTER = "reminder_letter"
SECRECY = {Case.Confidentiality.WORK: "工作秘密", Case.Confidentiality.TRADE: "内部", Case.Confidentiality.PRIVACY: "内部"}


# A document is in Chinese whatever language its signer reads the pages in.
IN_CHINESE = translation.override("zh-hans")


def _day(moment: dt.datetime | None) -> str:
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日"


def _moment(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{_day(moment)}{local.hour}时{local.minute:02d}分"


def _party(case: Case) -> str:
    return party_name(first_party(case))


def unbroken_names(case: Case, *agencies: Agency | None) -> list[str]:
    """What a line of a title must not break."""
    return [_party(case), case.matter.name if case.matter else "", *(agency.name for agency in agencies if agency)]


def case_words(case: Case) -> str:
    """Who is suspected of what, as a title has it."""
    matter = case.matter.name if case.matter else "涉嫌违法"
    return f"{_party(case)}{and_others(case)}涉嫌{matter}"


def _basis(referral: Referral) -> str:
    header = profile_of_referral(referral).profile
    return f"《{header.zh}》（{header.doc_no}）"


@IN_CHINESE
def referral_letter(referral: Referral, materials: list[Material], copies: list[Agency], *, reply: str) -> dict[str, Any]:
    """涉嫌违法案件移送（移交）函, with the list of materials and the return receipt as sheets."""
    case, profile = referral.stated, profile_of_referral(referral)
    assert referral.to_agency is not None
    assert case.found_at is not None
    slots = {m.key: m.zh for m in profile.referral.materials}
    who = party_with_code(first_party(case)) + and_others(case)
    body = [
        paragraph(f"我单位在工作中发现{who}涉嫌{case.matter.name if case.matter else '违法'}。经初步调查，认为该案不属我单位管辖，"
                  f"依照{_basis(referral)}的规定，现移送你单位处理。有关情况如下。"),
        *parties_paragraphs(case),
        heading("一、案件来源"),
        paragraph(f"{_moment(case.found_at)}，我单位{case.get_source_display()}中，在{case.place}"
                  f"{'（' + case.township.name + '辖区）' if case.township else ''}发现上述线索。"
                  f"{'违法行为仍在进行。' if case.ongoing else ''}"),
        *own_file(case),
        *circumstances(referral),
        heading("二、基本违法事实"),
        *paragraphs(case.facts),
    ]  # fmt: skip
    if case.preliminary_investigation:
        body += [paragraph("初步调查情况："), *paragraphs(case.preliminary_investigation)]
    taken = measures_taken(case)
    if taken:
        body += [heading("三、已采取的措施"), *taken]
    number = "四" if taken else "三"
    body += [*grounds_section(number, referral), *_received_with(referral)]
    if case.violated_article:
        body.append(paragraph(f"上述行为涉嫌违反：{case.violated_article}。"))
    if case.matter is not None:
        body.append(paragraph(f"相关法律依据：{case.matter.basis}。"))
    body.append(paragraph("请按规定时限告知是否受理，并将处理结果书面通报我单位。"))
    rows = [material_row(slots.get(m.slot, "其他材料"), m) for m in materials]
    return words(
        profile.referral.letter_title, referral.to_agency.name, body,
        attachments=["移送材料清单", "签收回执"], note=sender_note(referral.letter_contact, referral.from_agency.address),
        copies=[a.name for a in copies], urgency="特急" if case.urgent else "", secrecy=SECRECY.get(case.confidentiality, ""),
        materials=rows, receipt={"case": case_words(case), "reply": reply},
    )  # fmt: skip


def _received_with(referral: Referral) -> list[dict[str, str]]:
    """Of a case that is passed on: whose it was, and that sender's own words, beside those of the agency that passes it on."""
    first = referral.onward_from
    if first is None:
        return []
    number = f"（{first.number}）" if first.number else ""
    found = [paragraph(f"该案由{first.from_agency.name}于{_day(first.signed_at)}移送我单位{number}。")]
    if first.stated.facts.strip() != referral.stated.facts.strip():
        found += [paragraph(f"{first.from_agency.name}原述事实："), *paragraphs(first.stated.facts)]
    return found


def acceptance_notice(referral: Referral) -> dict[str, Any]:
    """受理告知函."""
    body = [
        paragraph(f"你单位移送的{case_words(referral.stated)}一案（{referral.number}）收悉。经审查，该案属我单位管辖，"
                  f"依照{_basis(referral)}的规定，我单位决定受理，将依法办理并把处理结果书面通报你单位。"),
        *paragraphs(referral.answer_reasons),
        paragraph("特此告知。"),
    ]  # fmt: skip
    return words(
        f"关于受理{case_words(referral.stated)}案的告知函",
        referral.from_agency.name,
        body,
        names=unbroken_names(referral.stated),
        note=receiver_note(referral),
    )


def non_acceptance_notice(referral: Referral) -> dict[str, Any]:
    """不予受理告知函, with reasons."""
    body = [
        paragraph(f"你单位移送的{case_words(referral.stated)}一案（{referral.number}）收悉。经审查，我单位决定不予受理，理由如下："),
        *paragraphs(referral.answer_reasons),
        paragraph("特此告知。"),
    ]
    return words(
        f"关于不予受理{case_words(referral.stated)}案的告知函",
        referral.from_agency.name,
        body,
        names=unbroken_names(referral.stated),
        note=receiver_note(referral),
    )


def jurisdiction_request(dispute: Dispute, by: Actor, addressee: str) -> dict[str, Any]:
    """关于……管辖争议的请示: one matter, one authority."""
    referral = dispute.referral
    receiver = referral.to_agency.name if referral.to_agency else ""
    body = [
        paragraph(f"{referral.from_agency.name}于{_day(referral.signed_at)}以{referral.number}将{case_words(referral.stated)}一案移送{receiver}。"
                  "双方对该案管辖有不同意见，现报请决定。"),
        heading("一、案件基本情况"),
        *paragraphs(referral.stated.facts),
        heading("二、双方意见"),
        paragraph(f"{referral.from_agency.name}认为：{referral.reasons.strip()}"),
        paragraph(f"{dispute.opened_by.name}认为：{dispute.reasons.strip()}"),
    ]  # fmt: skip
    if dispute.interim_handling:
        body += [heading("三、先予协同处置情况"), *paragraphs(dispute.interim_handling)]
    if dispute.suggested is not None:
        body.append(paragraph(f"建议由{dispute.suggested.name}管辖。"))
    body.append(paragraph("妥否，请批示。"))
    title, names = f"关于{case_words(referral.stated)}案管辖争议的请示", unbroken_names(referral.stated)
    return words(title, addressee, body, names=names, signer=by.name, note=_request_contact(referral, by))


def _request_contact(referral: Referral, by: Actor) -> str:
    """Whom the government may ask: the clerk who has the case at the agency that asks, not the leader who signs."""
    if by.of(referral.from_agency_id) and _asked_now(referral):
        return sender_note(_asked_now(referral))
    return receiver_note(referral) or contact_note(by.name, by.agency.phone if by.agency else "")


def _note_of(referral: Referral, agency_id: int) -> str:
    return sender_note(_asked_now(referral)) if agency_id == referral.from_agency_id else receiver_note(referral)


def _asked_now(referral: Referral) -> str:
    """Whom the sender names today, which may be somebody else than the letter bears."""
    return referral.named_contact if referral.sender_person else referral.letter_contact


def jurisdiction_decision(dispute: Dispute, issuer: Agency) -> dict[str, Any]:
    """指定管辖的批复."""
    referral, handler = dispute.referral, dispute.handler
    assert handler is not None
    parties = [referral.from_agency.name, referral.to_agency.name if referral.to_agency else ""]
    body = [
        paragraph(f"关于{case_words(referral.stated)}一案管辖争议的请示收悉。经研究，批复如下："),
        paragraph(f"一、该案由{handler.name}管辖。"),
        *paragraphs(f"二、{dispute.decision}"),
        paragraph(f"三、{handler.name}应当自本批复送达之日起按规定时限办理，不得再行移送。"),
    ]
    return words(
        f"关于指定{case_words(referral.stated)}案管辖的批复",
        "、".join(dict.fromkeys([*filter(None, parties), handler.name])),
        body,
        names=unbroken_names(referral.stated, handler),
        note=contact_note(dispute.proposed_by, issuer.phone) if dispute.proposed_by else "",
    )


def result_notice(referral: Referral, enclosed: Sequence[str] = ()) -> dict[str, Any]:
    """处理结果通报函, with the names of the papers that go along."""
    number = f"（{referral.decision_number}）" if referral.decision_number else ""
    copied = referral.decision_kind == DecisionKind.PENALTY and penalty_copy_key(referral)
    body = [
        paragraph(f"你单位移送的{case_words(referral.stated)}一案（{referral.number}），我单位已于{_day(referral.decided_at)}作出处理决定{number}。"
                  "现将处理结果通报如下："),
        *paragraphs(referral.decision),
        *([paragraph("现将该行政处罚决定一并抄告你单位。")] if copied else []),
        paragraph("特此通报。"),
    ]  # fmt: skip
    return words(
        f"关于{case_words(referral.stated)}案处理结果的通报函",
        referral.from_agency.name,
        body,
        names=unbroken_names(referral.stated),
        attachments=list(enclosed),
        note=receiver_note(referral),
    )


def prior_notice(referral: Referral) -> dict[str, Any]:
    """移送事先通报: that a case is going to come, about whom and what, and no more of the draft than that."""
    assert referral.to_agency is not None
    body = [
        paragraph(f"我单位在工作中发现{case_words(referral.stated)}，认为该案由你单位管辖，拟移送你单位处理。"
                  f"依照{_basis(referral)}的规定，现事先通报。移送函及有关材料、证据将按规定时限发出。"),
        paragraph("特此通报。"),
    ]  # fmt: skip
    return words(
        f"关于拟移送{case_words(referral.stated)}案的事先通报",
        referral.to_agency.name,
        body,
        names=unbroken_names(referral.stated),
        note=sender_note(referral.letter_contact),
    )


def extension_notice(referral: Referral, clock: Clock, extension: ClockExtension, counterpart: Agency) -> dict[str, Any]:
    """延期告知函."""
    from deadlines.labels import clock_label

    what = f"{case_words(referral.stated)}一案" + (f"（{referral.number}）" if referral.number else "")
    body = [
        paragraph(f"{what}的{clock_label(clock.key)}，原应于{_day(extension.old_due_at)}前办理。因下列原因，依照{_basis(referral)}"
                  f"的规定，延长至{_day(extension.new_due_at)}。"),
        *paragraphs(extension.reason),
        paragraph("特此告知。"),
    ]  # fmt: skip
    return words(
        f"关于{case_words(referral.stated)}案延期的告知函",
        counterpart.name,
        body,
        names=unbroken_names(referral.stated),
        note=_note_of(referral, clock.holder_id),
    )


@IN_CHINESE
def reminder_letter(referral: Referral, passed: list[Clock], note: str, now: dt.datetime) -> dict[str, Any]:
    """催办函: what the receiver owes, since when; a limit of the rules and a local hint are told apart."""
    from deadlines.labels import clock_label

    assert referral.to_agency is not None
    body = [
        paragraph(f"我单位于{_day(referral.delivered_at)}将{case_words(referral.stated)}一案移送你单位（{referral.number}）。"
                  f"截至{_day(now)}，下列事项尚未办理："),
    ]  # fmt: skip
    for clock in passed:
        if clock.due_at is not None:
            ground = "规定期限" if clock.escalates else "本地提示时间"
            body.append(paragraph(f"{clock_label(clock.key)}：{ground}为{_day(clock.due_at)}。"))
    body += paragraphs(note)
    body.append(paragraph(f"请你单位依照{_basis(referral)}抓紧办理，并将办理情况书面告知我单位。"))
    return words(
        f"关于催办{case_words(referral.stated)}案的函", referral.to_agency.name, body,
        names=unbroken_names(referral.stated), note=sender_note(_asked_now(referral)),
    )  # fmt: skip
