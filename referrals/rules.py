"""Which rules a referral stands under, and which of the document's clocks play which part in its life."""

from __future__ import annotations

import datetime as dt

from accounts.kinds import AgencyKind
from deadlines.book import Rules, as_pairs, profile_of, rules_of
from deadlines.due import resolve
from deadlines.profile import ClockBinding, Profile
from referrals.models import Referral

# Roles of clocks in a referral's life: the names under which they are started, met, extended and shown.
REFERRAL, LETTER_AFTER_NOTICE, REPLY, RESULT = "referral", "letter_after_notice", "acceptance_reply", "result_feedback"


def rules_of_referral(referral: Referral) -> Rules:
    """The rules that this referral started under; no query when version_of_rules is loaded."""
    return rules_of(referral.version_of_rules, referral.options)


def profile_of_referral(referral: Referral) -> Profile:
    return rules_of_referral(referral).profile


def clock_key(referral: Referral, role: str) -> str | None:
    """The document's clock for `role`, or None where it has none."""
    binding: ClockBinding | None = getattr(profile_of_referral(referral).lifecycle, role)
    if binding is None:
        return None
    if binding.by_kind:
        return binding.by_kind.get(referral.kind) or _kind_of_sender(referral, binding)
    return binding.clock


def _kind_of_sender(referral: Referral, binding: ClockBinding) -> str | None:
    if referral.from_agency.kind == AgencyKind.ENFORCEMENT_BUREAU:
        return binding.by_kind.get("by_enforcement")
    return None


def referral_event(referral: Referral) -> dt.datetime | None:
    """The instant at which the duty to refer began, as the document (and the reading chosen) says."""
    key = clock_key(referral, REFERRAL)
    if key is None:
        return None
    rules = rules_of_referral(referral)
    if referral.refiled_from:
        # The duty was met by the first letter; it stands again from the day on which that one came back.
        earlier = referral.refiled_from
        return earlier.answered_at or earlier.ended_at
    if referral.kind == "major_difficult" and rules.profile.referral.major_difficult:
        return referral.consent_at
    _profile, rule = resolve(profile_of(rules.version.pk), key, as_pairs(rules.options), referral.stated.urgent)
    return referral.stated.found_at if rule.trigger == "violation_discovered" else referral.determined_at


def chain_of(referral: Referral) -> list[tuple[tuple[str, ...], str]]:
    """The dispute chain that 'not ours' opens: ((bodies), act) in order; empty where the document says nothing."""
    profile = profile_of_referral(referral)
    name = profile.referral.not_ours.chain
    if not name:
        return []
    return [((s.step,) if isinstance(s.step, str) else tuple(s.step), s.act) for s in profile.dispute_chains[name]]


def clause_of_step(referral: Referral, act: str) -> str:
    """The clause behind one act of the dispute chain; that of 'not ours' where the step names none."""
    profile = profile_of_referral(referral)
    chain = profile.dispute_chains.get(profile.referral.not_ours.chain or "", ())
    named = next((s.clause for s in chain if s.act == act and s.clause), None)
    return named or profile.referral.not_ours.clause or ""


def no_onward_clause(profile: Profile) -> str | None:
    """The clause that forbids passing a received case on, or None where the document does not forbid it."""
    not_ours = profile.referral.not_ours
    return not_ours.clause if not_ours.re_referral == "forbidden" else None
