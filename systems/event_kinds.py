"""Every kind of event that another system can receive: the verbs of every noun, but for those that are nobody else's business."""

from __future__ import annotations

from typing import Any

from core.nouns import nouns


def _loud(model: Any, verb: str) -> bool:
    return verb not in model.QUIET


EVENT_KINDS: dict[str, str] = {f"{noun.kind}.{verb}": str(label) for noun in nouns() for verb, label in noun.verbs.items() if _loud(noun.model, verb)}
