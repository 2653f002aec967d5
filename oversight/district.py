"""A district joins: its agencies, posts, people and matters from one file, under a profile that is loaded already."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from accounts.actors import Actor
from accounts.kinds import AgencyKind, Post
from accounts.models import Agency, Jurisdiction, PostHolding, User
from accounts.services import refuse_second_administration
from core import audit
from core.errors import BadInput
from core.retries import tried_again
from core.strict_yaml import strict_load
from core.text import clean_name, cleaned_throughout
from deadlines.loading import assign_profile
from deadlines.models import ProfileVersion
from foundation.cases.models import Matter
from referrals.words import initials


class DistrictError(ValueError):
    """A file with a mistake; str() lists `path: reason`, one line each."""


def _of(model: type[Model], column: str, **more: Any) -> Any:
    """A text of this file that fits its column, counted after cleaning."""
    return Field(max_length=model._meta.get_field(column).max_length, **more)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def cleaned(cls, value: object) -> object:
        return cleaned_throughout(value, clean_name)


class District(Part):
    key: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = _of(Jurisdiction, "name")
    area_code: str = _of(Jurisdiction, "area_code")
    government_name: str = _of(Jurisdiction, "government_name")


class Rules(Part):
    key: str
    version: int
    since: dt.date
    options: dict[str, str] = {}


class AgencyLine(Part):
    key: str = _of(Agency, "key")
    kind: AgencyKind
    name: str = _of(Agency, "name")
    short_name: str = _of(Agency, "short_name")
    doc_code: str = _of(Agency, "doc_code", default="")
    parent: str | None = None
    area_code: str = _of(Agency, "area_code", default="")
    phone: str = _of(Agency, "phone", default="")
    address: str = _of(Agency, "address", default="")
    joint_meeting_member: bool = False


class PersonLine(Part):
    username: str = _of(User, "username")
    name: str = Field(max_length=60)
    agency: str
    post: Post
    title: str = _of(PostHolding, "title", default="")
    email: str = _of(User, "email", default="")


class MatterLine(Part):
    name: str = _of(Matter, "name")
    basis: str = _of(Matter, "basis")
    competent: str
    field: str = _of(Matter, "field", default="")
    why: str = _of(Matter, "competent_reason", default="")


class DistrictFile(Part):
    district: District
    rules: Rules
    agencies: tuple[AgencyLine, ...]
    people: tuple[PersonLine, ...] = ()
    matters: tuple[MatterLine, ...] = ()


def read_district(text: str) -> DistrictFile:
    """The file's content, checked. Raises DistrictError."""
    try:
        found = DistrictFile.model_validate(strict_load(text))
    except yaml.YAMLError as error:
        raise DistrictError(f"YAML: {error}") from error
    except ValidationError as error:
        raise DistrictError("\n".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())) from error
    known = {a.key for a in found.agencies}
    named = [(f"agencies.{a.key}.parent", a.parent) for a in found.agencies if a.parent]
    named += [(f"people.{p.username}.agency", p.agency) for p in found.people]
    named += [(f"matters.{m.name}.competent", m.competent) for m in found.matters]
    missing = [f"{path}: 没有机构 {key}" for path, key in named if key not in known]
    if missing:
        raise DistrictError("\n".join(missing))
    return found


@tried_again
def load_district(file: DistrictFile, *, by: Actor) -> dict[str, str]:
    """Make or complete the district; returns the first passwords of the people that are new (each must change it).

    Raises DistrictError where the profile version is not loaded. All or nothing.
    """
    with transaction.atomic():
        version = ProfileVersion.objects.filter(key=file.rules.key, version=file.rules.version).first()
        if version is None:
            raise DistrictError(f"rules: 没有载入 {file.rules.key} 第 {file.rules.version} 版，请先执行 load_rules --profile")
        facts = file.district.model_dump(exclude={"key"})
        jurisdiction, _new = Jurisdiction.objects.update_or_create(key=file.district.key, defaults=facts)
        agencies = _agencies(file, jurisdiction)
        for line in file.matters:
            Matter.objects.update_or_create(
                jurisdiction=jurisdiction, name=line.name,
                defaults={
                    "basis": line.basis, "field": line.field, "competent": agencies[line.competent], "competent_reason": line.why,
                    "pinyin": initials(line.name),
                },
            )  # fmt: skip
        passwords = _people(file, agencies)
        assign_profile(jurisdiction, version, since=file.rules.since, by=by, options=file.rules.options)
        counts: dict[str, Any] = {"agencies": len(agencies), "people": len(file.people), "matters": len(file.matters)}
        audit.record("jurisdiction", jurisdiction.pk, "jurisdiction.load", by=by, **counts)
        return passwords


def _agencies(file: DistrictFile, jurisdiction: Jurisdiction) -> dict[str, Agency]:
    found: dict[str, Agency] = {}
    for order, line in enumerate(sorted(file.agencies, key=lambda a: a.parent is not None)):
        facts = line.model_dump(exclude={"key", "parent"}) | {"order": order, "pinyin": initials(line.short_name)}
        facts["parent"] = found[line.parent] if line.parent else None
        found[line.key], _new = Agency.objects.update_or_create(jurisdiction=jurisdiction, key=line.key, defaults=facts)
    return found


def _people(file: DistrictFile, agencies: dict[str, Agency]) -> dict[str, str]:
    passwords = {}
    for line in file.people:
        user = User.objects.filter(username=line.username).first()
        if user is None:
            passwords[line.username] = secrets.token_urlsafe(9)
            user = User(username=line.username, first_name=line.name, email=line.email, must_change_password=True)
            user.jurisdiction = agencies[line.agency].jurisdiction
            user.set_password(passwords[line.username])
            user.save()
        try:
            held = PostHolding.objects.filter(user=user, agency=agencies[line.agency], post=line.post)
            if not held.exists():
                refuse_second_administration(user, line.post, since=timezone.localdate())
        except BadInput as refusal:
            raise DistrictError(f"people.{line.username}: {refusal}") from refusal
        PostHolding.objects.get_or_create(user=user, agency=agencies[line.agency], post=line.post, defaults={"title": line.title})
    return passwords
