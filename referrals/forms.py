"""Shape of input only: what may be typed where. Rules are in requirements.py and policies.py."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.kinds import PARTY_KINDS, TOWNSHIP_KINDS
from accounts.models import Agency, User
from core.fields import CodeField, LineField, NameField, ProseField
from core.reading import DayField
from deadlines.calendar import SHANGHAI
from deadlines.profile import Profile
from foundation.cases.models import Case, DocumentKind, Matter
from foundation.cases.parties import further_parties
from referrals.decisions import DecisionKind
from referrals.lifecycle import State
from referrals.models import Referral
from referrals.party_rows import PartiesField, PartyForm
from referrals.refusals import RefusalKind

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class Moment(forms.DateTimeField):
    """A Shanghai time to the minute; an ISO time with offset is taken as such."""

    widget = MOMENT

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=MOMENT_FORMATS, **kwargs)

    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        if moment is not None and not 2000 <= moment.year <= 2099:
            raise forms.ValidationError(_("年份须在 2000 至 2099 之间。"))
        return moment

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(SHANGHAI).replace(tzinfo=None, second=0, microsecond=0) if hasattr(value, "astimezone") else value


def text(label: Any, rows: int = 3, limit: int = 4000) -> ProseField:
    return ProseField(label=label, required=False, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}))


def line(label: Any, limit: int = 200, **attrs: Any) -> LineField:
    return LineField(label=label, required=False, max_length=limit, widget=forms.TextInput(attrs=attrs))


class MatterSelect(forms.Select):
    """Each option carries what the page needs to filter by pinyin and to suggest the competent agency."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        matter = getattr(value, "instance", None)
        if matter is not None:
            option["attrs"] |= {"data-pinyin": matter.pinyin, "data-agency": str(matter.competent_id), "data-why": matter.competent_reason}
        return option


class AgencySelect(forms.Select):
    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        agency = getattr(value, "instance", None)
        if agency is not None:
            option["attrs"]["data-pinyin"] = agency.pinyin
        return option


class DraftForm(forms.Form):
    """The whole draft; every field may be empty, what is missing is said when it is sent to the leader."""

    found_at = Moment(label=_("发现时间"), required=False)
    source = forms.ChoiceField(label=_("线索来源"), required=False, choices=[("", "—"), *Case.Source.choices])
    place = line(_("发现地点"))
    township = forms.ModelChoiceField(Agency.objects.none(), label=_("所在镇街"), required=False, empty_label="—")
    ongoing = forms.BooleanField(label=_("违法行为仍在进行"), required=False)
    onsite_measures = text(_("现场已采取的措施"), 2)
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
    facts = text(_("基本违法事实"), 5)
    preliminary_investigation = text(_("初步调查情况"))
    prior_correction = text(_("已采取的纠错、改正等管理措施"), 2)
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
        self.fields["quality_checked"].choices = [(item, item) for item in items]
        for name, unused in (
            ("kind", not rules.kinds), ("ground", not rules.grounds), ("quality_checked", not items),
            ("prior_correction", not rules.prior_correction.required), ("legacy", rules.legacy is None),
            ("legacy_consultation", rules.legacy is None), ("name_exception", not rules.name_rule.unless or not by.agency or not by.agency.parent_id),
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

    def party_rows(self, extra: int = 0) -> list[PartyForm]:
        """The rows of further parties as typed or as kept, and `extra` empty ones, to be shown."""
        if self.is_bound:
            rows = self.fields["further_parties"].widget.value_from_datadict(self.data, None, "further_parties") or []
        else:
            rows = self.initial.get("further_parties", [])
        return [PartyForm(initial=row, prefix=f"further_parties-{number}") for number, row in enumerate([*rows, *[{}] * extra])]

    @staticmethod
    def initial_of(referral: Referral) -> dict[str, Any]:
        from referrals.services.drafting import CASE_FIELDS, LETTER_FIELDS

        kept = {n: getattr(referral.case, n) for n in CASE_FIELDS} | {n: getattr(referral, n) for n in LETTER_FIELDS}
        return kept | {"further_parties": [asdict(party) for party in further_parties(referral.case)]}


class ReasonForm(forms.Form):
    reason = text(_("理由"))


class NotAcceptForm(forms.Form):
    kind = forms.ChoiceField(label=_("不予受理的理由类别"), required=False, choices=[("", "—"), *RefusalKind.choices])
    reasons = text(_("理由"))


class SignForm(forms.Form):
    """Asked only where another case looks the same; one sentence."""

    another_case = text(_("为何是另一案件"), 2, 500)


class ObjectForm(forms.Form):
    reasons = text(_("不属本机关管辖的理由"))
    suggested = forms.ModelChoiceField(Agency.objects.none(), label=_("建议由何机关管辖"), required=False, empty_label="—")

    agencies = ("suggested",)


class NoteForm(forms.Form):
    note = text(_("说明（可不填）"), 2)


class WantedForm(forms.Form):
    wanted = text(_("需要补充哪些材料"))


class DecideForm(forms.Form):
    kind = forms.ChoiceField(label=_("处理决定的种类"), required=False, choices=[("", "—"), *DecisionKind.choices])
    decision = text(_("处理决定"), 4)
    number = line(_("决定书文号"), 60)
    at = Moment(label=_("作出决定的时间"), required=False)


class ExtendForm(forms.Form):
    reason = text(_("延长的理由"))
    until = DayField(label=_("延长至（不填为条款允许的最长）"), required=False)


class PriorNoticeForm(forms.Form):
    to = line(_("通报了对方何人、以何方式"))
    at = Moment(label=_("通报时间"), required=False)


class OnwardForm(forms.Form):
    to = forms.ModelChoiceField(Agency.objects.none(), label=_("受移送机关"), required=False, empty_label="—")

    agencies = ("to",)


class HandlerWordsForm(forms.Form):
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("由何机关管辖"), required=False, empty_label="—")
    words = text(_("意见"))

    agencies = ("handler",)


class ConfirmForm(forms.Form):
    offer = forms.IntegerField(required=False, min_value=1, max_value=10**6, widget=forms.HiddenInput)


class HandlerForm(forms.Form):
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("由何机关管辖"), required=False, empty_label="—")

    agencies = ("handler",)


class DesignateForm(forms.Form):
    handler = forms.ModelChoiceField(Agency.objects.none(), label=_("指定管辖机关"), required=False, empty_label="—")
    reasons = text(_("决定的理由"))

    agencies = ("handler",)


class WordsForm(forms.Form):
    words = text(_("情况"))


class PersonForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("授权给谁"), required=False, empty_label="—")

    people = ("person",)


class ReaderForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("收回谁的授权"), required=False, empty_label="—")

    people = ("person",)


class ContactForm(forms.Form):
    department = line(_("联系部门"), 60)
    person = line(_("联系人"), 40)
    phone = line(_("联系电话"), 40)


class ProgressForm(forms.Form):
    words = text(_("内容"))


class ProgressPageForm(ProgressForm):
    file = forms.FileField(label=_("附件（可不选）"), required=False)


class NothingForm(forms.Form):
    """An act that needs no words."""


def bound_to(form: type[forms.Form], by: Actor, *args: Any, **kwargs: Any) -> forms.Form:
    """The form with its agency choices filled for this actor's jurisdiction."""
    made = form(*args, **kwargs)
    standing = Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=by.jurisdiction_id, kind__in=PARTY_KINDS)
    for name in getattr(form, "agencies", ()):
        made.fields[name].queryset = standing
    for name in getattr(form, "people", ()):
        field = made.fields[name]
        field.queryset = (
            User.objects.filter(holdings__agency__jurisdiction_id=by.jurisdiction_id, holdings__machine=False, is_active=True)
            .distinct()
            .order_by("pk")
        )
        field.label_from_instance = lambda user: user.display_name
    return made


class Chosen(forms.MultipleChoiceField):
    """Several of a list; "all" of a drop-down is sent as an empty one and chooses nothing."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if one]


class Ticked(forms.ChoiceField):
    """A box of a filter: ticked, or not sent. Anything else is no answer and is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, choices=[("on", "on"), ("true", "true"), ("false", "false")], widget=forms.TextInput, **kwargs)


class FilterForm(forms.Form):
    """What a list can be narrowed by; the URL is the state."""

    q = line(_("搜索"), 60, type="search")
    state = Chosen(label=_("状态"), required=False, choices=State.choices)
    phase = forms.ChoiceField(
        label=_("期限"), required=False, choices=[("", _("全部")), ("overdue", _("逾期")), ("was_late", _("曾逾期")), ("due_soon", _("将到期"))]
    )
    agency = forms.IntegerField(label=_("机关"), required=False, min_value=1, max_value=2**62)
    matter = forms.IntegerField(label=_("违法事项"), required=False, min_value=1, max_value=2**62)
    party = line(_("当事人"), 60)
    urgent = Ticked(label=_("紧急"))
    since = DayField(label=_("起"), required=False)
    until = DayField(label=_("止"), required=False)
    refiled = Ticked(label=_("退回后重新移送"))
    updated_since = Moment(label=_("更新自"), required=False)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
