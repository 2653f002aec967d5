"""Reads. `referrals_visible_to` is the only root: pages, API, search and export all begin there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.db.models.lookups import IsNull
from django.utils import timezone

from accounts.actors import Actor
from accounts.kinds import Post
from accounts.models import PostHolding, in_force
from deadlines.calendar import SHANGHAI
from deadlines.models import Clock, ClockCorrection, ClockExtension
from deadlines.steps import STILL
from foundation.cases.models import Case, Material
from foundation.cases.selectors import working_materials
from foundation.formats.keeping import with_looks
from foundation.formats.scanning import may_be_let_go
from referrals.lifecycle import BEFORE_LETTER, OPEN_STATES, WITH_DRAFTER, State
from referrals.models import Dispute, Notice, Party, ProgressMessage, Referral, ReferralReader, Wording
from referrals.stages import DECIDER, DECIDERS_LEADER, DISPUTE_STAGES, RECEIVER, REFERRAL_STAGES, SENDER, SENDERS_LEADER, awaiting
from referrals.words import alternatives, code_word

PAGE = 25
MANY = 300
MOST_LATE = 1_000_000
DESKS = ("todo", "sent", "received", "copied", "overdue", "drafts", "aging", "granted", "all")
OLDEST_FIRST = ("aging",)
SENT = [state.value for state in State if state not in (*BEFORE_LETTER, State.DISCARDED)]
# On whose desk it lies: read from the table of states.
RECEIVERS_TURN, SENDERS_TURN = awaiting(REFERRAL_STAGES, RECEIVER), awaiting(REFERRAL_STAGES, SENDER)
LEADERS_TURN, DECIDERS_TURN = awaiting(REFERRAL_STAGES, SENDERS_LEADER), awaiting(REFERRAL_STAGES, DECIDER)


def referrals_visible_to(by: Actor) -> QuerySet[Referral]:
    """What an agency sent, received, was copied on or put in charge of; and what was granted to this very person."""
    # The text of the rules (some 15 KB) is read once a process, by its id: see deadlines.book.profile_of.
    joined = ("case__matter", "case__township", "case_version", "from_agency", "to_agency", "version_of_rules")
    rows = Referral.objects.select_related(*joined).defer("version_of_rules__source")
    if by.is_system:
        return rows
    party = Q(Exists(Party.objects.filter(referral=OuterRef("pk"), agency_id=by.agency_id)))
    if by.holds(Post.AUDITOR):
        # Not the drafts: nobody outside reads one.
        party |= Q(jurisdiction_id=by.jurisdiction_id, signed_at__isnull=False)
    return rows.filter(party | Q(pk__in=granted_to(by)))


def granted_to(by: Actor) -> QuerySet[Any, Any]:
    """Ids of the referrals opened to this person alone (django-guardian), in a post that is still held, as a subquery."""
    held = PostHolding.objects.filter(in_force(timezone.localdate()), agency_id=by.agency_id)
    return ReferralReader.objects.filter(user_id=by.user_id, holding__in=held).values("content_object_id")


def refiled_to(referral: Referral, by: Actor) -> QuerySet[Any, Any]:
    """Ids of what was filed again in this one's place, as far as `by` may see it: drafts are the sender's own."""
    return referrals_visible_to(by).filter(refiled_from=referral).order_by("pk").values_list("pk", flat=True)


def returned_rows(by: Actor, after: int | None = None, most: int = PAGE) -> list[Referral]:
    """What came back in the overseer's district: refused for reasons outside the list, or filed again; newest first.

    Numbers, agencies, kinds and words only: the case itself stays with its parties.
    """
    rows = Referral.objects.filter(Q(refusal_kind="other") | Q(refiled_times__gt=0), jurisdiction_id=by.jurisdiction_id).exclude(delivered_at=None)
    rows = rows.filter(pk__lt=after) if after else rows
    return list(
        rows.select_related("from_agency", "to_agency", "refiled_from")
        .only("state", "number", "refusal_kind", "answer_reasons", "answered_at", "refiled_times", "delivered_at",
              "from_agency__short_name", "to_agency__short_name", "refiled_from__number", "refiled_from__state")
        .order_by("-pk")[: most + 1]
    )  # fmt: skip


def cases_visible_to(by: Actor) -> QuerySet[Case]:
    """Cases that one's agency found, as they stand; and those of which it may see a letter (read them by that letter's version)."""
    seen = referrals_visible_to(by).filter(case=OuterRef("pk"))
    return Case.objects.filter(Q(agency_id=by.agency_id) | _any_of(seen)).select_related("matter", "township", "agency")


def _any_of(rows: QuerySet[Any]) -> Q:
    """Is there one, looked up by key for each row of a page. Beside an "or", EXISTS would read all there are, once, for 26 rows."""
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


def cases_that_say(by: Actor, name: str, value: Any) -> Q:
    """Cases with this fact as the reader may read each: the own as it stands, another's by its letters."""
    letters = referrals_visible_to(by).filter(as_stated(name, value), case=OuterRef("pk"))
    return Q(agency_id=by.agency_id, **{name: value}) | (~Q(agency_id=by.agency_id) & Q(Exists(letters)))


def cases_of_party(by: Actor, code: str) -> Q:
    """Cases with a party of this code, as the reader may read each."""
    own = Q(party_code=code) | Q(further_parties__contains=[{"code": code}])
    letters = referrals_visible_to(by).filter(of_party(code), case=OuterRef("pk"))
    return (Q(agency_id=by.agency_id) & own) | (~Q(agency_id=by.agency_id) & Q(Exists(letters)))


def as_seen(cases: list[Case], by: Actor) -> list[Case]:
    """Each case as the reader may read it: the own as it stands, another's as the newest letter that it may see states it."""
    others = [case.pk for case in cases if not by.of(case.agency_id)]
    if not others:
        return cases
    letters = {letter.case_id: letter for letter in referrals_visible_to(by).filter(case__in=others).order_by("pk")}
    return [letters[case.pk].stated if case.pk in letters else case for case in cases]


def disputes_visible_to(by: Actor) -> QuerySet[Dispute]:
    rows = Dispute.objects.select_related(
        "referral__case__matter", "referral__case_version", "referral__from_agency", "referral__to_agency", "referral__version_of_rules",
        "offer_handler", "proposed_handler", "handler", "opened_by", "suggested",
    )  # fmt: skip
    if by.is_system:
        return rows
    return rows.filter(_any_of(Party.objects.filter(referral=OuterRef("referral"), agency_id=by.agency_id)) | Q(referral__in=granted_to(by)))


def notices_visible_to(by: Actor) -> QuerySet[Notice]:
    """What one's agency was told, and what it told others; never the draft behind a notice."""
    rows = Notice.objects.select_related("from_agency", "to_agency", "document")
    return rows if by.is_system else rows.filter(Q(to_agency_id=by.agency_id) | Q(from_agency_id=by.agency_id))


def desk_ids(by: Actor, name: str, now: dt.datetime, wanted: dict[str, Any] | None = None) -> QuerySet[Any, Any]:
    """The ids on one desk of the actor's agency (`all` is everything visible), newest first, each once, narrowed by `wanted`.

    Read from the agency's own rows of the party table in the order of its index; other tables are joined only for a filter.
    """
    wanted = wanted or {}
    if name == "granted":
        return _ids(narrowed(Referral.objects.filter(pk__in=granted_to(by)), wanted, now, by), "pk", wanted)
    if name == "all" and (by.is_system or by.holds(Post.AUDITOR)):
        rows = Referral.objects.all() if by.is_system else Referral.objects.filter(jurisdiction_id=by.jurisdiction_id, signed_at__isnull=False)
        rows = rows.filter(state__in=wanted["state"]) if wanted.get("state") else rows
        return _ids(narrowed(rows, wanted, now, by), "pk", wanted)
    seats = Party.objects.filter(_seats(by, name, now), agency_id=by.agency_id)
    if wanted.get("state"):
        seats = seats.filter(state__in=wanted["state"])
    if name == "overdue" or wanted.get("phase") in ("overdue", "due_soon"):
        # Only what is open has a running clock.
        seats = seats.filter(state__in=OPEN_STATES)
    if name == "overdue":
        seats = seats.filter(_late(by, now, "referral_id"))
    return _ids(narrowed(seats, wanted, now, by, "referral__"), "referral_id", wanted, oldest_first=name in OLDEST_FIRST)


def _ids(rows: QuerySet[Any], field: str, wanted: dict[str, Any], *, oldest_first: bool = False) -> QuerySet[Any, Any]:
    if wanted.get("after"):
        rows = rows.filter(**{f"{field}__{'gt' if oldest_first else 'lt'}": wanted["after"]})
    return rows.order_by(field if oldest_first else f"-{field}").values_list(field, flat=True).distinct()


def _seats(by: Actor, name: str, now: dt.datetime) -> Q:
    """Which of the agency's rows of the party table lie on this desk."""
    sender, receiver = Party.Role.SENDER, Party.Role.RECEIVER
    if name == "todo":
        mine = Q(role=sender, state__in=LEADERS_TURN if by.holds(Post.LEADER, Post.HEAD) else SENDERS_TURN)
        theirs = Q(role=receiver, state__in=RECEIVERS_TURN)
        wished = Referral.objects.filter(from_agency_id=by.agency_id, supplement_wanted_at__isnull=False, supplied_at=None)
        asked = Q(role=sender, state__in=RECEIVERS_TURN, referral_id__in=wished.values("pk"))
        # A government leader decides what is proposed; the offices before that, what is reported.
        steps = awaiting(DISPUTE_STAGES, DECIDERS_LEADER if by.holds(Post.GOVERNMENT_LEADER) else DECIDER)
        disputed = Dispute.objects.filter(state__in=steps, referral__jurisdiction_id=by.jurisdiction_id).values("referral_id")
        return mine | theirs | asked | Q(role=Party.Role.DECIDER, state__in=DECIDERS_TURN, referral_id__in=disputed)
    if name == "sent":
        return Q(role=sender, state__in=SENT)
    if name == "drafts":
        return Q(role=sender, state__in=BEFORE_LETTER)
    if name == "aging":
        # No clock runs for these: the leader sees how long they lie.
        unstated = Referral.objects.filter(from_agency_id=by.agency_id, state__in=WITH_DRAFTER, stated_at=None)
        lying = Q(role=sender, state__in=WITH_DRAFTER, referral_id__in=unstated.values("pk"))
        return lying | _waited_for(by, now)
    roles = {"received": [receiver, Party.Role.FORMER], "copied": [Party.Role.COPIED]}
    return Q(role__in=roles[name]) if name in roles else Q()


def _waited_for(by: Actor, now: dt.datetime) -> Q:
    """What waits for this agency beyond a local target; for an overseer, what has waited for anybody far beyond one."""
    passed = Clock.objects.past_target(now).filter(subject_kind="referral")
    ours = passed.filter(holder_id=by.agency_id).values("subject_id")
    long_ago = passed.filter(jurisdiction_id=by.jurisdiction_id, steps__step=STILL).values("subject_id")
    return Q(referral_id__in=ours) | Q(role=Party.Role.OVERSEER, referral_id__in=long_ago)


def _late(by: Actor, now: dt.datetime, field: str) -> Q:
    """Has a clock that ran out, in the actor's jurisdiction.

    The bound makes PostgreSQL find those few first, from their own index, instead of walking every running clock beside the desk.
    """
    clocks = Clock.objects.overdue(now).filter(subject_kind="referral")
    clocks = clocks if by.is_system else clocks.filter(jurisdiction_id=by.jurisdiction_id)
    return Q(**{f"{field}__in": clocks.values("subject_id")[:MOST_LATE]})


def _field(path: str) -> str:
    """The referral's id on the rows from which `path` leads to it."""
    return f"{path.removesuffix('__')}_id" if path else "pk"


def narrowed(rows: QuerySet[Any], wanted: dict[str, Any], now: dt.datetime, by: Actor, path: str = "") -> QuerySet[Any]:
    """Filters as the URL says them, but for the state and the cursor: matter, agency (either side), party, phase, dates, urgent, q.

    `path` leads from the rows to the referral ("" or "referral__").
    """
    field = _field(path)
    plain: dict[str, Any] = {}
    if wanted.get("since"):
        plain["created_at__gte"] = dt.datetime.combine(wanted["since"], dt.time(), SHANGHAI)
    if wanted.get("until"):
        plain["created_at__lt"] = dt.datetime.combine(wanted["until"], dt.time(), SHANGHAI) + dt.timedelta(days=1)
    if wanted.get("updated_since"):
        plain["updated_at__gte"] = wanted["updated_since"]
    if wanted.get("refiled"):
        plain["refiled_times__gt" if wanted["refiled"] != "false" else "refiled_times"] = 0
    rows = rows.filter(**{path + name: value for name, value in plain.items()}) if plain else rows
    for name, value in _wanted_of_case(wanted).items():
        rows = rows.filter(as_stated(name, value, path))
    if wanted.get("party_code"):
        rows = rows.filter(of_party(wanted["party_code"], path))
    if wanted.get("agency"):
        sides = Party.objects.filter(referral=OuterRef(field), agency_id=wanted["agency"], role__in=[Party.Role.SENDER, Party.Role.RECEIVER])
        rows = rows.filter(Exists(sides))
    for words in (wanted.get("party"), wanted.get("q")):
        rows = searched(rows, words, path) if words else rows
    if wanted.get("phase") == "overdue":
        rows = rows.filter(_late(by, now, field))
    elif wanted.get("phase") == "was_late":
        rows = rows.filter(Exists(Clock.objects.late(now).filter(subject_kind="referral", subject_id=OuterRef(field))))
    elif wanted.get("phase") == "due_soon":
        soon = Clock.objects.open().filter(subject_kind="referral", subject_id=OuterRef(field), due_at__gte=now)
        rows = rows.filter(Exists(soon.filter(due_at__lte=now + dt.timedelta(days=2))))
    return rows


def _wanted_of_case(wanted: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if wanted.get("matter"):
        facts["matter_id"] = wanted["matter"]
    if wanted.get("urgent"):
        facts["urgent"] = wanted["urgent"] != "false"
    return facts


def of_party(code: str, path: str = "") -> Q:
    """A party, the first or a further one, with this code, as the letter states it."""
    worded = Wording.objects.filter(words__contains=[code_word(code)]).values("referral_id")
    return as_stated("party_code", code, path) | Q(**{f"{_field(path)}__in": worded})


def as_stated(name: str, value: Any, path: str = "") -> Q:
    """A fact of the case as the letter states it: in its version; of a draft, in the case itself."""
    frozen = Q(**{f"{path}case_version__isnull": False, f"{path}case_version__{name}": value})
    return frozen | Q(**{f"{path}case_version__isnull": True, f"{path}case__{name}": value})


def searched(rows: QuerySet[Any], query: str, path: str = "") -> QuerySet[Any]:
    """One Chinese character suffices; letters are tried as text and as pinyin initials.

    A list of ids of a table of its own, not a condition on each row: the few of a rare word are found from the index, and a
    frequent one is met within the first rows of a desk.
    """
    readings = alternatives(query[:60])
    if not readings:
        return rows.none() if query.strip() else rows
    found = Q()
    for pairs in readings:
        found |= Q(words__contains=pairs)
    return rows.filter(**{f"{_field(path)}__in": Wording.objects.filter(found).values("referral_id")})


def page_after(
    by: Actor, name: str, wanted: dict[str, Any], now: dt.datetime, size: int = PAGE, cursor: int | None = None
) -> tuple[list[Referral], int | None]:
    """One page of a desk, newest first (what has waited too long: oldest first), by key: (rows, cursor of the next page or None). Clocks come along in one query."""
    wanted = wanted | {"after": cursor or wanted.get("after")}
    ids = desk_ids(by, name, now, wanted)[: size + 1]
    if name == "all" and not by.is_system:
        ids = ids.union(desk_ids(by, "granted", now, wanted)[: size + 1])
    found = list(_of_list(by).filter(pk__in=ids).order_by("pk" if name in OLDEST_FIRST else "-pk")[: size + 1])
    more = found[size - 1].pk if len(found) > size else None
    return with_clocks(found[:size]), more


# What a line of a list, the workbench or the ledger shows; the long texts stay where they are.
SHOWN = (
    "state", "version", "number", "jurisdiction", "refiled_times", "created_at", "updated_at", "signed_at", "delivered_at", "answered_at",
    "decided_at", "reported_at", "ended_at", "supplement_wanted_at", "supplied_at",
    "case__urgent", "case__party_name", "case__found_at", "case__matter__name", "case__signed_version", "case_version__case",
    "case_version__party_name", "case_version__matter", "case_version__matter_name", "case_version__urgent", "case_version__found_at",
    "from_agency__short_name", "to_agency__short_name",
)  # fmt: skip


def _of_list(by: Actor) -> QuerySet[Referral]:
    return referrals_visible_to(by).select_related(None).select_related("case__matter", "case_version", "from_agency", "to_agency").only(*SHOWN)


def further_names_of(rows: list[Referral]) -> dict[int, list[str]]:
    """The names of the further parties of each row that has some, as its letter states them. One query."""
    told = Referral.objects.filter(pk__in=[row.pk for row in rows]).values_list(
        "pk", "case_version_id", "case_version__content__further_parties", "case__further_parties"
    )
    stated = {pk: (kept if version else own) or [] for pk, version, kept, own in told}
    return {pk: [party["name"] or "—" for party in parties] for pk, parties in stated.items() if parties}


def workbench_rows(by: Actor, now: dt.datetime, most: int = 30, waiting: int = 10) -> tuple[list[Referral], list[Referral]]:
    """(what waits for the actor, soonest due first, then what has no due date; what the agency sent and waits for), with clocks.

    Four queries: a desk of up to 300 is put in order as it is; a longer one from the index of the agency's clocks, which costs one more.
    """
    lying = list(desk_ids(by, "todo", now)[: MANY + 1])
    clocks = Clock.objects.open().filter(holder_id=by.agency_id, subject_kind="referral").exclude(clause="").exclude(due_at=None)
    short = len(lying) <= MANY
    due = clocks.filter(subject_id__in=lying) if short else clocks
    soonest = list(dict.fromkeys(due.order_by("due_at", "pk").values_list("subject_id", flat=True)[: most * 2 if short else MANY]))
    known = set(soonest)
    others = sorted(pk for pk in lying if pk not in known)[:most]
    # What the index of clocks offers need not lie on this desk.
    on_desk = set(lying if short else desk_ids(by, "todo", now).filter(referral_id__in=[*soonest, *others]))
    first = [pk for pk in [*soonest, *others] if pk in on_desk][:most]
    sent = desk_ids(by, "sent", now, {"state": [s for s in SENT if s in OPEN_STATES]})[:waiting]
    wanted = Referral.objects.filter(pk__in=first).values_list("pk", flat=True).union(sent) if first else sent
    rows = {row.pk: row for row in with_clocks(list(_of_list(by).filter(pk__in=wanted)))}
    awaited = [r for r in rows.values() if by.of(r.from_agency_id) and r.state in SENT and r.state in OPEN_STATES]
    return [rows[pk] for pk in first if pk in rows], sorted(awaited, key=lambda r: -r.pk)[:waiting]


def with_clocks(rows: list[Referral]) -> list[Referral]:
    """Put on each referral its running statutory clock (the earliest due) as `.clock`, and `.was_late`: one query."""
    running: dict[int, Clock] = {}
    late: set[int] = set()
    wanted = Q(ended_at=None) | Q(late_since__isnull=False)
    clocks = Clock.objects.filter(wanted, subject_kind="referral", subject_id__in=[r.pk for r in rows]).order_by("-due_at")
    for clock in clocks:
        if clock.was_late:
            late.add(clock.subject_id)
        known = running.get(clock.subject_id)
        if clock.ended_at is None and (known is None or clock.clause):
            running[clock.subject_id] = clock
    for row in rows:
        row.clock, row.was_late = running.get(row.pk), row.pk in late
    return rows


def materials_of(referral: Referral, by: Actor | None = None) -> list[Material]:
    """The papers of a referral, each with `.later`: was it added after the signing? `by` None stands for the system.

    Of a letter: the list it was signed over, then what was added to this very letter afterwards. Of a draft: what the case has now.
    """
    version = referral.case_version if referral.case_version_id else None
    if version is None:
        papers = working_materials(referral.case)
        for paper in papers:
            paper.later = False
        return papers
    listed = {m["id"] for m in version.materials}
    # By its case as well: that is what an index knows.
    added = Q(case_id=referral.case_id, supplementary=True, attached_in=f"referral:{referral.pk}")
    papers = list(with_looks(Material.objects.filter(Q(pk__in=listed) | added)).select_related("uploaded_for").order_by("pk"))
    for paper in papers:
        paper.later = paper.pk not in listed
    if by is not None and any(paper.later for paper in papers) and _only_formerly(referral, by):
        papers = [p for p in papers if not p.later or (referral.delivered_at is not None and p.uploaded_at < referral.delivered_at)]
    return sorted(papers, key=lambda p: p.later)


def stuck_files(referral: Referral, by: Actor) -> list[str]:
    """The stored files that wait for a virus scanner which gives no verdict, and that `by`'s side sends: names in the storage."""
    papers = [p for p in materials_of(referral) if p.uploaded_for_id == by.agency_id or by.of(referral.from_agency_id)]
    said = with_looks(ProgressMessage.objects.filter(referral=referral, agency_id=by.agency_id).exclude(file=""))
    return [row.file.name for row in (*papers, *said) if may_be_let_go(row.look)]


def _only_formerly(referral: Referral, by: Actor) -> bool:
    """Does this agency's only seat come from having been the receiver once? What is added since is not for it."""
    if by.is_system or by.of(referral.from_agency_id) or by.of(referral.to_agency_id):
        return False
    roles = set(Party.objects.filter(referral=referral, agency_id=by.agency_id).values_list("role", flat=True))
    return roles == {Party.Role.FORMER.value}


def first_clocks_of(referral: Referral) -> list[Clock]:
    """The same of a referral made a moment ago: nothing was extended or corrected yet, and its agencies are known."""
    clocks = list(Clock.objects.filter(subject_kind="referral", subject_id=referral.pk).order_by("pk"))
    known = {agency.pk: agency for agency in (referral.from_agency, referral.to_agency) if agency is not None}
    for clock in clocks:
        clock.extended, clock.corrected, clock.was_extended = [], [], False
        clock.holder = known.get(clock.holder_id) or clock.holder
        clock.counterpart = known.get(clock.counterpart_id) if clock.counterpart_id in (None, *known) else clock.counterpart
    return clocks


def clocks_of(kind: str, identity: int) -> list[Clock]:
    """Every clock of a subject, oldest first, each with `.extended` (its extensions) and `.corrected` (its corrections): one query."""
    extensions = ClockExtension.objects.filter(clock=OuterRef("pk")).order_by("pk")
    corrections = ClockCorrection.objects.filter(clock=OuterRef("pk")).order_by("pk")
    told = ArraySubquery(extensions.values(json=JSONObject(until="new_due_at", reason="reason")))
    corrected = ArraySubquery(corrections.values(json=JSONObject(**{name: name for name in CORRECTION})))
    rows = Clock.objects.filter(subject_kind=kind, subject_id=identity).select_related("holder", "counterpart")
    clocks = list(rows.annotate(told=told, corrected=corrected).order_by("pk"))
    for clock in clocks:
        clock.extended = [(dt.datetime.fromisoformat(e["until"]), e["reason"]) for e in clock.told]
        clock.was_extended = bool(clock.told)
        for row in clock.corrected:
            row.update({name: dt.datetime.fromisoformat(row[name]) for name in CORRECTION if name.endswith("at") and row[name]})
    return clocks


CORRECTION = (
    "at", "by_name", "reason", "old_key", "new_key", "old_event_at", "new_event_at", "old_urgent", "new_urgent", "old_due_at", "new_due_at",
    "was_late", "moved_later",
)  # fmt: skip


def running_clocks(referral: Referral) -> list[Clock]:
    """The referral's running clocks, soonest due first, each with `.was_extended`; those that a page holds already cost nothing."""
    held = getattr(referral, "clocks", None)
    if held is None:
        rows = Clock.objects.open().filter(subject_kind="referral", subject_id=referral.pk).select_related("version", "holder", "counterpart")
        held = list(rows.annotate(was_extended=Exists(ClockExtension.objects.filter(clock=OuterRef("pk")))))
    return sorted((c for c in held if c.ended_at is None), key=lambda c: (c.due_at is None, c.due_at or c.event_at))
