"""What the database knows about how the work goes. Each function asks once; `now` is aware, ages are in seconds."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import AuditAnchor, AuditSeal
from foundation.health.figures import ANCHOR_MAY_WAIT, BEAT_MAY_LAG, CLOCKS_MAY_DIFFER, QUEUE_MAY_WAIT, Figure
from foundation.storing.models import Backup
from foundation.work.kinds import KINDS, QUEUES, TIMED
from foundation.work.models import Job, Run
from foundation.work.queueing import oldest_waiting

# No figure is worth more of the database's time.
STATEMENT_SECONDS = 2


def database_figures() -> list[Figure]:
    """Everything that the database knows, in one transaction that reads only. Raises django.db.DatabaseError."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        skew = clock_skew()
        now, installed = timezone.now(), _installed_at()
        found = [Figure("database", 1, _("数据库有应答。"), limit=1, least=True), skew]
        found += [*queue_ages(now), *tasks_over_limit(now), *failed_jobs(), beat_lag(now, installed), *timed_ages(now, installed)]
        found += [last_backup(now, installed), unanchored(now), migrations_unapplied()]
    return found


def _installed_at() -> dt.datetime:
    """Since when there are tables here: what has never happened counts from then."""
    first = MigrationRecorder.Migration.objects.aggregate(first=Min("applied"))["first"]
    return first or timezone.now()


def clock_skew() -> Figure:
    """By how much the database's clock is ahead of (or behind) this machine's."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    ours = before + (timezone.now() - before) / 2
    off = abs((theirs - ours).total_seconds())
    return Figure("clock_skew", off, _("数据库与本机的时钟相差 %(n).1f 秒。") % {"n": off}, "seconds", limit=CLOCKS_MAY_DIFFER)


def queue_ages(now: dt.datetime) -> Iterator[Figure]:
    """How long the oldest piece of work of each queue has been due and not done."""
    for queue, age in oldest_waiting(now).items():
        said = _("%(queue)s 队列：等得最久的工作已等 %(n)d 秒。") if age else _("%(queue)s 队列：没有等待的工作。")
        yield Figure("queue_age", age, said % {"queue": queue, "n": age}, "seconds", queue, QUEUE_MAY_WAIT[queue])


def tasks_over_limit(now: dt.datetime) -> Iterator[Figure]:
    """Pieces of work whose worker has had them for longer than they may take: it hangs, or it died."""
    over = Job.objects.filter(state=Job.State.RUNNING, leased_until__lt=now).values_list("kind").annotate(Count("pk"))
    counts = Counter[str]()
    for kind, number in over:
        if kind in KINDS:
            counts[KINDS[kind].queue] += number
    for queue in QUEUES:
        said = _("%(queue)s 队列：%(n)d 件工作超过了时限仍未结束。") % {"queue": queue, "n": counts[queue]}
        yield Figure("tasks_over_limit", counts[queue], said, of=queue, limit=0)


def failed_jobs() -> Iterator[Figure]:
    """Work that nobody tries any more (an administrator decides), and work that failed and is tried again by itself."""
    states = Job.objects.exclude(state=Job.State.DONE).aggregate(
        parked=Count("pk", filter=Q(state=Job.State.PARKED)), failing=Count("pk", filter=Q(state=Job.State.WAITING, attempts__gt=0))
    )
    yield Figure("jobs_parked", states["parked"], _("%(n)d 件后台工作已搁置，待管理员处理。") % {"n": states["parked"]}, limit=0)
    yield Figure("jobs_failing", states["failing"], _("%(n)d 件后台工作失败过，将自动再试。") % {"n": states["failing"]})


def beat_lag(now: dt.datetime, installed: dt.datetime) -> Figure:
    """How long ago anything that comes at set times began; a beginning in the future is a clock that was set back."""
    last = Run.objects.aggregate(last=Max("began_at"))["last"] or installed
    lag = (now - last).total_seconds()
    said = _("定时调度上一次起动是 %(n)d 秒前。") if lag >= 0 else _("定时调度上一次起动的时间比现在晚 %(n)d 秒：时钟被往回调过。")
    return Figure("beat_lag", abs(lag), said % {"n": abs(lag)}, "seconds", limit=BEAT_MAY_LAG)


def timed_ages(now: dt.datetime, installed: dt.datetime) -> Iterator[Figure]:
    """How long ago each thing that comes at set times last ended well."""
    ended = dict(Run.objects.values_list("name", "ended_at"))
    for name, timed in TIMED.items():
        age = max((now - (ended.get(name) or installed)).total_seconds(), 0.0)
        said = _("%(label)s上一次正常结束是 %(n)d 秒前。") if ended.get(name) else _("%(label)s还没有正常结束过。")
        yield Figure("timed_age", age, said % {"label": timed.label, "n": age}, "seconds", name, timed.well_within.total_seconds())


def last_backup(now: dt.datetime, installed: dt.datetime) -> Figure:
    """How long ago the last backup ended in which nothing was missing; HEALTH_BACKUP_HOURS is how old it may be (0: whatever)."""
    last = Backup.objects.filter(trouble="", ended_at__isnull=False).aggregate(last=Max("ended_at"))["last"]
    age = (now - (last or installed)).total_seconds()
    said = _("上一次完整的备份在 %(n).1f 小时前结束。") % {"n": age / 3600} if last else _("还没有完整的备份。")
    return Figure("backup_age", age, said, "seconds", limit=settings.HEALTH_BACKUP_HOURS * 3600 or None)


def unanchored(now: dt.datetime) -> Figure:
    """How long the oldest seal of the trail has been waiting for an anchor outside of the database."""
    anchor = AuditAnchor.objects.order_by("-number").first()
    waiting = AuditSeal.objects.filter(number__gt=anchor.seal_number if anchor else 0).order_by("number").first()
    age = max((now - waiting.at).total_seconds(), 0.0) if waiting else 0.0
    when = timezone.localtime(anchor.at).strftime("%Y-%m-%d %H:%M:%S") if anchor else "—"
    said = _("留痕的最近一次锚定：%(when)s；等得最久的封签已等 %(n)d 秒。") % {"when": when, "n": age}
    return Figure("audit_unanchored", age, said, "seconds", limit=ANCHOR_MAY_WAIT)


@functools.cache
def _shipped() -> frozenset[tuple[str, str]]:
    """The migrations of this version of the code; the files do not change while it runs."""
    return frozenset(MigrationLoader(None).graph.nodes)


def migrations_unapplied() -> Figure:
    """Migrations of this code that the database has not seen."""
    applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    left = len(_shipped() - applied)
    said = _("%(n)d 个数据库迁移尚未执行（manage.py migrate）。") if left else _("数据库迁移都已执行。")
    return Figure("migrations_unapplied", left, said % {"n": left}, limit=0)
