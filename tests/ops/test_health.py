"""Health tells the truth: each figure beside its limit, inside shown only to who brings the token, answered in time whatever hangs."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core.models import AuditAnchor, AuditSeal
from foundation.health import collecting, measuring, surroundings
from foundation.health.bounded import Bounded
from foundation.health.figures import Figure
from foundation.storing.models import Backup
from foundation.work.models import Job, Run
from foundation.work.runs import recorded
from oversight.apps import SWEEP
from referrals.services.exporting import LEDGER

TOKEN = "t" * 40
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def figure(name, of=""):
    return next(one for one in measuring.database_figures() if (one.name, one.of) == (name, of))


def job(**fields):
    return Job.objects.create(kind=LEDGER, subject_id=7, **fields)


def run(began, ended, name=SWEEP):
    now = timezone.now()
    Run.objects.create(name=name, began_at=now + began, ended_at=now + ended)


def seal(number, age):
    AuditSeal.objects.create(number=number, after_id=0, until_id=0, count=0, digest="", mac=str(number), at=timezone.now() - age)


def anchor(number, seal_number):
    AuditAnchor.objects.create(number=number, seal_number=seal_number, until_id=0, entries=0, line_digest="", at=timezone.now())


# What is made so; the figure that must say so; what makes it well again.
UNWELL = [
    ("queue_age", "exports", lambda: job(since=timezone.now() - HOUR), lambda: Job.objects.update(state=Job.State.DONE)),
    (
        "tasks_over_limit", "exports", lambda: job(state=Job.State.RUNNING, leased_until=timezone.now() - MINUTE),
        lambda: Job.objects.update(leased_until=timezone.now() + MINUTE),
    ),
    ("jobs_parked", "", lambda: job(state=Job.State.PARKED), lambda: Job.objects.update(state=Job.State.GIVEN_UP)),
    ("beat_lag", "", lambda: run(-5 * MINUTE, -5 * MINUTE), lambda: Run.objects.update(began_at=timezone.now())),
    ("beat_lag", "", lambda: run(HOUR, HOUR), lambda: Run.objects.update(began_at=timezone.now())),
    ("timed_age", SWEEP, lambda: run(0 * MINUTE, -6 * MINUTE), lambda: Run.objects.update(ended_at=timezone.now())),
    (
        "backup_age", "", lambda: Backup.objects.create(name="x", began_at=timezone.now(), ended_at=timezone.now() - 27 * HOUR),
        lambda: Backup.objects.update(ended_at=timezone.now()),
    ),
    ("audit_unanchored", "", lambda: (seal(1, HOUR), seal(2, MINUTE)), lambda: anchor(1, 1)),
    (
        "migrations_unapplied", "", lambda: MigrationRecorder.Migration.objects.filter(app="work").latest("id").delete(),
        lambda: MigrationRecorder.Migration.objects.bulk_create(
            MigrationRecorder.Migration(app=app, name=name)
            for app, name in measuring._shipped() - set(MigrationRecorder.Migration.objects.values_list("app", "name"))
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "of", "spoil", "mend"), UNWELL, ids=[f"{u[0]}-{n}" for n, u in enumerate(UNWELL)])
def test_a_figure_past_its_limit_is_not_well_and_within_it_is(db, monkeypatch, name, of, spoil, mend):
    # What has never happened counts from the installation: that was just now, however long other tests took before.
    monkeypatch.setattr(measuring, "_installed_at", timezone.now)
    assert figure(name, of).well
    spoil()
    one = figure(name, of)
    assert not one.well
    assert one.value is not None
    assert one.limit is not None
    assert one.said.endswith(("。", "）。"))
    mend()
    assert figure(name, of).well


def test_a_backup_that_missed_a_file_or_never_ended_is_no_backup(db, at):
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - 48 * HOUR)
    Backup.objects.create(name="x", began_at=timezone.now(), ended_at=timezone.now(), trouble="missing: 1, damaged: 0")
    Backup.objects.create(name="y", began_at=timezone.now())
    one = figure("backup_age")
    assert not one.well
    assert "还没有" in one.said


def test_where_backups_are_somebody_elses_business_none_is_demanded(db, settings):
    settings.HEALTH_BACKUP_HOURS = 0
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - 48 * HOUR)
    assert figure("backup_age").well


def test_a_clock_that_is_off_is_said(db, monkeypatch):
    assert figure("clock_skew").well
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() - HOUR)
    assert 3599 < measuring.clock_skew().value < 3601
    assert not measuring.clock_skew().well


def test_work_that_failed_and_is_tried_again_is_counted_and_is_no_trouble_yet(db):
    job(attempts=2, next_try_at=timezone.now() + MINUTE)
    assert (figure("jobs_failing").value, figure("jobs_failing").well, figure("queue_age", "exports").value) == (1, True, 0)


def test_a_disk_that_runs_full_is_not_well(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not" / "made" / "yet"
    assert {one.of for one in surroundings.disk_figures()} == {"media", "temp", "anchors"}
    settings.HEALTH_DISK_FREE_MB = 1e9
    assert not any(one.well for one in surroundings.disk_figures())


def test_redis_that_is_gone_is_not_well(settings):
    assert surroundings.redis_figure().well
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    surroundings._client.cache_clear()
    try:
        assert not surroundings.redis_figure().well
    finally:
        surroundings._client.cache_clear()


@pytest.fixture
def fares(monkeypatch):
    """Figures as they are given; each test says which."""
    given = [Figure("database", 1, "数据库有应答。", limit=1, least=True), Figure("jobs_parked", 3, "3 件后台工作已搁置。", limit=0)]
    monkeypatch.setattr(collecting, "figures", lambda: given)
    return given


@pytest.mark.parametrize(
    ("configured", "sent", "inside"),
    [(TOKEN, f"Bearer {TOKEN}", True), (TOKEN, f"bearer {TOKEN}", True), (TOKEN, "Bearer wrong", False), (TOKEN, TOKEN, False), (TOKEN, "", False),
     ("", "Bearer ", False), ("", "", False)],
)  # fmt: skip
def test_the_inside_is_shown_only_to_who_brings_the_token_that_is_configured(client, settings, fares, configured, sent, inside):
    settings.HEALTH_TOKEN = configured
    headers = {"Authorization": sent} if sent else {}
    answer = client.get("/health/", headers=headers)
    assert answer.status_code == 503
    assert answer.json()["ok"] is False
    assert ("figures" in answer.json()) == inside
    assert ("搁置" in answer.content.decode()) == inside
    asked = client.get("/metrics", headers=headers)
    assert (asked.status_code, b"yisong_jobs_parked 3.0" in asked.content) == ((200, True) if inside else (401, False))
    for path in ("/health/live/", "/health/watch/", "/health/ready/"):
        assert set(client.get(path, headers=headers).json()) == {"ok"}


def test_each_figure_comes_with_value_limit_and_sentence_the_bad_ones_first(client, settings, fares):
    settings.HEALTH_TOKEN = TOKEN
    shown = client.get("/health/", headers={"Authorization": f"Bearer {TOKEN}"}).json()["figures"]
    assert [(one["name"], one["value"], one["limit"], one["well"]) for one in shown] == [("jobs_parked", 3, 0, False), ("database", 1, 1, True)]
    assert all(one["said"] for one in shown)
    fares.pop()
    assert client.get("/health/").status_code == 200


def test_a_probe_needs_no_session_no_host_name_and_no_database_to_be_told_that_we_live(client, django_assert_num_queries, db):
    client.cookies["sessionid"] = "a" * 32
    with django_assert_num_queries(0):
        assert client.get("/health/live/", headers={"Host": "10.0.0.7:8000"}).json() == {"ok": True}


def test_what_hangs_is_left_and_asked_by_one_thread_only():
    let_go, asked = threading.Event(), []

    def hang():
        asked.append(1)
        let_go.wait(20)
        return "well"

    one = Bounded(hang)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            one.answer(time.monotonic() + 0.05)
    assert asked == [1]
    let_go.set()
    assert one.answer(time.monotonic() + 10) == "well"
    one.answer(time.monotonic() + 10)
    assert len(asked) == 2


def test_a_database_that_is_away_or_silent_is_a_figure_like_any_other(monkeypatch):
    def away():
        raise OperationalError("server closed the connection; row (张三, 370402199001011234)")

    monkeypatch.setattr(collecting, "_database", Bounded(away))
    monkeypatch.setattr(collecting, "_ready", Bounded(away))
    found = collecting.figures()
    one = next(f for f in found if f.name == "database")
    assert not one.well
    assert "张三" not in one.said
    assert {f.name for f in found} >= {"database", "redis", "disk_free"}
    assert not collecting.is_ready()


@pytest.mark.django_db(transaction=True)
def test_asked_for_real_a_fresh_installation_is_ready_and_answers_every_figure():
    call_command("migrate", verbosity=0)
    with recorded(SWEEP):
        """The beat beats."""
    assert collecting.is_ready()
    found = collecting.figures()
    assert {f.name for f in found} == {
        "database", "clock_skew", "queue_age", "tasks_over_limit", "jobs_parked", "jobs_failing", "beat_lag", "timed_age", "backup_age",
        "audit_unanchored", "migrations_unapplied", "disk_free", "redis",
    }  # fmt: skip
    assert not [f for f in found if f.value is None]
