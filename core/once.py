"""The same submit twice does one thing: a double click, a retried request."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import BadInput
from core.models import SubmittedOnce


def body_hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def already_done(user_id: int, key: str, verb: str, hashed: str = "") -> SubmittedOnce | None:
    """The earlier submit under this key, or None; two at once wait for each other (call inside the act's transaction).

    Raises BadInput where the key was used for something else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"once:{user_id}:{key}"])
    earlier = SubmittedOnce.objects.filter(user_id=user_id, key=key).first()
    if earlier and (earlier.verb != verb or (hashed and earlier.body_hash and earlier.body_hash != hashed)):
        raise BadInput(_("这个提交编号已用于另一件事，请换一个再提交。"), fields={"Idempotency-Key": _("已用于另一内容")})
    return earlier


def made_with(user_id: int, key: str, verb: str) -> str | None:
    """What the submit under this key made; None where there was none."""
    return SubmittedOnce.objects.filter(user_id=user_id, key=key, verb=verb).values_list("result_id", flat=True).first()


def remember(user_id: int, key: str, verb: str, result: Any, hashed: str = "") -> None:
    SubmittedOnce.objects.create(user_id=user_id, key=key, verb=verb, body_hash=hashed, result_kind=result._meta.model_name, result_id=str(result.pk))
