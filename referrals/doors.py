"""Each verb's door: the service behind it and the shape of what it needs. Pages, bulk and REST all enter here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals import forms as shapes
from referrals import services
from referrals.correct_form import CorrectFactsForm


@dataclass(frozen=True)
class Door:
    """`done`: what is said after the act; `warn`: what is said before an irreversible one; `main`: the one right thing to do;
    `scope`: what another system's token needs for it."""

    service: Callable[..., Any]
    form: type[forms.Form] = shapes.NothingForm
    done: Any = ""
    warn: Any = ""
    main: bool = False
    danger: bool = False
    # A paper goes out or somebody else is bound: said, with addressee and due date, before a second press does it.
    irreversible: bool = False
    scope: str = "answer"
    # On a page, and by REST as multipart/form-data: where it takes more than JSON can carry (a file).
    page_form: type[forms.Form] | None = None
    # The route of a page of its own, where its fields are too many to stand beside the case.
    page: str = ""


REFERRAL_DOORS: dict[str, Door] = {
    "give_prior_notice": Door(services.give_prior_notice, shapes.PriorNoticeForm, _("已登记事先通报，移送函期限开始计算。"), scope="file"),
    "consent": Door(services.consent_to_referral, shapes.NoteForm, _("已同意移送。"), main=True, irreversible=True),
    "submit": Door(services.submit_referral, done=_("已送领导签发，签发人已收到提醒。"), main=True, scope="file"),
    "return_to_drafter": Door(services.return_referral, shapes.ReasonForm, _("已退回修改，经办人已收到提醒。"), scope="decide"),
    "sign": Door(
        services.sign_referral,
        shapes.SignForm,
        done=_("已签发编号，正在生成公文并送达对方。"),
        warn=_("签发后文号和内容不再改动。"),
        main=True,
        scope="decide",
        irreversible=True,
    ),
    "sign_for": Door(services.sign_for_referral, done=_("已签收。答复期限自送达之日起计算。"), main=True),
    "request_supplement": Door(services.request_supplement, shapes.WantedForm, _("已要求对方补充材料。")),
    "supply_supplement": Door(services.supply_supplement, done=_("已告知对方材料补充完毕。"), main=True, scope="file"),
    "accept": Door(services.accept_referral, shapes.NoteForm, _("已受理，受理告知函已发出，对方已收到提醒。"), main=True, irreversible=True),
    "not_accept": Door(
        services.not_accept_referral,
        shapes.NotAcceptForm,
        _("已告知对方不予受理及理由。"),
        _("告知函发出后不能收回。"),
        danger=True,
        irreversible=True,
    ),
    "object": Door(
        services.object_referral,
        shapes.ObjectForm,
        _("管辖异议已提出：可与对方协商，或由领导签发请示报请决定。"),
        _("提出后不能再直接受理。"),
        danger=True,
        irreversible=True,
    ),
    "refile": Door(services.refile_referral, done=_("已另起一件移送草稿，补齐材料后送签；原件已结束并与之关联。"), main=True, scope="file"),
    "refer_onward": Door(services.refer_onward, shapes.OnwardForm, _("已另起一件移送草稿。"), danger=True, scope="file"),
    "take_back": Door(services.take_back_referral, shapes.ReasonForm, _("已收回自行办理。"), scope="file", irreversible=True),
    "handle": Door(services.handle_referral, done=_("已登记开始办理。"), main=True),
    "decide": Door(
        services.decide_referral, shapes.DecideForm, _("已登记处理决定，结果通报期限开始计算。"), main=True, scope="decide", irreversible=True
    ),
    "report_result": Door(
        services.report_result, done=_("处理结果通报函已发出，对方已收到提醒。"), main=True, irreversible=True, page_form=shapes.ResultForm
    ),
    "remind": Door(services.remind_referral, shapes.NoteForm, _("催办函已发出，对方经办人和领导已收到提醒。"), scope="file", irreversible=True),
    "extend": Door(services.extend_referral, shapes.ExtendForm, _("已延长，延期告知函已发出。"), irreversible=True),
    "release_unscanned": Door(services.release_unscanned, shapes.ReasonForm, _("已放行，理由已记入留痕；查毒程序恢复后仍会补查。"), scope="decide"),
    "grant_reading": Door(services.grant_reading, shapes.PersonForm, _("已授权，该人员可以查看本案。"), scope="share"),
    "take_back_reading": Door(services.take_back_reading, shapes.ReaderForm, _("已收回，该人员不能再查看本案。"), scope="share"),
    "discard": Door(
        services.discard_referral,
        shapes.ReasonForm,
        _("草稿已作废。"),
        _("作废后不能恢复；已起算的期限仍留在记录中。"),
        danger=True,
        scope="file",
        irreversible=True,
    ),
    "withdraw": Door(
        services.withdraw_referral, shapes.ReasonForm, _("已撤回。"), _("撤回后不能恢复。"), danger=True, scope="file", irreversible=True
    ),
    "correct_facts": Door(
        services.correct_facts,
        CorrectFactsForm,
        _("案情已更正：新版本已记入经过，对方已收到提醒；公函仍以签发时的版本为准。"),
        _("更正后对方即可看到，不能收回；公函仍以签发时的版本为准。"),
        scope="decide",
        irreversible=True,
        page="correct-facts",
    ),
    "receipt_filing": Door(services.receipt_filing, done=_("已备案签收。"), main=True),
    "set_contact": Door(services.set_contact, shapes.ContactForm, _("联系人已登记，对方可以看到。")),
    "write_progress": Door(services.write_progress, shapes.ProgressForm, _("已发给对方。"), page_form=shapes.ProgressPageForm),
    "close": Door(services.close_referral, shapes.NoteForm, _("已办结。"), main=True, scope="file", irreversible=True),
}
NOTICE_DOORS: dict[str, Door] = {"receipt_notice": Door(services.receipt_notice, done=_("已签收，对方已收到回执。"), main=True)}
DISPUTE_DOORS: dict[str, Door] = {
    "record_interim_handling": Door(services.record_interim_handling, shapes.WordsForm, _("已登记先予协同处置。")),
    "offer_agreement": Door(services.offer_agreement, shapes.HandlerWordsForm, _("协商意见已送对方。")),
    "confirm_agreement": Door(
        services.confirm_agreement,
        shapes.ConfirmForm,
        done=_("双方协商一致，已按约定办理。"),
        warn=_("同意后对双方有约束力。"),
        main=True,
        irreversible=True,
    ),
    "report": Door(
        services.report_dispute, done=_("请示已签发报送。"), warn=_("签发后请示编号并报送。"), main=True, scope="decide", irreversible=True
    ),
    "determine": Door(services.determine_jurisdiction, shapes.HandlerForm, _("认定意见已登记。"), main=True, scope="decide", irreversible=True),
    "propose": Door(services.propose_designation, shapes.HandlerWordsForm, _("拟办意见已送政府领导。"), main=True, scope="decide"),
    "designate": Door(
        services.designate_agency,
        shapes.DesignateForm,
        _("已指定管辖，批复已编号，期限在被指定机关重新起算。"),
        _("决定对各方有约束力。"),
        main=True,
        scope="decide",
        irreversible=True,
    ),
}
