"""The same submit twice does one thing: a double click, a retried request."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import BadInput
from core.models import SubmittedOnce

if TYPE_CHECKING:
    from accounts.actors import Actor


def body_hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def _of(by: Actor, key: str) -> dict[str, Any]:
    """Whose key it is: of the person in the post acted in."""
    return {"user_id": by.user_id, "post_id": by.holding_id or 0, "key": key}


def already_done(by: Actor, key: str, verb: str, hashed: str = "") -> SubmittedOnce | None:
    """The earlier submit of this person in this post under this key, or None; two at once wait (call inside the act's transaction).

    Raises BadInput where the key was used for something else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"once:{by.user_id}:{by.holding_id or 0}:{key}"])
    earlier = SubmittedOnce.objects.filter(**_of(by, key)).first()
    if earlier and (earlier.verb != verb or (hashed and earlier.body_hash and earlier.body_hash != hashed)):
        raise BadInput(_("这个提交编号已用于另一件事，请换一个再提交。"), fields={"Idempotency-Key": _("已用于另一内容")})
    return earlier


def made_with(by: Actor, key: str, verb: str) -> str | None:
    """What the submit of this person in this post under this key made; None where there was none."""
    return SubmittedOnce.objects.filter(**_of(by, key), verb=verb).values_list("result_id", flat=True).first()


def remember(by: Actor, key: str, verb: str, result: Any, hashed: str = "") -> None:
    made = {"result_kind": result._meta.model_name, "result_id": str(result.pk)}
    SubmittedOnce.objects.create(**_of(by, key), verb=verb, body_hash=hashed, **made)
