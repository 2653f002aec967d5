"""Background work that nobody tries any more: the administrator is told, sees what stood in its way, and decides."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, people_at
from accounts.kinds import Post
from accounts.models import Agency
from core import audit
from core.acts import demand
from core.decisions import Allow, Decision, Deny
from core.errors import BadInput, NotVisible, WrongState
from core.retries import tried_again
from foundation.work.kinds import KINDS
from foundation.work.models import Job
from foundation.work.queueing import give_parked_up, try_parked_again
from notifications.models import Message
from notifications.telling import Note, tell

# So many are shown at once; the rest follows when these are dealt with.
MOST_SHOWN = 200


def may_mend_work(by: Actor) -> Decision:
    """The system administrator, who keeps the installation going and sees no case by it."""
    if by.holds(Post.ADMINISTRATOR):
        return Allow()
    return Deny(_("搁置的后台工作由系统管理员处理。"))


def parked_visible_to(by: Actor) -> QuerySet[Job]:
    """The parked work of the own district and of no district, oldest first; of a kind that is not known here, none."""
    if not isinstance(may_mend_work(by), Allow):
        return Job.objects.none()
    mine = Q(jurisdiction_id=by.jurisdiction_id) | Q(jurisdiction=None)
    return Job.objects.filter(mine, state=Job.State.PARKED, kind__in=list(KINDS)).order_by("parked_at", "pk")


def parked_rows(by: Actor) -> list[dict[str, Any]]:
    """What the page shows of each: what it is, since when, how often it was tried, the last error, what may be done."""
    return [
        {
            "pk": job.pk, "label": KINDS[job.kind].label, "subject": job.subject_id, "parked_at": job.parked_at, "attempts": job.attempts,
            "error": job.last_error, "may_give_up": KINDS[job.kind].may_give_up,
        }
        for job in parked_visible_to(by)[:MOST_SHOWN]
    ]  # fmt: skip


def _parked(pk: int, by: Actor) -> Job:
    """The locked row. Raises NotAllowed, NotVisible, WrongState (another administrator was quicker)."""
    demand(may_mend_work(by))
    rows = Job.objects.select_for_update(of=("self",), no_key=True)
    job = rows.filter(Q(jurisdiction_id=by.jurisdiction_id) | Q(jurisdiction=None), pk=pk, kind__in=list(KINDS)).first()
    if job is None:
        raise NotVisible(_("没有这项后台工作，或者您看不到它。"))
    if job.state != Job.State.PARKED:
        raise WrongState(_("这项后台工作已不在搁置状态。"))
    return job


@tried_again
def retry_work(pk: int, *, by: Actor) -> None:
    """Have parked work tried anew, from its first attempt. Raises NotAllowed, NotVisible, WrongState."""
    with transaction.atomic():
        job = _parked(pk, by)
        try_parked_again(job.kind, job.subject_id)
        audit.record("job", job.pk, "job.retry", by=by, kind=job.kind, subject=job.subject_id)


@tried_again
def give_up_work(pk: int, *, by: Actor) -> None:
    """Leave parked work undone for good. Raises NotAllowed, NotVisible, WrongState, and BadInput for what must be done (a letter)."""
    with transaction.atomic():
        job = _parked(pk, by)
        if not KINDS[job.kind].may_give_up:
            raise BadInput(_("这项工作必须完成，不能放弃；请排除原因后重试。"))
        give_parked_up(job.kind, job.subject_id)
        audit.record("job", job.pk, "job.give_up", by=by, kind=job.kind, subject=job.subject_id)


def tell_administrators(job: Job) -> None:
    """A message to each system administrator of the district (of every district, where it belongs to none)."""
    offices = Agency.objects.filter(holdings__post=Post.ADMINISTRATOR)
    if job.jurisdiction_id is not None:
        offices = offices.filter(jurisdiction_id=job.jurisdiction_id)
    now, kind = timezone.now(), Message.Kind.WORK
    text = _("后台工作已搁置：%(what)s（第 %(n)s 号），需要处理。") % {"what": KINDS[job.kind].label, "n": job.subject_id}
    key = f"parked:{job.pk}:{job.parked_at.timestamp():.0f}" if job.parked_at else f"parked:{job.pk}"
    people = people_at(set(offices.values_list("pk", flat=True)), (Post.ADMINISTRATOR,), timezone.localdate(now))
    # What cannot be mailed is not told by mail: that would be parked in its turn, and told again.
    by_mail = job.kind != "mail"
    tell([Note(p.user_id, key, kind, text, reverse("parked-work"), by_mail and kind in p.mail_kinds) for p in people], at=now)
