"""A case as a letter states it: read from a version, and never written back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.cases.models import Case, CaseVersion, Material, Matter

# What belongs to the row and not to the facts. Every other column of a case, also one added later, is part of a version.
NOT_STATED = frozenset({"id", "jurisdiction", "agency", "created_by", "origin", "signed_version"})
# Of what a case points to: the words as they stood then, whatever the matter or the agency is called later.
NAMED = ("name", "short_name", "basis")


class StatedCase(Case):
    """The facts of a version under the same names as those of a case. Reading only."""

    class Meta:
        proxy = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a version of a case is read, never written back")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a version of a case is read, never written back")


def stated_fields() -> list[models.Field[Any, Any]]:
    """The columns of a case that a version keeps, in the order of the model."""
    return [field for field in Case._meta.concrete_fields if field.name not in NOT_STATED]


def content_of(case: Case) -> dict[str, Any]:
    """The named fields of a case as plain JSON; moments in UTC, what it points to by id and by the words of now."""
    return {field.name: _plain(field, case) for field in stated_fields()}


def _plain(field: models.Field[Any, Any], case: Case) -> Any:
    if field.is_relation:
        there = getattr(case, field.name)
        return None if there is None else {"id": there.pk} | {name: getattr(there, name) for name in NAMED if hasattr(there, name)}
    value = getattr(case, field.name)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value if value is None or isinstance(value, str | bool | int | list | dict) else field.value_to_string(case)


# What a list says of the paper behind a file; a list that was kept before says nothing of it.
PAPER = ("copies", "pages", "original")
LISTED = ("id", "slot", "name", "size", "content_type", "sha256", *PAPER)


def listed(materials: list[Material]) -> list[dict[str, Any]]:
    """The list of materials as a version keeps it."""
    return [{name: getattr(material, name) for name in LISTED} for material in materials]


def says_the_same(version: CaseVersion, content: dict[str, Any], materials: list[dict[str, Any]]) -> bool:
    """Does the version say what these facts and this list say? What came into being since it was kept, it left blank."""
    kept = content_of(Case()) | version.content
    blank = listed([Material()])[0]
    return {name: kept[name] for name in content} == content and [blank | row for row in version.materials] == materials


def hash_of(content: dict[str, Any], materials: list[dict[str, Any]]) -> str:
    """SHA-256 over the facts and the list of materials: the same facts and files, the same hash."""
    return hashlib.sha256(json.dumps([content, materials], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def stated(version: CaseVersion) -> Case:
    """The case of this version; only what a list shows when the version was read without its content."""
    if "content" in version.get_deferred_fields():
        case = StatedCase(id=version.case_id, party_name=version.party_name, urgent=version.urgent, found_at=version.found_at)
        case.matter = Matter(pk=version.matter_id, name=version.matter_name) if version.matter_id else None
        return case
    values = {field.name: _read(field, version.content.get(field.name)) for field in stated_fields() if field.name in version.content}
    return StatedCase(id=version.case_id, agency_id=version.agency_id, **values)


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or not field.is_relation:
        return field.to_python(value)
    return field.related_model(**value)


def changes_between(old: CaseVersion, new: CaseVersion) -> list[tuple[str, str, str]]:
    """What a new version changed: (name, before, after) of each field and of the list of materials, as shown to a reader."""
    before, after, blank = stated(old), stated(new), content_of(Case())
    found = [
        (str(field.verbose_name), _shown(field, before), _shown(field, after))
        for field in stated_fields()
        if (blank | old.content)[field.name] != (blank | new.content)[field.name]
    ]
    return found + _papers(old, new)


def _shown(field: models.Field[Any, Any], case: Case) -> str:
    if field.choices:
        return str(getattr(case, f"get_{field.name}_display")())
    value = getattr(case, field.name)
    if isinstance(value, list):
        return "、".join(_shown_row(row) for row in value) or "—"
    if isinstance(value, bool):
        return "✓" if value else "—"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return "—" if value in (None, "") else str(value)


def _shown_row(row: dict[str, Any]) -> str:
    """A party by its name; an officer with the certificate."""
    name = row["name"] or row.get("code") or "—"
    return f"{name}（{row['certificate']}）" if row.get("certificate") else name


def _papers(old: CaseVersion, new: CaseVersion) -> list[tuple[str, str, str]]:
    had, has = {m["id"]: _shown_paper(m) for m in old.materials}, {m["id"]: _shown_paper(m) for m in new.materials}
    gone, come = [said for i, said in had.items() if has.get(i) != said], [said for i, said in has.items() if had.get(i) != said]
    return [(str(Material._meta.get_field("name").verbose_name), "、".join(gone) or "—", "、".join(come) or "—")] if gone or come else []


def _shown_paper(row: dict[str, Any]) -> str:
    """The name of a material and what is said of the paper behind it."""
    form = dict(Material.Original.choices).get(row.get("original") or "", "")
    said = [
        str(_("%(number)d份") % {"number": row["copies"]}) if row.get("copies") else "",
        str(_("%(number)d页") % {"number": row["pages"]}) if row.get("pages") else "",
        str(form),
    ]
    return row["name"] + (f"（{'，'.join(filter(None, said))}）" if any(said) else "")
