"""What a rule profile may say: one local document as validated, immutable data. The only place a number of days lives."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field, model_validator

from deadlines.profile_parts import (
    COUNTED,
    Agencies,
    Clause,
    ClockBinding,
    ClockRule,
    Counting,
    Extension,
    Header,
    Levels,
    Lifecycle,
    Limit,
    Meeting,
    Part,
    Role,
    Solicitation,
    Unit,
    Watch,
)  # fmt: skip
from deadlines.profile_referral import Archives, ChainStep, ComplaintRules, Criminal, Operations, ReferralRules, Sharing

__all__ = ["COUNTED", "ClockBinding", "ClockRule", "Extension", "Limit", "Option", "Profile", "Unit"]


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
        for name in ("referral", "letter_after_notice", "acceptance_reply", "result_feedback", "penalty_copy"):
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


Profile.model_rebuild()
