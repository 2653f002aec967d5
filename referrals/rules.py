"""Which rules a referral stands under, and which of the document's clocks play which part in its life."""

from __future__ import annotations

import datetime as dt

from accounts.actors import Actor
from accounts.kinds import LEADERS, TOWNSHIP_KINDS, AgencyKind, Post
from deadlines.book import Rules, as_pairs, profile_of, rules_of
from deadlines.due import resolve
from deadlines.profile import ClockBinding, Profile
from referrals.models import Referral

# Roles of clocks in a referral's life: the names under which they are started, met, extended and shown.
REFERRAL, LETTER_AFTER_NOTICE, REPLY, RESULT = "referral", "letter_after_notice", "acceptance_reply", "result_feedback"
PENALTY_COPY = "penalty_copy"

# Whom a clock of the handling names as the one who owes it.
ACTORS = {"lead_agency": (AgencyKind.ENFORCEMENT_BUREAU,), "township": TOWNSHIP_KINDS}


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


def penalty_copy_key(referral: Referral) -> str | None:
    """The clock by which the receiver owes the referrer a copy of its penalty decision; None where it is not the one who owes it."""
    key = clock_key(referral, PENALTY_COPY)
    if key is None or referral.to_agency is None:
        return None
    kinds = ACTORS.get(profile_of_referral(referral).clock(key).actor)
    return key if kinds is None or referral.to_agency.kind in kinds else None


def counts_from(referral: Referral) -> str:
    """The field that holds the event from which the duty to refer counts, as the document (and the reading chosen) says; '' for none."""
    key = clock_key(referral, REFERRAL)
    if key is None:
        return ""
    rules = rules_of_referral(referral)
    if referral.kind == "major_difficult" and rules.profile.referral.major_difficult:
        return "consent_at"
    _profile, rule = resolve(profile_of(rules.version.pk), key, as_pairs(rules.options))
    return "found_at" if rule.trigger == "violation_discovered" else "determined_at"


def referral_event(referral: Referral) -> dt.datetime | None:
    """The instant at which the duty to refer began; None where the document has no such clock or the event is not given."""
    name = counts_from(referral)
    if not name:
        return None
    if referral.refiled_from:
        # The duty was met by the first letter; it stands again from the day on which that one came back.
        earlier = referral.refiled_from
        back: dt.datetime | None = earlier.answered_at or earlier.ended_at
        return back
    moment: dt.datetime | None = getattr(referral.stated if name == "found_at" else referral, name)
    return moment


def chain_of(referral: Referral) -> list[tuple[tuple[str, ...], str]]:
    """The dispute chain that 'not ours' opens: ((bodies), act) in order; empty where the document says nothing."""
    profile = profile_of_referral(referral)
    name = profile.referral.not_ours.chain
    if not name:
        return []
    return [((s.step,) if isinstance(s.step, str) else tuple(s.step), s.act) for s in profile.dispute_chains[name]]


def offices_of(referral: Referral) -> tuple[str, ...]:
    """The offices that determine or propose in the dispute chain."""
    return tuple(body for bodies, act in chain_of(referral) if act in ("determine", "propose", "coordinate") for body in bodies)


def is_office(by: Actor, offices: tuple[str, ...]) -> bool:
    """Whether the actor's agency is one of these offices."""
    kinds = {"legislative_affairs_office": "justice_bureau"}
    return by.agency is not None and by.agency.kind in {kinds.get(o, o) for o in offices}


def clause_of_step(referral: Referral, act: str) -> str:
    """The clause behind one act of the dispute chain; that of 'not ours' where the step names none."""
    profile = profile_of_referral(referral)
    chain = profile.dispute_chains.get(profile.referral.not_ours.chain or "", ())
    named = next((s.clause for s in chain if s.act == act and s.clause), None)
    return named or profile.referral.not_ours.clause or ""


# Whose approval a document may ask for before a letter goes out.
HEADS = ("head", "department_head")


def needs_head(referral: Referral) -> bool:
    """Whether the document wants the approval of the agency's head (ZC-2.4.3-p), not just of one of its leaders."""
    approval = profile_of_referral(referral).referral.head_approval
    return approval.required and approval.role in HEADS


def head_may_be_deputised(referral: Referral) -> bool:
    """Whether who deputises for an absent head may approve: only where the document has the option and it is chosen so."""
    option = next((o for o in profile_of_referral(referral).options if o.key == "head_approval_deputy"), None)
    return option is not None and referral.options.get(option.key, option.default) == "allowed"


def signing_posts(referral: Referral) -> tuple[str, ...]:
    """Who is asked to sign this letter."""
    return (Post.HEAD,) if needs_head(referral) else LEADERS


def bound_clause(referral: Referral) -> str:
    """The clause on which a decision of jurisdiction rests."""
    return profile_of_referral(referral).referral.not_ours.clause or ""


def no_onward_clause(profile: Profile) -> str | None:
    """The clause that forbids passing a received case on, or None where the document does not forbid it."""
    not_ours = profile.referral.not_ours
    return not_ours.clause if not_ours.re_referral == "forbidden" else None
