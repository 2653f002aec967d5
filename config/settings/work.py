"""Background work: its queues, its limits, and what comes at set times."""

from __future__ import annotations

from config.settings.database import REDIS_URL

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
# A worker waits for a broker that is away for as long as that takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Nothing runs for ever: each kind of work names its own limit (foundation/work); this is for what runs at set times.
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
# Five queues, each with a worker of its own: a thousand ledgers or a silent mail server never hold up the sweep.
CELERY_TASK_DEFAULT_QUEUE = "watch"
# Only the tests want a failed piece of background work to end the caller.
WORK_RAISES = False
# Everything that comes at set times (foundation/work/kinds.py: Timed, under the same names): its seconds, and its queue if not the watch.
_AT_SET_TIMES = {
    "sweep": (60.0, "watch"),
    "digest": (900.0, "watch"),
    "seal-audit": (60.0, "watch"),
    "anchor-audit": (300.0, "watch"),
    "find-lost-work": (30.0, "watch"),
    "send-events": (5.0, "events"),
    "forget-answers": (3600.0, "watch"),
    "forget-uploads": (3600.0, "watch"),
    "tidy-drafts": (3600.0, "watch"),
    "forget-ended-sessions": (3600.0, "watch"),
    "forget-typed-work": (3600.0, "watch"),
    "tidy-sign-ins": (3600.0, "watch"),
    "tidy-systems": (3600.0, "watch"),
    "remove-discarded-files": (300.0, "watch"),
}
# A call that nobody took before the next one comes is worth nothing: the next one does the same.
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": "foundation.work.tasks.at_set_time",
        "args": (name,),
        "schedule": seconds,
        "options": {"expires": seconds * 0.95, "queue": queue},
    }
    for name, (seconds, queue) in _AT_SET_TIMES.items()
}
