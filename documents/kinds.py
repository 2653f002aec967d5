"""What the businesses issue. Each registers its kinds here in its apps.ready(); this dict is the whole list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from documents.models import OfficialDocument


@dataclass(frozen=True)
class DocumentKind:
    """`mark` follows the agency's code in the number (薛综执 + 函); `rendered` is called once when the file is there."""

    key: str
    name: str
    form: Literal["letter", "upward"]
    mark: str
    rendered: Callable[[OfficialDocument], None] | None = None


KINDS: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    KINDS[kind.key] = kind
