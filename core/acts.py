"""Every act goes through here: a fresh locked row, its state, the policy, the transition, the audit entry, in one transaction.

`act()` does a verb to what is there, `create()` brings a thing into being; nothing else writes the trail of a lifecycle, so what
the trail says somebody did is what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from core import audit, outbox
from core.decisions import Decision, Deny
from core.errors import NotAllowed, NotVisible, Stale, WrongState
from core.etags import etag_of
from core.lifecycle import transitions_that_ran
from core.models import AuditEntry
from core.nouns import internal_of

if TYPE_CHECKING:
    from accounts.actors import Actor

Policy = Callable[[Any, "Actor"], Decision]


@dataclass(frozen=True)
class Action:
    """One verb as a person meets it: may it be done now, and if not, why. The same answer for buttons and for the API."""

    verb: str
    label: str
    allowed: bool
    reason: str = ""
    clause: str = ""


class SomethingElse(RuntimeError):
    """A fault of ours, never of a person's: what the trail would say is not what was done. Everything is rolled back."""


@dataclass
class Performing:
    """What an act adds to its audit entry, and what follows from it in the same transaction once it is written."""

    detail: dict[str, Any] = field(default_factory=dict)
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def then(self, consequence: Callable[[], None]) -> None:
        """`consequence`, an act of its own with its own entry, is done when this one is recorded; if it fails, neither was done."""
        self.afterwards.append(consequence)


def demand(decision: Decision) -> None:
    """Raise NotAllowed with the sentence and the clause unless the answer is yes."""
    if isinstance(decision, Deny):
        raise NotAllowed(decision.reason, decision.clause)


@contextmanager
def act(
    visible: models.QuerySet[Any], pk: object, verb: str, *, by: Actor, may: Policy, if_match: int | None = None
) -> Iterator[tuple[Any, Performing]]:
    """Perform `verb` on one of the rows `visible` to `by`: yields the locked row and what to say in the trail, then saves and records.

    A refusal for want of right is in the trail as well.

    Raises NotVisible, Stale (if_match is not the row's version), WrongState, NotAllowed; nothing is changed then. Raises
    SomethingElse, a fault of ours, where the body did not run the transition that bears the verb's name, or ran another.
    """
    try:
        with _performing(visible, pk, verb, by=by, may=may, if_match=if_match) as performing:
            yield performing
    except NotAllowed as refusal:
        with transaction.atomic():
            kind = visible.model._meta.model_name or ""
            audit.record(kind, pk, f"{kind}.refused", by=by, act=verb, clause=refusal.clause)
        raise


@contextmanager
def _performing(
    visible: models.QuerySet[Any], pk: object, verb: str, *, by: Actor, may: Policy, if_match: int | None
) -> Iterator[tuple[Any, Performing]]:
    with transaction.atomic():
        # The weaker lock: rows that point here (clocks, escalations) may be written meanwhile, so the sweep never waits for an act.
        found = visible.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        if found is None:
            raise NotVisible(_("没有这条记录，或者您看不到它。"))
        thing: Any = found
        if if_match is not None and thing.version != if_match:
            raise _stale(thing, if_match, by)
        if not can_proceed(getattr(thing, verb), check_conditions=False):
            # Someone with no standing learns nothing about the state.
            decision = may(thing, by)
            if isinstance(decision, Deny) and decision.hide:
                raise NotAllowed(decision.reason, decision.clause)
            raise WrongState(wrong_state_sentence(thing, verb, by))
        demand(may(thing, by))
        saying = Performing()
        yield thing, saying
        ran = transitions_that_ran(thing)
        if ran != [verb]:
            raise SomethingElse(f"{thing._meta.model_name}.{verb} was to be done, {ran or 'nothing'} was")
        thing.version += 1
        thing.save()
        _record(thing, verb, by=by, detail=saying.detail)
        for consequence in saying.afterwards:
            consequence()


@contextmanager
def create(thing: models.Model, verb: str, *, by: Actor, allowed: Decision) -> Iterator[Performing]:
    """Bring `thing`, not yet saved, into being as `verb` (one of its BIRTHS): the body fills it and may save it; then it is recorded.

    `allowed`: the policy's answer. Raises NotAllowed; nothing is written then.
    """
    made: Any = thing
    if verb not in made.BIRTHS:
        raise SomethingElse(f"{made._meta.model_name} does not come into being by {verb}")
    demand(allowed)
    with transaction.atomic():
        saying = Performing()
        yield saying
        unknown = made.pk is None
        if unknown:
            made.save()
        ran = transitions_that_ran(made)
        if ran:
            raise SomethingElse(f"{made._meta.model_name}.{verb} was to be done, {ran} was done to it as well")
        _record(made, verb, by=by, detail=saying.detail, first=unknown)


def _record(thing: Any, verb: str, *, by: Actor, detail: dict[str, Any], first: bool = False) -> None:
    """`first`: nobody can have known the row before this very statement, so its chain need not be locked."""
    kind, said = thing._meta.model_name, {"version": thing.version, **detail}
    if first:
        audit.record_first(kind, [(thing.pk, said)], f"{kind}.{verb}", by=by, at=timezone.now())
    else:
        audit.record(kind, thing.pk, f"{kind}.{verb}", by=by, **said)
    if verb not in thing.QUIET:
        outbox.publish(outbox.event_of(thing, verb, by=by))


def _stale(thing: Any, seen: int, by: Actor) -> Stale:
    """What happened since the version seen, from the trail: each act wrote the version it made."""
    entries = AuditEntry.objects.filter(subject_kind=thing._meta.model_name, subject_id=str(thing.pk), detail__version__gt=seen).order_by("seq")
    untold, _states = internal_of(thing, by)
    entries = entries.exclude(verb__in=[f"{thing._meta.model_name}.{verb}" for verb in untold])
    changes = []
    for entry in entries[:50]:
        verb = entry.verb.partition(".")[2]
        changes.append(
            {"version": entry.detail["version"], "verb": verb, "label": str(thing.VERBS.get(verb, verb)), "at": entry.at.isoformat(),
             "agency": entry.agency_name}
        )  # fmt: skip
    sentence = (
        _("这条记录刚被他人改动（现为第 %(now)d 版，您看到的是第 %(seen)d 版），请核对后再办。") if seen >= 0 else _("这条记录已被改动，请重新读取。")
    )
    return Stale(sentence % {"now": thing.version, "seen": seen}, current=etag_of(thing), changes=changes)


def wrong_state_sentence(thing: Any, verb: str, by: Actor) -> str:
    """Why `verb` cannot be done now, naming the state as `by` is told of it."""
    _untold, instead = internal_of(thing, by)
    told = instead.get(thing.state, thing.state)
    name = dict(thing._meta.get_field("state").flatchoices)[told]
    return _("现在的状态是“%(state)s”，不能再“%(verb)s”。") % {"state": name, "verb": thing.VERBS[verb]}


def action_of(verb: str, label: str, decision: Decision) -> Action:
    """One verb with its answer."""
    return Action(verb, label, False, decision.reason, decision.clause) if isinstance(decision, Deny) else Action(verb, label, True)


def actions_on(thing: Any, by: Actor, policies: dict[str, Policy]) -> list[Action]:
    """What `by` may do with `thing` now, in order of life; refused verbs with their reason, irrelevant ones left out."""
    found = []
    for verb, label in thing.VERBS.items():
        if verb not in policies or verb in thing.BY_ANOTHER_ACT or not can_proceed(getattr(thing, verb), check_conditions=False):
            continue
        decision = policies[verb](thing, by)
        if isinstance(decision, Deny):
            if not decision.hide:
                found.append(Action(verb, str(label), False, decision.reason, decision.clause))
        else:
            found.append(Action(verb, str(label), True))
    return found
