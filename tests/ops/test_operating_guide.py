"""docs/operating.md says what is so: every setting with its default, every command with its options, every figure."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from foundation.health.metrics import GAUGES

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
# What the settings ask the environment for while they are read, each with its default.
ASKED = """
import json, os, sys

class Watched(dict):
    asked = {}

    def get(self, name, default=None):
        place = sys._getframe(1).f_code.co_filename
        if "/config/" in place:
            self.asked.setdefault(name, str(default) if isinstance(default, str | int) else "")
        return super().get(name, default)

os.environ = Watched({"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 40, "AUDIT_KEY": "k" * 40, "AUDIT_ANCHOR_KEY": "k" * 40})
import config.settings.production
from config.tracing import wanted
wanted()
print(json.dumps(Watched.asked))
"""


@functools.cache
def asked():
    code = [sys.executable, "-W", "ignore", "-c", ASKED]
    found = json.loads(subprocess.run(code, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True).stdout)
    # Who starts Python says which settings; that is no setting.
    return {name: default for name, default in found.items() if name != "DJANGO_SETTINGS_MODULE"}


def told():
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| (.+?) \| (.+) \|$", GUIDE.partition("## Settings")[2], re.MULTILINE)
    return {name: "" if default == "—" else default.strip("`") for name, default, _meaning in rows}


def test_the_table_of_settings_is_what_the_code_asks_for():
    assert told() == asked()


def test_compose_hands_on_no_setting_that_nobody_asks_for():
    given = set(COMPOSE["x-app"]["environment"])
    assert given <= set(asked()), given - set(asked())


def commands():
    return re.findall(r"manage\.py ([a-z_]+)((?: [^`|\n]+)?)", GUIDE)


@pytest.mark.parametrize(("name", "rest"), sorted(set(commands())))
def test_every_command_is_there_and_takes_its_options(name, rest):
    known = get_commands()
    assert name in known
    command = load_command_class(known[name], name) if isinstance(known[name], str) else known[name]
    options = {one for action in command.create_parser("manage.py", name)._actions for one in action.option_strings}
    assert {word for word in shlex.split(rest) if word.startswith("--")} <= options


def test_every_option_that_is_named_by_itself_is_one():
    known = get_commands()
    options = set()
    for name in ("backup", "restore", "check_files", "verify_audit", "renew_words"):
        parser = load_command_class(known[name], name).create_parser("manage.py", name)
        options |= {one for action in parser._actions for one in action.option_strings}
    others = {"--no-deps", "--rm", "--build-arg", "--no-log-prefix", "--pgdata", "--checkpoint", "--dbname"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", GUIDE)) <= options | others


def test_every_service_that_is_named_is_in_the_compose_file():
    services = set(COMPOSE["services"])
    for line in re.findall(r"docker compose (.+)", GUIDE):
        words = shlex.split(re.sub(r"`.*| \|.*", "", line))
        named = [w for w in words[1:] if not w.startswith("-") and re.fullmatch(r"[a-z]+", w)]
        if words[0] == "run":
            assert next(w for w in named if w != "python") in services, line
        elif words[0] == "restart":
            assert set(named) <= services, line


def test_every_figure_says_what_to_do():
    table = GUIDE.partition("### When something is wrong")[2].partition("## Logs")[0]
    assert {name for name in GAUGES if not re.search(rf"\b{name}\b", table)} == {"jobs_failing"}


def databases(**more):
    code = "from config.settings.base import DATABASES as d; print(sorted(d['default']['OPTIONS']), d['default'].get('DISABLE_SERVER_SIDE_CURSORS'))"
    env = os.environ | {"DB_STATEMENT_SECONDS": "60"} | more
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def test_behind_pgbouncer_nothing_is_pooled_and_no_cursor_outlives_its_transaction():
    assert "'pool'" in databases(DB_BOUNCER="")
    behind = databases(DB_BOUNCER="1")
    assert "'pool'" not in behind
    assert "'options'" not in behind
    assert behind.strip().endswith("True")
