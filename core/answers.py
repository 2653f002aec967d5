"""`Idempotency-Key`: the first answer again, for 72 hours. The answer is kept in the transaction of the act that it reports."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer

from core.api import refusal_response
from core.errors import BadInput, KeyReused, Refused
from core.models import KeyedAnswer
from core.retries import tried_again

KEPT = dt.timedelta(hours=72)
HEADERS = ("ETag", "Location")
TOO_OFTEN = 429


def once(method: Callable[..., Any]) -> Callable[..., Any]:
    """A view's POST that acts at most once per key: the same request again gets the first answer, refusals included.

    Two at once wait for each other. What broke down on our side (5xx: a full disk, too) or came too often (429) is not kept:
    nothing was done, and the same request may succeed in a moment.
    """

    @functools.wraps(method)
    def answered(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return method(self, request, *args, **kwargs)
        if not re.fullmatch(r"[\x21-\x7e]{1,100}", key):
            raise BadInput(_("Idempotency-Key 须为 1 至 100 个可见的 ASCII 字符。"), fields={"Idempotency-Key": _("格式不对")})
        # HasActor has looked up who acts; in which post belongs to whose key it is.
        owner = (request.user.pk, request._request._actor.holding_id or 0)
        asked = fingerprint(request)
        return acting_once(owner, key, asked, lambda: method(self, request, *args, **kwargs), {"request": request, "view": self})

    answered.once = True  # type: ignore[attr-defined]
    return answered


@tried_again
def acting_once(owner: tuple[int, int], key: str, asked: str, perform: Callable[[], Any], context: dict[str, Any]) -> Any:
    """The answer of `perform`, kept under the key of its owner (a person, and the post acted in) in the same transaction; or the kept one.

    Raises KeyReused when the key was used for another request (`asked` is its fingerprint).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [f"answer:{owner[0]}:{owner[1]}:{key}"])
        earlier = KeyedAnswer.objects.filter(owner_id=owner[0], post_id=owner[1], key=key).first()
        if earlier is not None and earlier.at > timezone.now() - KEPT:
            if earlier.fingerprint != asked:
                sentence = _("这个 Idempotency-Key 已用于另一请求，请换一个。")
                raise KeyReused(sentence, fields={"Idempotency-Key": _("已用于另一内容")})
            return _again(earlier)
        try:
            response = perform()
        except (Refused, APIException, Http404, PermissionDenied) as error:
            response = refusal_response(error, context)
            assert response is not None
        if response.status_code >= 500 or response.status_code == TOO_OFTEN:
            return response
        _keep(owner, key, asked, response, earlier)
    return response


def fingerprint(request: Any) -> str:
    """SHA-256 over what was asked: method, path, If-Match, and the body (files by their content)."""
    data = request.data
    if hasattr(data, "lists"):
        plain: Any = {name: values for name, values in data.lists() if name not in request.FILES}
        plain |= {f"file:{name}": [_digest(file) for file in files] for name, files in request.FILES.lists()}
    else:
        plain = data
    said = [request.method, request.get_full_path(), request.headers.get("If-Match", ""), plain]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _digest(file: Any) -> list[str]:
    running = hashlib.sha256()
    for chunk in file.chunks():
        running.update(chunk)
    file.seek(0)
    return [file.name, running.hexdigest()]


def _keep(owner: tuple[int, int], key: str, asked: str, response: Any, earlier: KeyedAnswer | None) -> None:
    # What the renderer is going to send: kept as text, so that the second answer is the first to the byte.
    headers = {"Content-Type": "application/json"} | {n: response[n] for n in HEADERS if response.has_header(n)}
    if response.status_code >= 400:
        headers["Content-Type"] = "application/problem+json"
    answer = earlier or KeyedAnswer(owner_id=owner[0], post_id=owner[1], key=key)
    answer.fingerprint, answer.status, answer.headers, answer.at = asked, response.status_code, headers, timezone.now()
    answer.body = JSONRenderer().render(response.data).decode() if response.data is not None else ""
    answer.save()


def _again(answer: KeyedAnswer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers | {"Idempotency-Replayed": "true"})


def forget_old_answers(now: dt.datetime) -> int:
    """Delete what is older than 72 hours; returns how many."""
    return KeyedAnswer.objects.filter(at__lt=now - KEPT).delete()[0]
