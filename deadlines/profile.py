"""What a rule profile may say: one local document as validated, immutable data. The only place a number of days lives."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

CLAUSE = re.compile(r"^[A-Z]{2,4}-[0-9a-z]+(\.[0-9]+)*(-[a-z]+)*$")
Unit = Literal["workday", "plain_day", "hour", "same_day", "immediate", "timely", "none"]
COUNTED = ("workday", "plain_day", "hour", "same_day")


def _clause(value: str) -> str:
    if not CLAUSE.match(value):
        raise ValueError(f"“{value}” 不是条款编号（例：XC-2.2-c）")
    return value


Clause = Annotated[str, AfterValidator(_clause)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Part):
    key: str
    zh: str


class Header(Named):
    doc_no: str
    issued: dt.date | None = None
    issued_year: int | None = None
    effective_from: dt.date | None = None
    effective_from_basis: str | None = None
    effective_to: dt.date | None = None
    trial: bool = False

    @model_validator(mode="after")
    def ends_after_it_begins(self) -> Header:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to 早于 effective_from")
        return self


class JurisdictionLevel(Part):
    name: str
    zh: str
    tier: Literal["district", "county", "county_level_city"]


class Levels(Part):
    jurisdiction: JurisdictionLevel
    government: Named
    lead_agency: Named | None = None
    departments: Named | None = None
    regulators: Named | None = None
    coordinating_offices: tuple[Named, ...] = ()
    grassroots: Grassroots


class Grassroots(Named):
    enforcement_desk: str | None = None


class Counting(Part):
    start_day_counts: bool = False
    plain_day_mode: Literal["penalty_law_85", "workday", "calendar_day", "n/a"] = "n/a"
    plain_day_rollover: Literal["next_workday", "none", "n/a"] = "n/a"
    penalty_law_85_numbers: tuple[int, ...] = (2, 3, 5, 7)
    backcount_rollover: Literal["prev_workday", "none"] = "prev_workday"
    same_day_on_rest_day: Literal["same_day", "next_workday"] = "same_day"
    hour_clock: Literal["continuous"] = "continuous"
    due_time: Literal["end_of_day"] = "end_of_day"
    missing_year: Literal["provisional"] = "provisional"


class Limit(Part):
    unit: Unit | None = None
    value: int | None = Field(default=None, ge=1, le=400)
    generally: bool = False
    in_principle: bool = False
    same_as: str | None = None

    @model_validator(mode="after")
    def is_whole(self) -> Limit:
        if self.same_as:
            if self.unit or self.value:
                raise ValueError("same_as 不能与 unit、value 同用")
        elif self.unit is None:
            raise ValueError("limit 须有 unit 或 same_as")
        elif (self.unit in ("workday", "plain_day", "hour")) != (self.value is not None):
            raise ValueError(f"单位 {self.unit} 与 value={self.value} 不相配")
        return self


class Urgent(Part):
    unit: Unit | None = None
    value: int | None = Field(default=None, ge=1, le=400)
    form: str | None = None
    action: str | None = None
    then: tuple[str, ...] = ()


class Extension(Part):
    max: int | None = Field(default=None, ge=1, le=400)
    unit: Literal["workday", "plain_day"] | None = None
    semantics: Literal["total", "additional"] | None = None
    prior_notice: bool = False
    reason: bool = True

    @model_validator(mode="after")
    def a_cap_has_a_unit(self) -> Extension:
        if (self.max is None) != (self.unit is None) or (self.max is None) != (self.semantics is None):
            raise ValueError("有上限的延长须同时写明 max、unit、semantics；无上限则三者皆空")
        return self


class ClockRule(Part):
    key: str
    clause: Clause
    actor: str
    to: str | tuple[str, ...]
    trigger: str
    limit: Limit
    urgent: Urgent | None = None
    extension: Extension | None = None
    form: str | None = None
    precondition: str | None = None
    overrides: str | None = None
    applies_to: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    purpose: str | None = None
    mode: str | None = None
    on_failure: str | None = None


class Cadence(Part):
    every: int = Field(ge=1)
    unit: Literal["month"]
    in_principle: bool = False


class Solicitation(Part):
    clause: Clause
    before: int = Field(ge=1)
    unit: Literal["workday", "plain_day"]
    by: str
    approve: tuple[str, ...]
    approve_mode: Literal["all", "any"] = "all"
    approved_topics_sent_to_members: bool = False
    preliminary_coordination: bool = False
    only_unresolved_go_up: bool = False


class Minutes(Part):
    drafted_by: str
    signed_by: str | None


class Meeting(Named):
    clauses: tuple[Clause, ...]
    cadence: Cadence | None = None
    cadence_text: str | None = None
    convener: str | None = None
    attendees: str | None = None
    may_invite: tuple[str, ...] = ()
    agenda_solicitation: Solicitation | None = None
    minutes: Minutes | None = None
    proposer: str | None = None
    approve: tuple[str, ...] = ()
    approve_mode: Literal["all", "any"] = "all"
    series: str | None = None
    ad_hoc: bool = False
    trigger: str | None = None
    with_: str | None = Field(default=None, alias="with")


class Role(Part):
    key: str
    zh: str
    holder: str | None = None
    alternate: str | None = None
    per_agency: int | None = None
    per: str | None = None
    count: int | None = None
    may_equal: str | None = None
    approves: str | None = None
    attends: str | None = None
    with_: str | None = Field(default=None, alias="with")


class Delegation(Part):
    clause: Clause
    to: Named


class Agencies(Part):
    joint_meeting_members: tuple[Named, ...] = ()
    leading_group_members: tuple[Named, ...] = ()
    parties: tuple[Named, ...] = ()
    open_list: bool
    successor_mapping_allowed: bool = False
    delegation: Delegation | None = None


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
    required: bool
    role: str | None = None
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
    name_rule: NameRule
    head_approval: HeadApproval
    quality_checklist: Checklist | None = None
    refusal: Refusal
    not_ours: NotOurs
    legacy: Legacy | None = None
    facts_statement: bool = False
    major_difficult: MajorDifficult | None = None
    materials_clause: Clause
    materials: tuple[MaterialRule, ...]


class ClockBinding(Part):
    """Which clock of this document plays a part in the life of a referral; by_kind where the document has several paths."""

    clock: str | None = None
    by_kind: dict[str, str] = {}


class Lifecycle(Part):
    referral: ClockBinding | None = None
    letter_after_notice: ClockBinding | None = None
    acceptance_reply: ClockBinding | None = None
    result_feedback: ClockBinding | None = None
    supplement_stops_clock: bool = False


class At(Part):
    value: int = Field(ge=1)
    unit: Literal["workday", "hour"]


class Watch(Part):
    """Local settings of the watch, not law: how long before the due date people are told, and what is chased without a limit."""

    day_starts: dt.time = dt.time(8, 30)
    due_soon: At = At(value=1, unit="workday")
    due_soon_hours: int = 4
    due_hours: int = 1
    sign_for: At = At(value=1, unit="workday")
    remind_unnumbered: At = At(value=2, unit="workday")


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


class Criminal(Part):
    recipients: tuple[str, ...] | str
    no_fine_instead: bool | str
    reverse_referral: bool = False
    priority_handling: bool = False
    no_admin_re_referral: bool = False
    separate_route: bool = False


class Archives(Part):
    pre_transfer_closed: str | None = None
    pre_transfer_open: dict[str, Any] | None = None
    legacy: str | None = None


class Option(Part):
    key: str
    default: str | bool | None
    alternatives: tuple[str | bool, ...]
    clause: Clause
    sets: str | None = None
    values: dict[str, Any] = {}

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(_plain(v) for v in (self.default, *self.alternatives))

    def parse(self, text: str) -> Any:
        """The value that `text` names; KeyError if it is none of the default and the alternatives."""
        for value in (self.default, *self.alternatives):
            if _plain(value) == text.strip():
                return self.values.get(_plain(value), value)
        raise KeyError(text)


def _plain(value: str | bool | None) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else value


class Profile(Part):
    """One document. `version` rises with every change; a running clock keeps the version that it started under."""

    schema_version: Literal[1]
    version: int = Field(ge=1)
    profile: Header
    levels: Levels
    counting: Counting
    agencies: Agencies
    roles: tuple[Role, ...]
    meetings: tuple[Meeting, ...]
    clocks: tuple[ClockRule, ...]
    lifecycle: Lifecycle
    watch: Watch = Watch()
    referral: ReferralRules
    complaint: ComplaintRules
    sharing: Sharing
    operations: Operations
    approval_chains: dict[str, tuple[ChainStep, ...]]
    dispute_chains: dict[str, tuple[ChainStep, ...]]
    criminal: Criminal
    archives: Archives
    guards: tuple[str, ...]
    accountability: dict[str, Any] | None = None
    permit_freeze: dict[str, Any] | None = None
    options: tuple[Option, ...]
    agency_labels: dict[str, str] = {}

    def __hash__(self) -> int:
        return hash((self.profile.key, self.version))

    @property
    def short_key(self) -> str:
        return self.profile.key.split("_")[0]

    def clock(self, key: str) -> ClockRule:
        """The clock called `key`; KeyError if this document has none."""
        for rule in self.clocks:
            if rule.key == key:
                return rule
        raise KeyError(key)

    def solicitation(self) -> Solicitation | None:
        return next((m.agenda_solicitation for m in self.meetings if m.agenda_solicitation), None)

    def option(self, key: str) -> Option:
        return next(o for o in self.options if o.key == key)

    def expired_on(self, day: dt.date) -> bool:
        """Whether the document is out of force on `day` (its last day still counts)."""
        return self.profile.effective_to is not None and day > self.profile.effective_to

    def not_yet_on(self, day: dt.date) -> bool:
        return self.profile.effective_from is not None and day < self.profile.effective_from

    @model_validator(mode="after")
    def hangs_together(self) -> Profile:
        keys = [c.key for c in self.clocks]
        if len(set(keys)) != len(keys):
            raise ValueError("clocks 里有重复的 key")
        for rule in self.clocks:
            for other in filter(None, (rule.limit.same_as, rule.overrides)):
                if other not in keys:
                    raise ValueError(f"时限 {rule.key} 引用了不存在的时限 {other}")
        for name in ("referral", "letter_after_notice", "acceptance_reply", "result_feedback"):
            binding: ClockBinding | None = getattr(self.lifecycle, name)
            for key in [binding.clock, *binding.by_kind.values()] if binding else []:
                if key is not None and key not in keys:
                    raise ValueError(f"lifecycle.{name} 引用了不存在的时限 {key}")
        chain = self.referral.not_ours.chain
        if chain and chain not in self.dispute_chains:
            raise ValueError(f"referral.not_ours.chain 引用了不存在的争议程序 {chain}")
        for scope in self.operations.approval_by_scope:
            if scope.chain not in self.approval_chains:
                raise ValueError(f"operations.approval_by_scope 引用了不存在的审批链 {scope.chain}")
        return self


Levels.model_rebuild()
Profile.model_rebuild()
