"""The figures and the requests for Prometheus: by view's name and status, never by number, person or address."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from foundation.health.figures import Figure

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Seconds: a list is to answer in a tenth, a letter in one, and what takes ten is a fault.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
REQUESTS = Counter("yisong_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram("yisong_request_seconds", "Seconds until a request was answered.", ["view"], buckets=BUCKETS)
# name of the figure: (name of the metric, what it is, the name of its label)
GAUGES = {
    "database": ("yisong_database_answers", "1 if the database answered in time.", ""),
    "redis": ("yisong_redis_answers", "1 if Redis takes what is written to it.", ""),
    "clock_skew": ("yisong_clock_skew_seconds", "How far the clocks of database and host are apart.", ""),
    "queue_age": ("yisong_queue_age_seconds", "How long the oldest piece of work of a queue has been due.", "queue"),
    "tasks_over_limit": ("yisong_tasks_over_limit", "Pieces of work that were begun and not ended within their limit.", "queue"),
    "jobs_parked": ("yisong_jobs_parked", "Background work that waits for an administrator.", ""),
    "jobs_failing": ("yisong_jobs_failing", "Background work that failed and is tried again.", ""),
    "beat_lag": ("yisong_beat_lag_seconds", "Since when nothing has come at its set time.", ""),
    "timed_age": ("yisong_timed_age_seconds", "Since when what comes at set times has not ended well.", "name"),
    "backup_age": ("yisong_backup_age_seconds", "Since when there is no backup in which nothing is missing.", ""),
    "audit_unanchored": ("yisong_audit_unanchored_seconds", "How long the oldest seal of the trail has no anchor.", ""),
    "migrations_unapplied": ("yisong_migrations_unapplied", "Migrations that the database has not seen.", ""),
    "disk_free": ("yisong_disk_free_bytes", "Free bytes of a disk that files are written to.", "place"),
}
WELL = ("yisong_figure_well", "1 if a figure is within its limit.")


class Figures:
    """A collector of what was just measured."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self.figures = list(figures)

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Any] = {}
        well = GaugeMetricFamily(*WELL, labels=["figure", "of"])
        for one in self.figures:
            name, what, label = GAUGES[one.name]
            if one.name not in families:
                families[one.name] = GaugeMetricFamily(name, what, labels=[label] if label else [])
            if one.value is not None:
                families[one.name].add_metric([one.of] if label else [], one.value)
            well.add_metric([one.name, one.of], int(one.well))
        yield from families.values()
        yield well


def exposition(figures: Iterable[Figure]) -> bytes:
    """Everything in Prometheus' own text; requests of all processes of this web server together, where they write them down together."""
    asked = generate_latest(Figures(figures))  # type: ignore[arg-type]
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return asked + generate_latest(together)
    return asked + generate_latest(REGISTRY)
