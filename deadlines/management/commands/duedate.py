"""`manage.py duedate`: by when, and why. Needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from deadlines.calendar import CalendarError, shipped_calendar
from deadlines.duedate_lines import BadQuestion, answer, ask, explanation
from deadlines.profile_files import ProfileError


class Command(BaseCommand):
    help = "Print the due date of a clock, with the reason for each day. --batch reads JSON lines from standard input."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile")
        parser.add_argument("--clock")
        parser.add_argument("--event", help="ISO date or date-time; without offset it is Shanghai time")
        parser.add_argument("--urgent", action="store_true")
        parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
        parser.add_argument("--noticed-at", help="ask for an extension: when the other side was told")
        parser.add_argument("--reason", default="")
        parser.add_argument("--until", help="the extension's last day; left out, the most that the clause allows")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--batch", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            try:
                if options["batch"]:
                    self._batch()
                else:
                    self._single(options)
            except (BadQuestion, ProfileError, CalendarError) as error:
                sys.stderr.write(f"duedate: {error}\n")
                sys.exit(2)

    def _single(self, given: dict[str, Any]) -> None:
        question: dict[str, Any] = {key: given[key] for key in ("profile", "clock", "event")}
        for name in question:
            if not question[name]:
                raise BadQuestion(f"--{name} is required (or use --batch)")
        for pair in given["option"]:
            if "=" not in pair:
                raise BadQuestion(f"--option “{pair}” is not key=value")
        question["options"] = dict(pair.split("=", 1) for pair in given["option"])
        question["urgent"] = given["urgent"]
        if given["noticed_at"]:
            question["extension"] = {"noticed_at": given["noticed_at"], "reason": given["reason"], "until": given["until"]}
        profile, due = ask(question, shipped_calendar(), explain=True)
        if given["json"]:
            body = answer(None, due) | {
                "profile": profile.profile.key, "clock": due.rule.key, "event": due.event_at.isoformat(),
                "trigger": due.rule.trigger, "notes": list(due.notes), "days": explanation(due),
            }  # fmt: skip
            body.pop("id")
            self.stdout.write(json.dumps(body, ensure_ascii=False))
            return
        self.stdout.write(due.due_at.isoformat() if due.due_at else "（原文未规定数字时限）")
        if due.provisional:
            self.stdout.write("暂定：涉及的年度尚未公布放假安排，公布后重新计算")
        if due.refused:
            self.stdout.write(f"不予延长：{due.refused}")
        self.stdout.write(f"依据 {profile.profile.doc_no} {due.rule.clause}；时限 {due.rule.key}，单位 {due.rule.unit}")
        self.stdout.write(f"起算 {due.event_at.isoformat()}（{due.rule.trigger}）")
        for note in due.notes:
            self.stdout.write(f"· {note}")
        for day, counted, why in due.steps:
            self.stdout.write(f"  {day.isoformat()} {'计' if counted else '—'} {why}")

    def _batch(self) -> None:
        calendar = shipped_calendar()
        for line in sys.stdin:
            if not line.strip():
                continue
            identity: Any = None
            try:
                question = json.loads(line)
                if not isinstance(question, dict):
                    raise BadQuestion("a line must be a JSON object")
                identity = question.get("id")
                body = answer(identity, ask(question, calendar)[1])
            except json.JSONDecodeError as error:
                body = {"id": None, "error": f"not JSON: {error.msg}"}
            except (BadQuestion, RecursionError) as error:
                body = {"id": identity, "error": str(error)}
            self.stdout.write(json.dumps(body, ensure_ascii=False))
