"""An act as the page offers it: its fields, what it will do, and whether it was just refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms

from accounts.actors import Actor
from core.acts import Action
from referrals.doors import Door
from referrals.forms import NoteForm, bound_to


@dataclass(frozen=True)
class Panel:
    """`effects`: sentences said before an act that cannot be undone; where there are any, it takes a second, deliberate press."""

    action: Action
    door: Door
    form: forms.Form | None
    failed: bool = False
    effects: list[str] = field(default_factory=list)
    # Shown open before anybody asked for it.
    opened: bool = False

    @property
    def needs_words(self) -> bool:
        """Whether something is to be said that the act cannot do without: not a hidden number, a note or a file that may be left out."""
        if self.form is None or isinstance(self.form, NoteForm):
            return False
        return any(not isinstance(shown.field, forms.FileField) for shown in self.form.visible_fields())


def panels_of(
    actions: list[Action], doors: dict[str, Door], by: Actor, *, failed: str = "", form: forms.Form | None = None,
    seen: dict[str, Any] | None = None, effects: Callable[[str], list[str]] | None = None,
) -> list[Panel]:  # fmt: skip
    """The actions that have a door, the one right thing first, then what else may be done, then what is refused and why.

    `form` holds what was typed into the act `failed`; `seen` fills fields before anything is typed; `effects` tells what a verb does.
    """
    found = []
    for action in actions:
        door = doors.get(action.verb)
        if door is None:
            continue
        mine = action.verb == failed and form is not None
        shape = (form if mine else bound_to(door.page_form or door.form, by, initial=seen)) if action.allowed else None
        told = effects(action.verb) if effects and door.irreversible and action.allowed else []
        found.append(Panel(action, door, shape, mine, told))
    found.sort(key=lambda one: (not one.action.allowed, not one.door.main, one.door.danger))
    if found and found[0].door.main and (found[0].needs_words or not found[0].door.irreversible):
        # What needs no words and cannot be undone stays shut: opening it is the first press, doing it the second.
        found[0] = replace(found[0], opened=True)
    return found
