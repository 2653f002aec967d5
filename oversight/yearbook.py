"""Putting a year's arrangement in force: one administrator puts it forward, another confirms it, due dates move, people are told."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, people_at
from accounts.kinds import CLERKS, Post
from accounts.models import PostHolding, in_force
from core import audit
from core.acts import demand
from core.decisions import Allow, Decision, Deny
from core.errors import BadInput, NotAllowed, NotVisible, WrongState
from core.nouns import Told, told_of
from core.retries import tried_again
from core.text import shortened
from deadlines.calendar import CalendarError, YearArrangement
from deadlines.labels import clock_label
from deadlines.models import Clock, ClockRecount, YearProposal
from deadlines.plausible import demand_plausible
from deadlines.years import arrangement_from_text, as_arrangement, as_stored, keep_year, stored_year, try_year
from notifications.models import Message
from notifications.telling import Note, tell

FILE_LIMIT = 64 * 1024
# Of all districts: what one of them loads, all count by.
KEEPERS = (Post.ADMINISTRATOR, Post.SECURITY)
State = YearProposal.State


def may_propose_year(by: Actor) -> Decision:
    if by.holds(Post.ADMINISTRATOR):
        return Allow()
    return Deny(_("年度放假安排由系统管理员提出，由另一名管理员确认。"))


def may_decide_year(proposal: YearProposal, by: Actor) -> Decision:
    """Confirm or refuse: another administrator, of whatever district."""
    if not by.holds(*KEEPERS):
        return Deny(_("年度放假安排由另一名管理员确认。"))
    return Deny(_("提出的人不能自己确认。")) if by.user_id == proposal.proposed_by_id else Allow()


def may_undo_year(proposal: YearProposal, by: Actor) -> Decision:
    """Either administrator takes a wrong year back at once: what stood before stands again."""
    return Allow() if by.holds(*KEEPERS) else Deny(_("年度放假安排由管理员撤销。"))


@tried_again
def propose_year(arrangement: YearArrangement, *, by: Actor) -> YearProposal:
    """Put `arrangement` forward: checked, doubted and tried on every running clock, but not yet kept.

    Raises NotAllowed; BadInput with all that is wrong with it, or where one for the year is waiting already.
    """
    demand(may_propose_year(by))
    now = timezone.now()
    with transaction.atomic():
        try:
            arrangement.check()
            demand_plausible(arrangement, timezone.localdate(now))
            trial = try_year(arrangement.year, arrangement)
        except CalendarError as error:
            raise BadInput(str(error), fields={"file": str(error)}) from error
        if YearProposal.objects.filter(year=arrangement.year, state=State.PROPOSED).exists():
            sentence = _("%(year)d 年的安排已有一份待确认，请先确认或者退回那一份。") % {"year": arrangement.year}
            raise BadInput(sentence, fields={"file": sentence})
        made = YearProposal.objects.create(
            year=arrangement.year, **as_stored(arrangement), tried=trial.tried, moved=trial.moved,
            proposed_by=by.user, proposed_for=_named(by), proposed_at=now,
        )  # fmt: skip
        audit.record("calendaryear", made.year, "calendaryear.propose", by=by, source=made.source, moved=trial.moved)
        _tell_keepers(made, _("%(year)d 年放假安排待第二人确认：%(who)s 提出") % {"year": made.year, "who": made.proposed_for}, but=by)
        return made


@tried_again
def confirm_year(proposal_id: int, *, by: Actor) -> list[ClockRecount]:
    """The second person confirms: the year is in force, due dates are counted again, those concerned are told."""
    with transaction.atomic():
        proposal = _locked(proposal_id, State.PROPOSED)
        demand(may_decide_year(proposal, by))
        before = stored_year(proposal.year)
        arrangement = as_arrangement(proposal.year, proposal.holidays, proposal.makeup, proposal.source)
        try:
            demand_plausible(arrangement, timezone.localdate())
            moved = keep_year(proposal.year, arrangement, by=by, verb="confirm")
        except CalendarError as error:
            raise BadInput(str(error), fields={"file": str(error)}) from error
        proposal.before = as_stored(before) if before else None
        proposal.moved = len(moved)
        _decided(proposal, State.IN_FORCE, by)
        _tell(moved)
        return moved


@tried_again
def refuse_year(proposal_id: int, *, by: Actor) -> YearProposal:
    """The second person refuses it, or who put it forward takes it back; nothing was in force."""
    with transaction.atomic():
        proposal = _locked(proposal_id, State.PROPOSED)
        if by.user_id != proposal.proposed_by_id:
            demand(may_decide_year(proposal, by))
        _decided(proposal, State.REFUSED, by)
        audit.record("calendaryear", proposal.year, "calendaryear.refuse", by=by)
        return proposal


@tried_again
def undo_year(proposal_id: int, *, by: Actor) -> list[ClockRecount]:
    """One step back: what stood before this year was confirmed stands again, and every due date with it.

    Raises WrongState where a later one for the same year is in force: that one is taken back first.
    """
    with transaction.atomic():
        proposal = _locked(proposal_id, State.IN_FORCE)
        demand(may_undo_year(proposal, by))
        if YearProposal.objects.filter(year=proposal.year, state=State.IN_FORCE, pk__gt=proposal.pk).exists():
            raise WrongState(_("此后又启用过同一年的安排，请先撤销较新的那一份。"))
        before = as_arrangement(proposal.year, **proposal.before) if proposal.before else None
        try:
            moved = keep_year(proposal.year, before, by=by, verb="undo")
        except CalendarError as error:
            raise BadInput(str(error)) from error
        _decided(proposal, State.UNDONE, by, keep_first=True)
        _tell(moved)
        _tell_keepers(proposal, _("%(year)d 年放假安排已撤销，恢复原来的安排") % {"year": proposal.year}, but=by)
        return moved


@tried_again
def load_year_and_tell(arrangement: YearArrangement, *, by: Actor) -> list[ClockRecount]:
    """The operator's command line: one year at once. Returns the recounts. Raises NotAllowed, BadInput with what is wrong."""
    if not by.is_system:
        raise NotAllowed(_("年度放假安排由系统管理员提出，由另一名管理员确认。"))
    with transaction.atomic():
        try:
            arrangement.check()
            demand_plausible(arrangement, timezone.localdate())
            moved = keep_year(arrangement.year, arrangement, by=by)
        except CalendarError as error:
            raise BadInput(str(error), fields={"file": str(error)}) from error
        _tell(moved)
        return moved


def year_from_upload(data: bytes) -> YearArrangement:
    """Read an uploaded YAML or JSON file of one year. Raises BadInput with what is wrong."""
    if len(data) > FILE_LIMIT:
        raise BadInput(_("文件过大。"), fields={"file": _("文件过大。")})
    try:
        return arrangement_from_text(data.decode("utf-8"))
    except (UnicodeDecodeError, CalendarError) as error:
        raise BadInput(_("文件有误：%(error)s") % {"error": error}, fields={"file": str(error)}) from error


def proposals_shown(by: Actor, year: int) -> list[YearProposal]:
    """What an administrator sees on the calendar page: every open proposal, and this year's that are or were in force."""
    if not by.holds(*KEEPERS):
        return []
    shown = YearProposal.objects.filter(Q(state=State.PROPOSED) | Q(year=year, state__in=[State.IN_FORCE, State.UNDONE]))
    return list(shown.order_by("-pk")[:10])


def _locked(proposal_id: int, state: str) -> YearProposal:
    proposal = YearProposal.objects.select_for_update(no_key=True).filter(pk=proposal_id).first()
    if proposal is None:
        raise NotVisible(_("没有这份安排。"))
    if proposal.state != state:
        raise WrongState(_("这份安排的状态是“%(state)s”，不能再这样办。") % {"state": proposal.get_state_display()})
    return proposal


def _decided(proposal: YearProposal, state: str, by: Actor, *, keep_first: bool = False) -> None:
    """`keep_first`: who confirmed stays named; who undid it stands in the trail."""
    proposal.state = state
    if not keep_first:
        proposal.decided_by, proposal.decided_for, proposal.decided_at = by.user, _named(by), timezone.now()
    proposal.save()


def _named(by: Actor) -> str:
    return shortened(f"{by.agency_name} {by.name}", 100)


def _tell_keepers(proposal: YearProposal, text: str, *, but: Actor) -> None:
    now = timezone.now()
    held = PostHolding.objects.filter(in_force(timezone.localdate(now)), post__in=KEEPERS, machine=False).exclude(user_id=but.user_id)
    url = reverse("calendar-year", args=[proposal.year])
    kind = Message.Kind.CALENDAR
    tell([Note(pk, f"year:{proposal.pk}:{proposal.state}", kind, text, url) for pk in set(held.values_list("user_id", flat=True))], at=now)


def _tell(moved: list[ClockRecount]) -> None:
    now = timezone.now()
    subjects = told_of((m.clock.subject_kind, m.clock.subject_id) for m in moved)
    agencies = {a for m in moved for a in _concerned(m.clock, subjects)}
    people = people_at(agencies, CLERKS, timezone.localdate(now)) if agencies else []
    notes = []
    for recount in moved:
        clock = recount.clock
        text = _("放假安排已公布，到期日由 %(old)s 改为 %(new)s：%(clock)s") % {
            "old": f"{timezone.localtime(recount.old_due_at):%Y-%m-%d}", "new": f"{timezone.localtime(recount.new_due_at):%Y-%m-%d}",
            "clock": clock_label(clock.key),
        }  # fmt: skip
        told = subjects.get((clock.subject_kind, clock.subject_id))
        url = told.page if told is not None else "/"
        for person in people:
            if person.agency_id in _concerned(clock, subjects):
                kind = Message.Kind.CALENDAR
                notes.append(Note(person.user_id, f"recount:{recount.pk}", kind, text, url, kind in person.mail_kinds))
    tell(notes, at=now)


def _concerned(clock: Clock, subjects: dict[tuple[str, int], Told]) -> set[int]:
    """The holder, and the counterpart once there is a letter: nobody outside hears of a draft."""
    told = subjects.get((clock.subject_kind, clock.subject_id))
    other = clock.counterpart_id if told is not None and told.out else None
    return {clock.holder_id, other} if other else {clock.holder_id}
