"""Who may do what, one function a verb: Allow, or Deny with a sentence and the clause. The state is checked by the act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.actors import Actor
from core.decisions import Decision
from referrals.policies.answering import (
    may_accept,
    may_not_accept,
    may_object,
    may_refer_onward,
    may_request_supplement,
    may_sign_for,
    may_supply_supplement,
)
from referrals.policies.disputes import (
    may_confirm_agreement,
    may_designate,
    may_designate_silent,
    may_determine,
    may_offer_agreement,
    may_propose,
    may_record_interim_handling,
    may_redirect,
    may_report,
    may_settle_by_offices,
)
from referrals.policies.drafting import may_discard, may_refile, may_save_draft, may_submit
from referrals.policies.handling import may_close, may_decide, may_handle, may_report_result, may_take_back, may_withdraw
from referrals.policies.limits import may_extend, may_remind
from referrals.policies.notices import may_consent, may_give_prior_notice, may_receipt_filing, may_receipt_notice, may_void_notice
from referrals.policies.progress import may_set_contact, may_write_progress
from referrals.policies.readers import may_grant_reading, may_take_back_reading
from referrals.policies.scanning import may_release_unscanned
from referrals.policies.signing import may_correct_facts, may_deliver, may_note_newer_version, may_return_to_drafter, may_sign
from referrals.policies.succession import may_pass_on

NOTICE_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {"receipt_notice": may_receipt_notice, "void_notice": may_void_notice}

REFERRAL_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {
    "save_draft": may_save_draft,
    "give_prior_notice": may_give_prior_notice,
    "consent": may_consent,
    "submit": may_submit,
    "return_to_drafter": may_return_to_drafter,
    "sign": may_sign,
    "deliver": may_deliver,
    "sign_for": may_sign_for,
    "request_supplement": may_request_supplement,
    "supply_supplement": may_supply_supplement,
    "accept": may_accept,
    "not_accept": may_not_accept,
    "object": may_object,
    "designate_silent": may_designate_silent,
    "refer_onward": may_refer_onward,
    "refile": may_refile,
    "redirect": may_redirect,
    "take_back": may_take_back,
    "handle": may_handle,
    "decide": may_decide,
    "report_result": may_report_result,
    "remind": may_remind,
    "extend": may_extend,
    "grant_reading": may_grant_reading,
    "take_back_reading": may_take_back_reading,
    "discard": may_discard,
    "withdraw": may_withdraw,
    "close": may_close,
    "correct_facts": may_correct_facts,
    "note_newer_version": may_note_newer_version,
    "receipt_filing": may_receipt_filing,
    "set_contact": may_set_contact,
    "write_progress": may_write_progress,
    "release_unscanned": may_release_unscanned,
    "pass_on": may_pass_on,
    "unite": may_pass_on,
}
SYSTEM_ONLY = ("deliver", "redirect", "note_newer_version", "pass_on", "unite")

DISPUTE_SYSTEM_ONLY = ("settle_by_offices",)
DISPUTE_POLICIES: dict[str, Callable[[Any, Actor], Decision]] = {
    "record_interim_handling": may_record_interim_handling,
    "offer_agreement": may_offer_agreement,
    "confirm_agreement": may_confirm_agreement,
    "report": may_report,
    "determine": may_determine,
    "propose": may_propose,
    "designate": may_designate,
    "settle_by_offices": may_settle_by_offices,
    "unite": may_pass_on,
}
