"""The examples work against a running server, and the fuzzing finds nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.utils import timezone

from accounts.kinds import Post
from referrals.models import Referral
from systems import events
from tests import make
from tests.conftest import world_of
from tests.systems.conftest import caller

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(live_server, settings):
    settings.EVENTS_ALLOW_PRIVATE = True
    world = world_of("xuecheng")
    case, sign = caller(world, "区住建局"), caller(world, "区住建局", Post.LEADER, name="电子签章系统")
    environment = os.environ | {
        "YISONG": live_server.url, "CASE_SYSTEM": f"{case.client.client_id}:{case.secret}", "SIGN_SYSTEM": f"{sign.client.client_id}:{sign.secret}",
    }  # fmt: skip
    return world, case, environment


def test_filing_signing_delivering_and_following_with_curl(server):
    _world, _case, environment = server
    assert shutil.which("curl"), "curl is not installed"
    done = subprocess.run(["sh", str(ROOT / "examples/referral.sh")], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "state: delivered" in done.stdout
    assert "%PDF-" in done.stdout
    assert "referral.sign 区住建局 电子签章系统" in done.stdout
    assert Referral.objects.get().state == "delivered"


def test_the_python_client_files_and_receives_its_events(server):
    _world, _case, environment = server
    stop = threading.Event()

    def deliver():
        from django.db import connection

        while not stop.is_set():
            events.fan_out(timezone.now())
            for endpoint in events.endpoints_to_serve(timezone.now()):
                events.serve(endpoint)
            time.sleep(0.1)
        connection.close()

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        done = subprocess.run([sys.executable, str(ROOT / "examples/client.py")], env=environment, capture_output=True, text=True, timeout=120)
    finally:
        stop.set()
        thread.join()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "events: ['referral.start_draft']" in done.stdout
    assert len((ROOT / "examples/client.py").read_text(encoding="utf-8").splitlines()) <= 70


@pytest.fixture
def web(server):
    """A web server as in production, on the database of the test."""
    from django.db import connection

    from ops.embedded import free_port

    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": url, "REST_RATE": "1000000", "DJANGO_SETTINGS_MODULE": "config.settings.development", "MEDIA_ROOT": str(settings_of().MEDIA_ROOT),
        "EVENTS_ALLOW_PRIVATE": "",
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--worker-class",
        "gthread",
    ]
    process = subprocess.Popen([*command, "--no-control-socket"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _n in range(100):
        try:
            urlopen(f"http://127.0.0.1:{port}/health/web/", timeout=2).close()
            break
        except OSError:
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def settings_of():
    from django.conf import settings

    return settings


@pytest.mark.fuzz
def test_fuzzing_finds_no_fault_no_undocumented_answer_and_no_accepted_nonsense(server, web):
    world, case, _environment = server
    make.delivered(world)
    make.draft(world, party_code=make.credit_code(7))
    assert case.fetch_token().status_code == 200
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", web + "/api/v1/schema/", "-H", f"Authorization: Bearer {case.token}",
        "--checks", "all", "--max-examples", os.environ.get("FUZZ_EXAMPLES", "1"), "--seed", os.environ.get("FUZZ_SEED", "7"), "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=float(os.environ.get("FUZZ_SECONDS", "500")))
    assert done.returncode == 0, done.stdout[-6000:]
    assert "Failures" not in done.stdout
