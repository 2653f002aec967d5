"""The nouns: what acts are done to (移送, 管辖争议, 督办事项), each declared once, by the app that owns it.

The watch, events, the trail, timelines and pages read the nouns from here and spell none of them. Declared in the app's `ready()`;
what is declared by halves does not start.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.urls import reverse

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from accounts.actors import Actor
    from core.acts import Policy

# The tones of a state's label, as the style sheet has them.
TONES = ("plain", "blue", "amber", "green", "red")
Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Stage:
    """One state: the tone of its label, whose turn it is, and what each side does next.

    `turn`: the sides on whose desk it lies. `does`: by side, the next thing to do; a side without words waits for the others.
    """

    tone: str
    turn: tuple[str, ...] = ()
    does: Mapping[str, StrPromise] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """How one row is called to people, and the address of its page. `out`: it may be named outside the agency that it belongs to."""

    title: str
    page: str
    number: str = ""
    out: bool = True

    @property
    def words(self) -> str:
        return f"{self.title}（{self.number}）" if self.number else self.title


@dataclass(frozen=True)
class Hanging:
    """Something that hangs on a row of another noun, as a reader of that row sees it.

    `words`: what it comes to. `told`: its own page and papers are open to the reader. `shut`: its internal acts are not.
    """

    thing: Any
    words: str
    page: str
    told: bool
    shut: bool

    @property
    def subject(self) -> tuple[str, int]:
        return self.thing._meta.model_name, self.thing.pk


def _nothing_shut(_by: Actor, _ids: set[int]) -> set[int]:
    return set()


@dataclass(frozen=True)
class Noun:
    """One noun, as every room that is not its own sees it. Rows are named by their numbers (`ids`).

    `name`: what it is called. `visible_to`: the one query of who may see it. `policies`: who may do each verb. `stages`: by state.
    `told`: how rows are called, whoever may see them: for the system's own messages. `in_district`: the rows of a jurisdiction.
    `seat_overseers`: give overseeing agencies, as (row, agency), a seat from a moment (aware) on; without it they
    read its escalations alone. `internal`: the acts that nobody hears of whom `shut_to` names the row for; `internal_states`: what state
    they are told instead.

    `papers`: the route of a document of a row (row, document). `in_letters`: how a letter calls a row, and the names in it that no
    line breaks. `designate`: settle for whom it is where its handler keeps silent. `hangs_on`: what of this noun hangs on a row
    (kind, id) of another, for a reader. `named`: a row of another noun may be named outside from now on; gives the agencies that
    were waiting to read it.
    """

    model: type[models.Model]
    name: StrPromise
    visible_to: Callable[[Actor], models.QuerySet[Any]]
    policies: Mapping[str, Policy]
    stages: Mapping[str, Stage]
    told: Callable[[Iterable[int]], dict[int, Told]]
    in_district: Callable[[int | None], models.QuerySet[Any]]
    seat_overseers: Callable[[Pairs, dt.datetime], None] | None = None
    internal: frozenset[str] = frozenset()
    internal_states: Mapping[str, str] = field(default_factory=dict)
    shut_to: Callable[[Actor, set[int]], set[int]] = _nothing_shut
    papers: str = ""
    in_letters: Callable[[int], tuple[str, list[str]]] | None = None
    designate: Callable[..., Any] | None = None
    hangs_on: Callable[[str, int, Actor], list[Hanging]] | None = None
    named: Callable[[str, int, Told], list[int]] | None = None

    @property
    def kind(self) -> str:
        """Its name in trail, events, clocks and documents."""
        return self.model._meta.model_name or ""

    @property
    def verbs(self) -> dict[str, StrPromise]:
        """Every verb with what it is called, births first."""
        lifecycle: Any = self.model
        return {**lifecycle.BIRTHS, **lifecycle.VERBS}


_DECLARED: dict[str, Noun] = {}


def declare(noun: Noun) -> None:
    """Called once for each noun, in its app's `ready()`. Raises ImproperlyConfigured where something of it is missing."""
    wrong = list(_missing(noun))
    if wrong:
        raise ImproperlyConfigured(f"the noun {noun.kind} is declared by halves: {'; '.join(wrong)}")
    _DECLARED[noun.kind] = noun


def _missing(noun: Noun) -> Iterator[str]:
    lifecycle: Any = noun.model
    state = lifecycle._meta.get_field("state")
    known = _DECLARED.get(noun.kind)
    if known is not None and known.model is not noun.model:
        yield "another noun has this name"
    runs = {transition.name for transition in state.get_all_transitions(lifecycle)}
    for verb in sorted(runs ^ set(lifecycle.VERBS)):
        yield f"{verb} is a transition without a name, or a name without a transition"
    for verb in sorted(set(lifecycle.VERBS) ^ set(noun.policies)):
        yield f"{verb} has no policy, or is a policy for no verb"
    for value in sorted({value for value, _label in state.choices} ^ set(noun.stages)):
        yield f"{value} has no stage, or is a stage of no state"
    for value, stage in noun.stages.items():
        if stage.tone not in TONES:
            yield f"the stage {value} has no tone"
    for verb in sorted(noun.internal - set(noun.verbs)):
        yield f"{verb} is no act that could be internal"


def nouns() -> list[Noun]:
    """All that are declared."""
    return list(_DECLARED.values())


def noun_of(kind: str) -> Noun | None:
    """The noun that bears this name in trail, events, clocks and documents."""
    return _DECLARED.get(kind)


def noun(kind: str) -> Noun:
    """The same where it must be one; raises LookupError."""
    found = _DECLARED.get(kind)
    if found is None:
        raise LookupError(f"{kind} is no noun")
    return found


def told_of(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Told]:
    """How these rows (kind, id) are called: a query for each kind. What is no noun, or not there, is left out."""
    found: dict[tuple[str, int], Told] = {}
    for kind, ids in by_kind(subjects).items():
        known = _DECLARED.get(kind)
        if known is not None:
            found |= {(kind, pk): told for pk, told in known.told(ids).items()}
    return found


def by_kind(subjects: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """The ids of each kind."""
    found: dict[str, set[int]] = {}
    for kind, pk in subjects:
        found.setdefault(kind, set()).add(pk)
    return found


def addresses(route: str, ids: Iterable[int]) -> dict[int, str]:
    """The pages of many rows of one route with one number in it: the route is looked up once."""
    before, after = reverse(route, args=[0]).rsplit("0", 1)
    return {pk: f"{before}{pk}{after}" for pk in ids}


def verb_label(verb: str) -> str:
    """What an audit entry's or event's verb (`referral.accept`) is called; empty where no noun has it."""
    kind, _dot, name = verb.partition(".")
    known = _DECLARED.get(kind)
    return str(known.verbs.get(name, "")) if known is not None else ""


def internal_of(thing: Any, by: Actor) -> tuple[frozenset[str], Mapping[str, str]]:
    """(acts, states by what is told instead) of which a refusal says nothing to `by`: outside the government, what lies before it undecided."""
    known = _DECLARED.get(thing._meta.model_name)
    if known is None or by.is_system or by.in_government_office:
        return frozenset(), {}
    return known.internal, known.internal_states


def internal_acts() -> frozenset[str]:
    """Acts (`dispute.propose`) whose very entry tells what is not everybody's who may see the row."""
    return frozenset(f"{kind}.{verb}" for kind, one in _DECLARED.items() for verb in one.internal)


def hanging_on(kind: str, pk: int, by: Actor) -> list[Hanging]:
    """What hangs on this row, oldest first within a noun: a query for each noun that may hang on others."""
    return [one for each in nouns() if each.hangs_on is not None for one in each.hangs_on(kind, pk, by)]


def came_out(kind: str, pk: int, told: Told) -> list[int]:
    """This row may be named outside its agency from now on, as `told`; gives the agencies that were waiting to read it."""
    return [agency for each in nouns() if each.named is not None for agency in each.named(kind, pk, told)]
