"""Putting a year's arrangement in force: provisional due dates are counted again, and those concerned are told."""

from __future__ import annotations

import yaml
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, people_at
from accounts.kinds import CLERKS, Post
from core.errors import BadInput, NotAllowed
from core.retries import tried_again
from deadlines.calendar import CalendarError, YearArrangement, arrangement_from_mapping
from deadlines.labels import clock_label
from deadlines.loading import load_year
from deadlines.models import Clock, ClockRecount
from notifications.models import Message
from notifications.telling import Note, tell
from referrals.models import Referral

FILE_LIMIT = 64 * 1024


@tried_again
def load_year_and_tell(arrangement: YearArrangement, *, by: Actor) -> list[ClockRecount]:
    """Load one year (system or administrator). Returns the recounts. Raises NotAllowed, BadInput with what is wrong."""
    if not by.is_system and not by.holds(Post.ADMINISTRATOR):
        raise NotAllowed(_("年度放假安排由系统管理员导入。"))
    with transaction.atomic():
        try:
            moved = load_year(arrangement, by=by)
        except CalendarError as error:
            raise BadInput(str(error), fields={"file": str(error)}) from error
        _tell(moved)
        return moved


def year_from_upload(data: bytes) -> YearArrangement:
    """Read an uploaded YAML or JSON file of one year. Raises BadInput with what is wrong."""
    if len(data) > FILE_LIMIT:
        raise BadInput(_("文件过大。"), fields={"file": _("文件过大。")})
    try:
        return arrangement_from_mapping(yaml.safe_load(data.decode("utf-8")))
    except (UnicodeDecodeError, yaml.YAMLError, CalendarError) as error:
        raise BadInput(_("文件有误：%(error)s") % {"error": error}, fields={"file": str(error)}) from error


def _tell(moved: list[ClockRecount]) -> None:
    now = timezone.now()
    out = set(Referral.objects.filter(pk__in=[m.clock.subject_id for m in moved], signed_at__isnull=False).values_list("pk", flat=True))
    agencies = {a for m in moved for a in _concerned(m.clock, out)}
    people = people_at(agencies, CLERKS, timezone.localdate(now)) if agencies else []
    notes = []
    for recount in moved:
        clock = recount.clock
        text = _("放假安排已公布，到期日由 %(old)s 改为 %(new)s：%(clock)s") % {
            "old": f"{timezone.localtime(recount.old_due_at):%Y-%m-%d}", "new": f"{timezone.localtime(recount.new_due_at):%Y-%m-%d}",
            "clock": clock_label(clock.key),
        }  # fmt: skip
        url = reverse("referral", args=[clock.subject_id]) if clock.subject_kind == "referral" else "/"
        for person in people:
            if person.agency_id in _concerned(clock, out):
                kind = Message.Kind.CALENDAR
                notes.append(Note(person.user_id, f"recount:{recount.pk}", kind, text, url, kind in person.mail_kinds))
    tell(notes, at=now)


def _concerned(clock: Clock, out: set[int]) -> set[int]:
    """The holder, and the counterpart once there is a letter: nobody outside hears of a draft."""
    other = clock.counterpart_id if clock.subject_kind != "referral" or clock.subject_id in out else None
    return {clock.holder_id, other} if other else {clock.holder_id}
