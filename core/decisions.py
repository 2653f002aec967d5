"""What a policy answers: yes, or no with a sentence and a clause."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Allow:
    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Deny:
    """`hide`: not worth showing as a refused button (the person has nothing to do with it)."""

    reason: str
    clause: str = ""
    hide: bool = False

    def __bool__(self) -> bool:
        return False


Decision = Allow | Deny
