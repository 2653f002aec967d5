"""The production files are right by construction: what the images run is run here."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psycopg
import pytest
import yaml
from django.core.management import call_command
from django.db import connection

from foundation.work.models import Run
from oversight.apps import SWEEP

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
KEY = "k" * 40
SECRETS = (
    "SECRET_KEY",
    "AUDIT_KEY",
    "AUDIT_ANCHOR_KEY",
    "POSTGRES_PASSWORD",
    "OWNER_PASSWORD",
    "APPLICATION_PASSWORD",
    "REDIS_PASSWORD",
)
pytestmark = pytest.mark.worker


@pytest.fixture
def env(transactional_db, tmp_path):
    """What compose gives to what lasts: the application's own role, with its rights, on the test database."""
    from django.conf import settings

    given = os.environ.get("APPLICATION_DATABASE_URL") or os.environ["DATABASE_URL"]
    url = f"{given.rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    if "APPLICATION_DATABASE_URL" in os.environ:
        call_command("grant_rights", to=urlsplit(url).username)
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings.production", "SECRET_KEY": KEY,
        "AUDIT_KEY": KEY, "AUDIT_ANCHOR_KEY": KEY, "AUDIT_ANCHOR_DIR": str(tmp_path / "anchors"), "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "ALLOWED_HOSTS": "yisong.example.invalid",
        "PUBLIC_URL": "https://yisong.example.invalid", "MEDIA_ROOT": str(tmp_path), "HOME": str(tmp_path), "PYTHONUNBUFFERED": "1",
        "TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip


def start(command, env, port=None):
    if port:
        command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in command]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def stop(process):
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)


def eventually(check, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.3)
    return False


def healthy(name, env, **more):
    return subprocess.run([sys.executable, "-m", "ops.health", name], cwd=ROOT, env=env | more, capture_output=True).returncode == 0


def test_no_secret_has_a_default_and_every_service_has_a_health_check():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in SECRETS:
        assert set(re.findall(r"\$\{" + name + r"([^}]*)\}", text)) == {f":?set {name}"}
    lasting = {n: s for n, s in COMPOSE["services"].items() if n not in ("roles", "migrate", "guard")}
    assert set(lasting) == {"web", "watch", "letters", "mail", "exports", "files", "events", "beat", "db", "redis"}
    assert all("healthcheck" in s for s in lasting.values())
    assert int(COMPOSE["services"]["db"]["image"].split(":")[1]) >= 16


def test_compose_config_passes_with_the_secrets_and_fails_without():
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        compose = ["docker", "compose"]
    elif shutil.which("docker-compose"):
        compose = ["docker-compose"]
    else:
        pytest.skip("docker compose is not on this machine: `docker compose config` was not run")
    names = (*SECRETS, "PUBLIC_URL", "ALLOWED_HOSTS")
    base = {"PATH": os.environ["PATH"], "HOME": "/tmp"}
    command = [*compose, "-f", str(ROOT / "docker-compose.yml"), "config", "-q"]
    assert subprocess.run(command, env=base | dict.fromkeys(names, KEY), capture_output=True).returncode == 0
    assert subprocess.run(command, env=base, capture_output=True).returncode != 0


def test_the_image_brings_the_dump_tools_of_the_servers_own_version():
    server = COMPOSE["services"]["db"]["image"].split(":")[1]
    client = re.search(r"postgresql-client-(\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert client[1] == server


def test_production_refuses_to_start_without_secrets(env):
    for name in ("SECRET_KEY", "AUDIT_KEY", "AUDIT_ANCHOR_KEY"):
        done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env | {name: "short"}, capture_output=True, text=True)
        assert done.returncode != 0
        assert name in done.stderr


def test_the_commands_of_the_images_run(env):
    migrate = COMPOSE["services"]["migrate"]["command"]
    owner = env["DATABASE_URL"].replace(env["DATABASE_URL"].rpartition("/")[0], os.environ["DATABASE_URL"].rpartition("/")[0])
    as_owner = env | {"DATABASE_URL": owner, "APPLICATION_ROLE": "yisong_app"}
    done = subprocess.run(migrate, cwd=ROOT, env=as_owner, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    guard = COMPOSE["services"]["guard"]["command"]
    assert subprocess.run(guard, cwd=ROOT, env=env, capture_output=True).returncode == 0
    assert subprocess.run(guard, cwd=ROOT, env=as_owner, capture_output=True).returncode != 0
    static = subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=ROOT, env=env, capture_output=True)
    assert static.returncode == 0
    web = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    port = 18000 + os.getpid() % 1000
    running = [start(yaml.safe_load(web[1]), env, port), start(COMPOSE["services"]["watch"]["command"], env)]
    try:
        url = f"http://127.0.0.1:{port}"
        assert eventually(lambda: healthy("web", env, HEALTH_URL=f"{url}/health/web/"))
        headers = {"Host": "yisong.example.invalid", "X-Forwarded-Proto": "https"}
        with urlopen(Request(f"{url}/sign-in/", headers=headers)) as answer:
            page = answer.read().decode()
        asset = re.search(r'href="(/static/css/app[^"]*\.css)"', page)[1]
        with urlopen(Request(url + asset, headers=headers)) as answer:
            assert answer.status == 200
        assert eventually(lambda: healthy("watch", env))
        assert not healthy("letters", env)
        Run.objects.filter(name=SWEEP).delete()
        assert not healthy("beat", env)
        beat = [part.replace("/tmp/beat", tempfile.mktemp()) for part in COMPOSE["services"]["beat"]["command"]]
        running.append(start(beat, env | {"DJANGO_SETTINGS_MODULE": "config.settings.production"}))
        assert eventually(lambda: healthy("beat", env), 90)
    finally:
        for process in running:
            stop(process)
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_renders_and_delivers_a_signed_letter(env, settings, xuecheng_now):
    from config.celery import app
    from referrals.models import Referral
    from tests import make

    worker = start(COMPOSE["services"]["letters"]["command"], env)
    app.conf.task_always_eager = False
    try:
        referral = make.signed(xuecheng_now)
        assert eventually(lambda: Referral.objects.get(pk=referral.pk).state == "delivered")
    finally:
        app.conf.task_always_eager = True
        stop(worker)


@pytest.fixture
def xuecheng_now(transactional_db):
    from tests.conftest import world_of

    return world_of("xuecheng")


def assert_application_role(base):
    """Web, worker, events and beat of the demonstration are connected as the application; nobody as owner or superuser."""
    port = (base / "pgdata" / "postmaster.pid").read_text().splitlines()[3]
    password = (base / "pg.password").read_text()
    with psycopg.connect(f"postgresql://yisong:{password}@127.0.0.1:{port}/yisong") as admin:
        others = "SELECT usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        roles = {row[0] for row in admin.execute(others)}
        assert roles == {"yisong_app"}
        assert not admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'yisong_owner'").fetchone()[0]


def test_the_demonstration_starts_answers_and_stops_cleanly_twice():
    base = Path(tempfile.mkdtemp(prefix="yisong-demo-", dir="/tmp"))
    env = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "AUDIT_KEY", "AUDIT_ANCHOR_KEY", "DJANGO_SETTINGS_MODULE")
    }
    env |= {"YISONG_STATE": str(base), "PORT": str(19000 + os.getpid() % 1000)}
    seen = []
    try:
        for _start in range(2):
            demo = subprocess.Popen(
                [sys.executable, "-m", "ops.demo"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            lines = []
            for line in demo.stdout:
                lines.append(line)
                if "Ctrl-C stops everything" in line:
                    break
            said = "".join(lines)
            assert "is ready at" in said, said
            address = re.search(r"is ready at (\S+)", said)[1]
            with urlopen(f"{address}/sign-in/") as answer:
                assert answer.status == 200
            seen.append(re.search(r"below: (\S+)", said)[1])
            assert_application_role(base)
            demo.send_signal(signal.SIGTERM)
            demo.stdout.read()
            assert demo.wait(60) == 0
            assert not (base / "pgdata" / "postmaster.pid").exists()
        assert seen[0] == seen[1]
        assert "database system is shut down" in (base / "postgres.log").read_text()
    finally:
        shutil.rmtree(base, ignore_errors=True)
