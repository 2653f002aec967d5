"""The draft of a letter as it is typed: shape of input only. Rules are in requirements.py and policies/."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.kinds import PARTY_KINDS, TOWNSHIP_KINDS
from accounts.models import Agency
from core.fields import CodeField, LineField, NameField
from core.reading import DayField
from deadlines.profile import Profile
from foundation.cases.models import Case, DocumentKind, Matter
from foundation.cases.parties import further_parties
from referrals.inputs import AgencySelect, MatterSelect, Moment, line, text
from referrals.models import Referral
from referrals.officer_rows import OfficersField
from referrals.party_rows import PartiesField


class DraftForm(forms.Form):
    """The whole draft; every field may be empty, what is missing is said when it is sent to the leader."""

    found_at = Moment(label=_("发现时间"), required=False)
    source = forms.ChoiceField(label=_("线索来源"), required=False, choices=[("", "—"), *Case.Source.choices])
    place = line(_("发现地点"))
    case_number = line(_("本机关案号"), 60)
    filed_on = DayField(label=_("立案日期"), required=False)
    officers = OfficersField(label=_("执法人员"), required=False)
    township = forms.ModelChoiceField(Agency.objects.none(), label=_("所在镇街"), required=False, empty_label="—")
    ongoing = forms.BooleanField(label=_("违法行为仍在进行"), required=False)
    onsite_measures = text(_("现场已采取的措施"), 2)
    stopped_at = Moment(label=_("采取制止措施的时间"), required=False)
    competent_told_at = Moment(label=_("告知主管一方的时间"), required=False)
    competent_told = line(_("告知了主管一方何人、以何方式"))
    urgent = forms.BooleanField(label=_("情况紧急"), required=False)
    urgent_reason = line(_("紧急理由"))
    party_kind = forms.ChoiceField(label=_("当事人类型"), required=False, choices=[("", "—"), *Case.PartyKind.choices])
    party_name = NameField(label=_("当事人名称或姓名"), required=False, max_length=100)
    party_document = forms.ChoiceField(
        label=_("证件种类"), required=False, choices=[("", _("按号码识别")), *DocumentKind.choices]
    )  # fmt: skip
    party_document_words = LineField(label=_("其他证件的名称"), required=False, max_length=40)
    party_code = CodeField(
        label=_("统一社会信用代码或证件号码"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    party_representative = NameField(label=_("法定代表人（负责人）"), required=False, max_length=100)
    party_sex = forms.ChoiceField(label=_("性别"), required=False, choices=[("", "—"), *Case.Sex.choices])
    party_age = forms.IntegerField(label=_("年龄"), required=False, min_value=0, max_value=150)
    party_address = line(_("住所或住址"))
    party_contact = line(_("联系方式"), 60)
    further_parties = PartiesField(label=_("其他当事人"), required=False)
    matter = forms.ModelChoiceField(Matter.objects.none(), label=_("违法事项"), required=False, empty_label="—", widget=MatterSelect)
    violated_article = line(_("涉嫌违反的条款"))
    facts = text(_("基本违法事实"), 5)
    preliminary_investigation = text(_("初步调查情况"))
    prior_correction = text(_("已采取的纠错、改正等管理措施"), 2)
    rectify_told_on = DayField(label=_("通知当事人改正的日期"), required=False)
    rectify_told = text(_("通知当事人改正的情况"), 2)
    suspected_crime = forms.BooleanField(label=_("涉嫌犯罪"), required=False)
    legacy = forms.BooleanField(label=_("历史遗留问题"), required=False)
    legacy_consultation = text(_("与对方协商的情况"), 2)
    confidentiality = forms.ChoiceField(label=_("保密标注"), required=False, choices=Case.Confidentiality.choices, initial="none")
    to_agency = forms.ModelChoiceField(Agency.objects.none(), label=_("受移送机关"), required=False, empty_label="—", widget=AgencySelect)
    kind = forms.ChoiceField(label=_("移送类别"), required=False)
    ground = forms.ChoiceField(label=_("移送理由类别"), required=False)
    determined_at = Moment(label=_("认定不属本机关管辖的时间"), required=False)
    correction_reason = line(_("更正起算时间、紧急情形或类别的理由"), 400)
    reasons = text(_("认为由对方管辖的理由"))
    copies = forms.ModelMultipleChoiceField(Agency.objects.none(), label=_("抄送机关"), required=False)
    contact = line(_("联系人及电话"), 100)
    sender_department = line(_("联系部门"), 60)
    sender_person = line(_("联系人"), 40)
    sender_phone = line(_("联系电话"), 40)
    name_exception = line(_("以内设（派出）机构名义移送的法律依据"))
    expired_override = line(_("规则已过有效期仍移送的理由"))
    change_reason = line(_("更改案情的理由（本案已有公函发出时填写）"))
    quality_checked = forms.MultipleChoiceField(label=_("移送前核对"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, by: Actor, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=by.jurisdiction_id)
        parties = agencies.filter(kind__in=PARTY_KINDS).exclude(pk=by.agency_id)
        self.fields["to_agency"].queryset = parties
        self.fields["copies"].queryset = agencies.exclude(pk=by.agency_id)
        self.fields["township"].queryset = agencies.filter(kind__in=TOWNSHIP_KINDS)
        self.fields["matter"].queryset = Matter.objects.filter(jurisdiction_id=by.jurisdiction_id).order_by("field", "pk")
        rules = profile.referral
        self.fields["kind"].choices = [("", "—"), *((k.key, k.zh) for k in rules.kinds)]
        self.fields["ground"].choices = [("", "—"), *((g.key, g.zh) for g in rules.grounds)]
        items = rules.quality_checklist.items if rules.quality_checklist else ()
        told = rules.in_progress is not None and rules.in_progress.tell_competent
        self.fields["quality_checked"].choices = [(item, item) for item in items]
        for name, unused in (
            ("kind", not rules.kinds), ("ground", not rules.grounds), ("quality_checked", not items),
            ("prior_correction", not rules.prior_correction.required), ("legacy", rules.legacy is None),
            ("legacy_consultation", rules.legacy is None), ("name_exception", not rules.name_rule.unless or not by.agency or not by.agency.parent_id),
            ("stopped_at", rules.in_progress is None), ("competent_told_at", not told), ("competent_told", not told),
            ("rectify_told_on", not rules.rectification), ("rectify_told", not rules.rectification),
            ("expired_override", profile.profile.effective_to is None),
        ):  # fmt: skip
            if unused:
                del self.fields[name]

    def data_for_service(self) -> dict[str, Any]:
        """What was given, by field: a field that was not submitted keeps what it has."""
        boxes = (forms.BooleanField, forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
        given = {n: v for n, v in self.cleaned_data.items() if n in self.data or isinstance(self.fields[n], boxes)}
        if self.partial:
            given = {n: v for n, v in given.items() if n in self.data}
        if "copies" in given:
            given["copies"] = list(given["copies"])
        for name in ("confidentiality",):
            if given.get(name) == "":
                given[name] = "none"
        return given

    partial = False

    @staticmethod
    def initial_of(referral: Referral) -> dict[str, Any]:
        from referrals.services.drafting import CASE_FIELDS, LETTER_FIELDS

        kept = {n: getattr(referral.case, n) for n in CASE_FIELDS} | {n: getattr(referral, n) for n in LETTER_FIELDS}
        return kept | {"further_parties": [asdict(party) for party in further_parties(referral.case)]}
