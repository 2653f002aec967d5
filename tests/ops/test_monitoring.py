"""Prometheus' figures: by view's name only; and whatever the shipped dashboard and alerts ask for is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from foundation.health import collecting, measuring, surroundings
from foundation.health.metrics import GAUGES, exposition
from tests import make

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "ops" / "monitoring"
TOKEN = "t" * 40


@pytest.fixture
def shown(db):
    found = [*measuring.database_figures(), *surroundings.disk_figures(), surroundings.redis_figure()]
    return exposition(found).decode()


def named(text):
    """Every series that is exposed."""
    return set(re.findall(r"^(yisong_\w+)(?:\{[^\n]*\})? \S+$", text, re.MULTILINE))


def test_every_figure_is_exposed_and_whether_it_is_well(shown, client):
    assert {name for name, _what, _label in GAUGES.values()} <= named(shown)
    assert 'yisong_figure_well{figure="queue_age",of="mail"} 1.0' in shown


def test_requests_are_counted_by_the_views_name_and_never_by_number_or_person(xuecheng, client, settings):
    settings.HEALTH_TOKEN = TOKEN
    referral = make.delivered(xuecheng)
    user = xuecheng.user("区住建局")
    client.force_login(user)
    assert client.get(f"/referrals/{referral.pk}/?q=张三三").status_code == 200
    client.get("/nowhere/370402199001011234/")
    client.generic("FANCY7", "/")
    text = exposition([]).decode()
    assert re.search(r'yisong_requests_total\{method="GET",status="200",view="referral"\} \d', text)
    assert re.search(r'yisong_request_seconds_count\{view="referral"\} \d', text)
    assert re.search(r'yisong_requests_total\{method="GET",status="404",view="-"\}', text)
    for secret in (f"/{referral.pk}", "张三", "370402", user.username, user.name if hasattr(user, "name") else user.username, "FANCY7", "sessionid"):
        assert secret not in text


def expressions():
    dashboard = json.loads((PLACE / "grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield f"panel {panel['title']}", target["expr"]
    for group in yaml.safe_load((PLACE / "alerts.yml").read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]


def test_every_metric_that_dashboard_and_alerts_name_is_exposed(shown, client, xuecheng):
    client.get("/sign-in/")
    known = named(exposition([]).decode()) | named(shown)
    asked = list(expressions())
    assert len(asked) > 15
    for place, expression in asked:
        names = set(re.findall(r"\byisong_\w+", expression))
        assert names, place
        assert names <= known, (place, names - known)


def test_every_alert_says_what_to_do_and_how_bad_it_is():
    rules = [rule for group in yaml.safe_load((PLACE / "alerts.yml").read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] in ("page", "ticket") for rule in rules)
    text = " ".join(rule["expr"] for rule in rules)
    silent = {name for name, gauge in GAUGES.items() if gauge[0] not in text and f'figure="{name}"' not in text}
    # What failed and is tried again by itself calls nobody.
    assert silent == {"jobs_failing"}


def test_all_processes_of_a_web_server_count_together(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from foundation.health.metrics import REQUESTS, exposition\n"
        "REQUESTS.labels('sign-in', 'GET', '200').inc()\n"
        "print(exposition([]).decode())"
    )
    import os

    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.development"}
    for _ in range(2):
        said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert 'yisong_requests_total{method="GET",status="200",view="sign-in"} 2.0' in said


def test_the_figures_module_is_asked_in_time(client, settings, monkeypatch):
    settings.HEALTH_TOKEN = TOKEN
    monkeypatch.setattr(collecting, "figures", lambda: [])
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
