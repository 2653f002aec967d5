"""The acts on cases, referrals and disputes: the only way to change anything. One function a verb."""

from referrals.services.answering import (
    accept_referral,
    not_accept_referral,
    object_referral,
    refer_onward,
    request_supplement,
    sign_for_referral,
    supply_supplement,
)
from referrals.services.consent import receipt_filing
from referrals.services.correcting import correct_facts
from referrals.services.discarding import discard_referral
from referrals.services.disputes import (
    confirm_agreement,
    designate_agency,
    designate_silent_referral,
    determine_jurisdiction,
    offer_agreement,
    propose_designation,
    record_interim_handling,
    report_dispute,
)
from referrals.services.drafting import consent_to_referral, give_prior_notice, save_draft, start_draft, submit_referral
from referrals.services.handling import (
    close_referral,
    decide_referral,
    extend_referral,
    handle_referral,
    report_result,
    take_back_referral,
    withdraw_referral,
)
from referrals.services.materials import attach_material, describe_material, remove_material
from referrals.services.notices import receipt_notice
from referrals.services.progress import set_contact, write_progress
from referrals.services.readers import grant_reading, take_back_reading
from referrals.services.refiling import refile_referral
from referrals.services.releasing import release_unscanned
from referrals.services.reminding import remind_referral
from referrals.services.signing import deliver_referral, return_referral, sign_referral

__all__ = [
    "accept_referral",
    "attach_material",
    "close_referral",
    "confirm_agreement",
    "consent_to_referral",
    "correct_facts",
    "decide_referral",
    "deliver_referral",
    "describe_material",
    "designate_agency",
    "designate_silent_referral",
    "determine_jurisdiction",
    "discard_referral",
    "extend_referral",
    "give_prior_notice",
    "grant_reading",
    "handle_referral",
    "not_accept_referral",
    "object_referral",
    "offer_agreement",
    "propose_designation",
    "receipt_filing",
    "receipt_notice",
    "record_interim_handling",
    "refer_onward",
    "refile_referral",
    "release_unscanned",
    "remind_referral",
    "remove_material",
    "report_dispute",
    "report_result",
    "request_supplement",
    "return_referral",
    "save_draft",
    "set_contact",
    "sign_for_referral",
    "sign_referral",
    "start_draft",
    "submit_referral",
    "supply_supplement",
    "take_back_reading",
    "take_back_referral",
    "withdraw_referral",
    "write_progress",
]  # fmt: skip
