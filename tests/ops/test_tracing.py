"""Traces: off, nothing of them is loaded; on, requests, statements, tasks and Redis are seen, and nobody's data leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
NAME, CARD, PHONE = "张三丰", "370402199001011234", "13812345678"
# The Redis client looks by itself whether the API is installed; it does nothing with it before somebody asks it to.
OFF = """
import config.wsgi, sys
from config.celery import app
app.loader.import_default_modules()
print([name for name in sys.modules if name.startswith(("opentelemetry.instrumentation", "opentelemetry.exporter", "opentelemetry.sdk.trace"))])
"""
# The work of a day in one process, with somebody's data in every place where it could stand.
DAY = """
import json, os, sys
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from config.tracing import start
memory = InMemorySpanExporter()
assert start(memory)
import django
django.setup()
from django.conf import settings
from django.core.cache import cache
from django.db import connection, DatabaseError
from django.test import Client
from foundation.work import kinds, tasks
from foundation.work.kinds import Timed
settings.ALLOWED_HOSTS = ["*"]
name, card, phone = sys.argv[1:]
client = Client(raise_request_exception=False)
client.get("/sign-in/", {"next": name + card})
client.post("/sign-in/", {"username": phone, "password": card})
client.get(f"/nowhere/{card}/{name}/")
client.get(f"/verify/{card}/", headers={"User-Agent": name.encode().decode("latin-1"), "X-Forwarded-For": phone})
cache.set(f"key:{card}", name)
with connection.cursor() as cursor:
    cursor.execute("SELECT %s", [name])
    try:
        cursor.execute(f"SELECT '{name} {card}'::integer")
    except DatabaseError:
        pass
def fall(now):
    raise ValueError(name + card + phone)
kinds.TIMED["toy"] = Timed("toy", name, "watch", fall)
tasks.at_set_time.apply(("toy",), throw=False)
print("SPANS" + json.dumps([json.loads(span.to_json()) for span in memory.get_finished_spans()]))
"""


def run(code, *arguments, **more):
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.development"} | more
    env["DATABASE_URL"] = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_where_it_is_not_wanted_nothing_of_it_is_loaded(db):
    assert run(OFF, OTEL_EXPORTER_OTLP_ENDPOINT="").strip() == "[]"


@pytest.mark.django_db(transaction=True)
def test_where_it_is_wanted_the_work_is_seen_and_nobodys_data_leaves():
    out = run(DAY, NAME, CARD, PHONE, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    spans = json.loads(out.partition("SPANS")[2])
    text = json.dumps(spans, ensure_ascii=False)
    for secret in (NAME, "三丰", CARD, PHONE, "nowhere", "key:"):
        assert secret not in text, [span for span in spans if secret in json.dumps(span, ensure_ascii=False)]
    names = {span["name"] for span in spans}
    assert any("sign-in/" in name for name in names), names
    assert any(name.startswith("SELECT") for name in names), names
    assert any(name.startswith("SET") for name in names), names
    assert any("at_set_time" in name for name in names), names
    failed = next(span for span in spans if "at_set_time" in span["name"])
    assert failed["status"] == {"status_code": "ERROR"}
    assert failed["events"] == []
