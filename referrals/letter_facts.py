"""The facts of a case as sentences of the letter: everything that the draft asks for and another part does not print. Chinese only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from documents.content import contact_note, heading, paragraph, paragraphs
from foundation.cases.models import Case, Material
from foundation.cases.officers import officers_of
from foundation.cases.parties import PartyFacts, parties_of
from referrals.rules import profile_of_referral

if TYPE_CHECKING:
    import datetime as dt

    from referrals.models import Referral

NUMERALS = "一二三四五六七八九十"


def moment_words(moment: dt.datetime) -> str:
    """2026年3月9日9时05分, Shanghai time."""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def party_name(party: PartyFacts) -> str:
    return "当事人待查" if party.kind == Case.PartyKind.UNKNOWN or not party.name else party.name


def party_with_code(party: PartyFacts) -> str:
    """The name, and in brackets the number with what it is called."""
    name, label = party_name(party), party.document_name or "证件"
    label += "" if label.endswith("代码") else "号码"
    return f"{name}（{label}：{party.code}）" if party.code else name


def _particulars(party: PartyFacts) -> list[str]:
    said = [
        ("线索所称", party.name if party_name(party) != party.name else ""),
        ("法定代表人（负责人）", party.representative),
        ("性别", dict(Case.Sex.choices).get(party.sex, "")),
        ("年龄", f"{party.age}岁" if party.age is not None else ""),
        ("住址" if party.kind == Case.PartyKind.PERSON else "住所", party.address),
        ("联系方式", party.contact),
    ]
    return [f"{label}：{value}" for label, value in said if value]


def parties_paragraphs(case: Case) -> list[dict[str, Any]]:
    """Who the parties are. One party is named with its number before; of several each has a paragraph."""
    parties = parties_of(case)
    if len(parties) == 1:
        said = _particulars(parties[0])
        return [paragraph(f"当事人基本情况：{'，'.join(said)}。")] if said else []
    return [
        paragraph(f"当事人{NUMERALS[number] if number < 10 else number + 1}：{'，'.join([party_with_code(party), *_particulars(party)])}。")
        for number, party in enumerate(parties)
    ]


def and_others(case: Case) -> str:
    """等N个当事人, where there are several."""
    number = len(parties_of(case))
    return f"等{number}个当事人" if number > 1 else ""


def own_file(case: Case) -> list[dict[str, Any]]:
    """The sender's own file on it, and the officers who made it."""
    day, number = case.filed_on, f"案号：{case.case_number}" if case.case_number else ""
    filed = f"我单位已于{day.year}年{day.month}月{day.day}日立案" + (f"（{number}）" if number else "") if day else number
    who = "、".join(f"{officer.name}（执法证号：{officer.certificate}）" for officer in officers_of(case))
    return [paragraph(f"{said}。") for said in (filed, f"执法人员：{who}" if who else "") if said]


def _size(number: int) -> str:
    return f"{number / 1024 / 1024:.1f} MB" if number >= 1024 * 1024 else f"{max(1, number // 1024)} KB"


def material_row(slot: str, material: Material) -> list[str]:
    """A line of 移送材料清单: what it is, its paper, and by which the file is known."""
    mark = dict(Material.Original.choices).get(material.original, "")
    return [slot, material.name, str(material.copies or ""), str(material.pages or ""), str(mark), _size(material.size), material.sha256]


def sender_note(contact: str, address: str = "") -> str:
    """附注 of the sender's letters: whom to ask, and where the papers go back to."""
    return "，".join(filter(None, [f"联系人：{contact}" if contact else "", f"地址：{address}" if address else ""]))


def receiver_note(referral: Referral) -> str:
    """附注 of the receiver's letters: the contact it named; empty where it named nobody."""
    if not referral.receiver_person or referral.to_agency is None:
        return ""
    who = " ".join(filter(None, [referral.receiver_department, referral.receiver_person]))
    return contact_note(who, referral.receiver_phone or referral.to_agency.phone)


def circumstances(referral: Referral) -> list[dict[str, Any]]:
    """Why it is urgent, whether it comes from before the reform, and what was agreed on that."""
    case = referral.stated
    said = [*paragraphs(f"情况紧急：{case.urgent_reason}")] if case.urgent and case.urgent_reason else []
    if case.suspected_crime:
        said.append(paragraph("该违法行为涉嫌犯罪。"))
    if case.legacy:
        said.append(paragraph("该案属历史遗留问题。" + ("与你单位协商情况如下。" if case.legacy_consultation else "")))
        said += paragraphs(case.legacy_consultation)
    return said


def measures_taken(case: Case) -> list[dict[str, Any]]:
    """What was done before the letter: on the spot and when, who of the receiver's side was told, how the party was told to put it right."""
    told, day = case.competent_told_at, case.rectify_told_on
    said = [paragraph(f"{moment_words(case.stopped_at)}，我单位采取了制止措施。")] if case.stopped_at else []
    said += paragraphs(case.onsite_measures)
    if told or case.competent_told:
        said.append(paragraph(f"{moment_words(told) + '，' if told else ''}我单位已告知主管一方：{case.competent_told}。"))
    said += paragraphs(case.prior_correction)
    if day or case.rectify_told:
        said.append(paragraph(f"{f'{day.year}年{day.month}月{day.day}日，' if day else ''}我单位已通知当事人改正。"))
    return said + paragraphs(case.rectify_told)


def grounds(referral: Referral) -> list[dict[str, Any]]:
    """Of which kind the referral is, on which ground, since when the sender holds it not to be competent, and what it relies on to write."""
    profile = profile_of_referral(referral)
    kind = {k.key: k.zh for k in profile.referral.kinds}.get(referral.kind, "")
    ground = {g.key: g.zh for g in profile.referral.grounds}.get(referral.ground, "")
    said = [f"{label}：{value}" for label, value in (("移送类别", kind), ("移送理由类别", ground)) if value]
    found = [paragraph("；".join(said) + "。")] if said else []
    if referral.determined_at:
        found.append(paragraph(f"{moment_words(referral.determined_at)}，我单位认定该案不属我单位管辖。"))
    if referral.name_exception:
        found.append(paragraph(f"以{referral.from_agency.name}名义移送的法律依据：{referral.name_exception}。"))
    if referral.expired_override:
        found.append(paragraph(f"《{profile.profile.zh}》（{profile.profile.doc_no}）有效期届满后仍移送的理由：{referral.expired_override}。"))
    return found


def grounds_section(number: str, referral: Referral) -> list[dict[str, Any]]:
    return [heading(f"{number}、移送理由"), *grounds(referral), *paragraphs(referral.reasons)]
