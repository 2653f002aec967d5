"""What a rule profile may say about referrals, disputes, sharing and joint work."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from deadlines.profile_parts import Clause, Named, Part


class MaterialRule(Named):
    required: bool
    items: tuple[str, ...] = ()
    template: str | None = None


class NameRule(Part):
    clause: Clause | None = None
    only: tuple[str, ...] | str | None = None
    forbid: tuple[Literal["internal_organ", "directly_attached_body", "dispatched_body"], ...] = ()
    unless: str | None = None


class HeadApproval(Part):
    """`role` says whose approval: the agency's head, or any of its leaders."""

    required: bool
    role: Literal["head", "department_head", "department_leader", "leader_in_charge"] | None = None
    clause: Clause | None = None


class Refusal(Part):
    allowed_with: Literal["due_reason", "written_reasons"] | None = None
    addressed: bool | str = True
    clause: Clause | None = None


class NotOurs(Part):
    action: Literal["report_to_government", "open_dispute", "none"]
    decider: str | None = None
    re_referral: Literal["forbidden", "not_addressed"]
    clause: Clause | None = None
    chain: str | None = None


class MajorDifficult(Part):
    from_: str = Field(alias="from")
    consent_of: str
    filing_to: str
    clock_start: str
    clause: Clause


class Legacy(Part):
    require_consultation: bool
    clause: Clause


class Checklist(Part):
    clause: Clause
    items: tuple[str, ...]


class Demand(Part):
    required: bool
    clause: Clause | None = None


class InProgress(Part):
    """A violation that goes on when it is found: it is stopped at once, which the letter says with its time.

    `pictures`: the scene is kept in photographs or films. `tell_competent`: the competent side is told before the letter comes.
    """

    clause: Clause
    pictures: bool = False
    tell_competent: bool = False


class Rectification(Part):
    """Of referrals of this `kind`: the party is told to put it right before the case goes on."""

    kind: str
    clause: Clause


class ReferralRules(Part):
    directions: tuple[str, ...]
    kinds: tuple[Named, ...] = ()
    grounds: tuple[Named, ...] = ()
    letter_title: str = "涉嫌违法案件移送函"
    unapproved_recipient: str | None = None
    prior_notice: Demand = Demand(required=False)
    prior_correction: Demand = Demand(required=False)
    preliminary_investigation: Demand = Demand(required=False)
    one_case_one_referral: Demand = Demand(required=False)
    # Both the place's township and the matter's bureau are told of a referral between others.
    mutual_copy: Demand = Demand(required=False)
    # A contact department and a person are named on either side.
    named_contact: Demand = Demand(required=False)
    name_rule: NameRule
    head_approval: HeadApproval
    quality_checklist: Checklist | None = None
    refusal: Refusal
    not_ours: NotOurs
    legacy: Legacy | None = None
    in_progress: InProgress | None = None
    rectification: tuple[Rectification, ...] = ()
    facts_statement: bool = False
    major_difficult: MajorDifficult | None = None
    materials_clause: Clause
    materials: tuple[MaterialRule, ...]


class ComplaintRules(Part):
    regime: Literal["none", "first_responder"]
    zh: str | None = None
    kinds: tuple[str, ...] = ()
    redirect: dict[str, Any] | None = None
    final_reply_by: str | None = None
    transition_period: dict[str, dt.date | None] | None = None
    department_receives: tuple[str, ...] = ()
    feedback_to_department: bool = False


class Sharing(Part):
    channels: tuple[str, ...]
    categories: tuple[str, ...]


class ScopeApproval(Part):
    scope: str
    clause: Clause
    chain: str


class Operations(Part):
    kinds: tuple[str, ...]
    police_prior_notice: bool = False
    approval_by_scope: tuple[ScopeApproval, ...] = ()
    initiators: tuple[str, ...] = ()
    lead_rule: str | None = None
    plan_items: tuple[str, ...] = ()
    opinion_round: tuple[str, ...] = ()
    filing: dict[str, Any] | None = None
    interim_duty_while_pending: bool = False
    kickoff_meeting_required: bool = False
    township_powers: tuple[str, ...] = ()


class ChainStep(Part):
    step: str | tuple[str, ...]
    act: str
    mode: Literal["all", "any", "all_fields"] | None = None
    principle: str | None = None
    clause: Clause | None = None


class Criminal(Part):
    recipients: tuple[str, ...] | str
    no_fine_instead: bool | str
    reverse_referral: bool = False
    priority_handling: bool = False
    no_admin_re_referral: bool = False
    clause: Clause | None = None
    separate_route: bool = False


class Archives(Part):
    pre_transfer_closed: str | None = None
    pre_transfer_open: dict[str, Any] | None = None
    legacy: str | None = None
