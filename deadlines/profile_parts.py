"""The building blocks of a rule profile: who there is, how days are counted, clocks, meetings."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from core.text import clean_prose, cleaned_throughout

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

    @field_validator("*", mode="before")
    @classmethod
    def cleaned(cls, value: object) -> object:
        return cleaned_throughout(value, clean_prose)


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


class Grassroots(Named):
    enforcement_desk: str | None = None


class Levels(Part):
    jurisdiction: JurisdictionLevel
    government: Named
    lead_agency: Named | None = None
    departments: Named | None = None
    regulators: Named | None = None
    coordinating_offices: tuple[Named, ...] = ()
    grassroots: Grassroots


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


class ClockBinding(Part):
    """Which clock of this document plays a part in the life of a referral; by_kind where the document has several paths."""

    clock: str | None = None
    by_kind: dict[str, str] = {}


class Lifecycle(Part):
    referral: ClockBinding | None = None
    letter_after_notice: ClockBinding | None = None
    acceptance_reply: ClockBinding | None = None
    result_feedback: ClockBinding | None = None
    penalty_copy: ClockBinding | None = None
    supplement_stops_clock: bool = False


class At(Part):
    value: int = Field(ge=1)
    unit: Literal["workday", "hour"]


class Workdays(Part):
    value: int = Field(ge=1, le=400)
    unit: Literal["workday"] = "workday"


class Watch(Part):
    """Local settings of the watch, not law: how long before the due date people are told, and what is chased without a limit."""

    day_starts: dt.time = dt.time(8, 30)
    due_soon: At = At(value=1, unit="workday")
    due_soon_hours: int = 4
    due_hours: int = 1
    remind_unnumbered: At = At(value=2, unit="workday")
    # A draft without a stated event is tidied away when nobody touched it for so long; its owner is told so long before.
    draft_kept: Workdays = Workdays(value=60)
    draft_notice: Workdays = Workdays(value=5)

    @model_validator(mode="after")
    def the_notice_comes_first(self) -> Watch:
        if self.draft_notice.value >= self.draft_kept.value:
            raise ValueError("draft_notice 须短于 draft_kept")
        return self
