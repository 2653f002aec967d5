"""By when? For systems that keep their own cases and only want to know the due date, with the reasons."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.answers import once
from core.errors import BadInput
from core.rest import Rest
from deadlines.book import current_calendar
from deadlines.calendar import CalendarError
from deadlines.due import BadEvent, parse_event
from deadlines.duedate_lines import BadQuestion, answer, ask, explanation

MOST = 1000
FIELDS = {"id", "profile", "clock", "event", "urgent", "options", "extension", "explain"}


class ExtensionShape(serializers.Serializer):
    noticed_at = serializers.CharField(help_text="When the other side was told (ISO 8601)")
    reason = serializers.CharField(required=False, allow_blank=True)
    until = serializers.CharField(required=False, allow_null=True, help_text="Last day; left out, the most that the clause allows")


class Question(serializers.Serializer):
    id = serializers.CharField(required=False, max_length=100, help_text="Comes back with the answer")
    profile = serializers.CharField(help_text="xuecheng, zhoucun, shuocheng, yiyuan, qidong")
    clock = serializers.CharField(help_text="A clock of the profile, e.g. receiver_feedback")
    event = serializers.CharField(help_text="When the clock starts: ISO date or time; without offset, Shanghai time")
    urgent = serializers.BooleanField(required=False)
    options = serializers.DictField(child=serializers.CharField(), required=False, help_text="Readings of the profile")
    extension = ExtensionShape(required=False)
    explain = serializers.BooleanField(required=False, help_text="Each day with its reason")


class DueDay(serializers.Serializer):
    date = serializers.DateField()
    counted = serializers.BooleanField()
    why = serializers.CharField()


class Due(serializers.Serializer):
    id = serializers.CharField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    unit = serializers.CharField()
    provisional = serializers.BooleanField()
    at_once = serializers.BooleanField(help_text="Urgent: to be done at once, and at the latest by due_at")
    clause = serializers.CharField()
    refused = serializers.CharField(allow_null=True, help_text="Why an extension is not granted")
    notes = serializers.ListField(child=serializers.CharField(), required=False)
    days = DueDay(many=True, required=False)
    error = serializers.CharField(required=False, help_text="In a batch: why this question has no answer")


class Batch(serializers.Serializer):
    questions = Question(many=True, min_length=1, max_length=MOST)


class BatchAnswer(serializers.Serializer):
    results = Due(many=True)


class DueDates(Rest):
    """One question, or up to 1000 at once; pure, nothing is kept."""

    scopes = {"POST": "read"}
    found = False

    @extend_schema(
        operation_id="due_dates",
        tags=["due dates"],
        request=PolymorphicProxySerializer("DueDateQuestion", [Question, Batch], None),
        responses=PolymorphicProxySerializer("DueDateAnswer", [Due, BatchAnswer], None),
        examples=[
            OpenApiExample(
                "薛城：移送函送达后几时前答复",
                request_only=True,
                value={"profile": "xuecheng", "clock": "receiver_feedback", "event": "2026-03-09T09:00", "explain": True},
            ),
        ],
    )
    @once
    def post(self, request: Request) -> Response:
        data = request.data
        if not isinstance(data, dict):
            raise BadInput(_("请求体须为一个 JSON 对象。"))
        with translation.override("zh-hans"):
            if "questions" not in data:
                try:
                    return Response(_answered(data, ""))
                except _Unanswerable as refusal:
                    raise BadInput(_("问题无法回答：%(why)s") % {"why": refusal.why}, fields={refusal.path: refusal.why}) from None
            questions = data["questions"]
            if set(data) != {"questions"} or not isinstance(questions, list) or not 1 <= len(questions) <= MOST:
                raise BadInput(_("questions 须为 1 至 %(n)d 个问题的数组，且没有别的字段。") % {"n": MOST}, fields={"questions": _("须为数组")})
            results = []
            for at, question in enumerate(questions):
                if not isinstance(question, dict):
                    raise BadInput(_("每个问题须为一个 JSON 对象。"), fields={f"questions/{at}": _("须为对象")})
                try:
                    results.append(_answered(question, f"questions/{at}/"))
                except _Unanswerable as refusal:
                    empty = {"due_at": None, "unit": "", "provisional": False, "at_once": False, "clause": "", "refused": None}
                    results.append({"id": _identity(question), **empty, "error": f"{refusal.path}: {refusal.why}"})
            return Response({"results": results})


class _Unanswerable(Exception):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path, self.why = path, why


def _identity(question: dict[str, Any]) -> str | None:
    given = question.get("id")
    return given if isinstance(given, str) else None


def _answered(question: dict[str, Any], path: str) -> dict[str, Any]:
    unknown = sorted(set(question) - FIELDS)
    if unknown:
        raise _Unanswerable(path + unknown[0], str(_("不认识的字段")))
    for name, kinds in (("id", str), ("explain", bool), ("urgent", bool), ("options", dict)):
        if name in question and not isinstance(question[name], kinds):
            raise _Unanswerable(path + name, str(_("值类型不对")))
    if len(question.get("id", "")) > 100:
        raise _Unanswerable(path + "id", str(_("最多 100 个字符")))
    for name, value in question.get("options", {}).items():
        if not isinstance(value, str):
            raise _Unanswerable(f"{path}options/{name}", str(_("值类型不对")))
    for name, value in (question.get("extension") or {}).items() if isinstance(question.get("extension"), dict) else ():
        if not isinstance(value, str) and not (name == "until" and value is None):
            raise _Unanswerable(f"{path}extension/{name}", str(_("值类型不对")))
    if "extension" in question and not isinstance(question["extension"], dict):
        raise _Unanswerable(path + "extension", str(_("值类型不对")))
    explain = question.get("explain", False)
    try:
        if isinstance(question.get("event"), str):
            parse_event(question["event"])
    except BadEvent as error:
        raise _Unanswerable(path + "event", str(error)) from None
    try:
        _profile, due = ask(question, current_calendar(), explain=explain)
    except (BadQuestion, CalendarError) as error:
        blamed = next((name for name in ("profile", "clock", "event", "extension", "options") if name in str(error)), "")
        raise _Unanswerable(path + blamed, str(error)) from None
    said = answer(_identity(question), due)
    if explain:
        said |= {"notes": list(due.notes), "days": explanation(due)}
    return said
