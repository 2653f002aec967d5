"""Putting profiles and calendar years into force."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from django.db import transaction

from accounts.models import Jurisdiction
from core import audit
from deadlines.book import calendar_changed
from deadlines.calendar import CalendarError, YearArrangement, arrangement_from_mapping, shipped_arrangements
from deadlines.clocks import recount_provisional
from deadlines.models import CalendarYear, ClockRecount, ProfileAssignment, ProfileVersion
from deadlines.profile_files import SHIPPED, ProfileError, parse_profile, with_options

if TYPE_CHECKING:
    from accounts.actors import Actor


def load_profile_text(text: str, source: str, *, by: Actor) -> ProfileVersion:
    """Keep one version of a profile. The same text again changes nothing; another text under the same version is refused.

    Raises ProfileError with file, line and reason.
    """
    profile = parse_profile(text, source)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        known = ProfileVersion.objects.filter(key=profile.profile.key, version=profile.version).first()
        if known is not None:
            if known.sha256 != digest:
                raise ProfileError(f"{source}:2: version: 第 {profile.version} 版已经载入且内容不同，修改后须提高版本号")
            return known
        made = ProfileVersion.objects.create(
            key=profile.profile.key, version=profile.version, doc_no=profile.profile.doc_no, name=profile.profile.zh,
            source=text, sha256=digest,
        )  # fmt: skip
        audit.record("profileversion", made.pk, "profileversion.load", by=by, key=made.key, version=made.version, sha256=digest)
        return made


def load_shipped_profiles(*, by: Actor) -> list[ProfileVersion]:
    return [load_profile_text(path.read_text(encoding="utf-8"), path.name, by=by) for path in sorted(SHIPPED.glob("*.yaml"))]


def assign_profile(
    jurisdiction: Jurisdiction, version: ProfileVersion, *, since: dt.date, by: Actor, options: dict[str, str] | None = None
) -> ProfileAssignment:
    """From `since` (a Shanghai date) on, `jurisdiction` works under `version`; running clocks keep theirs."""
    from deadlines.book import as_pairs, profile_of

    with_options(profile_of(version.pk), as_pairs(options or {}))
    with transaction.atomic():
        row, _made = ProfileAssignment.objects.update_or_create(
            jurisdiction=jurisdiction, since=since, defaults={"version": version, "options": options or {}}
        )
        audit.record(
            "jurisdiction",
            jurisdiction.pk,
            "jurisdiction.assign_profile",
            by=by,
            version=str(version),
            since=since.isoformat(),
            options=options or {},
        )
        return row


def load_year(arrangement: YearArrangement, *, by: Actor) -> list[ClockRecount]:
    """Put one year's arrangement in force and count again what was provisional. Raises CalendarError."""
    arrangement.check()
    with transaction.atomic():
        _keep(arrangement)
        audit.record("calendaryear", arrangement.year, "calendaryear.load", by=by, source=arrangement.source)
        calendar_changed()
        return recount_provisional()


def _keep(arrangement: YearArrangement) -> None:
    CalendarYear.objects.update_or_create(
        year=arrangement.year,
        defaults={
            "holidays": {d.isoformat(): n for d, n in sorted(arrangement.holidays.items())},
            "makeup": {d.isoformat(): n for d, n in sorted(arrangement.makeup.items())},
            "source": arrangement.source,
        },
    )


def load_shipped_years() -> None:
    """The years that the package knows, where the database has none yet."""
    have = set(CalendarYear.objects.values_list("year", flat=True))
    for arrangement in shipped_arrangements():
        if arrangement.year not in have:
            _keep(arrangement)
    calendar_changed()


def year_from_file(path: Path) -> YearArrangement:
    """Read one year's file (YAML or JSON). Raises CalendarError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CalendarError(f"{path.name}: {error}") from error
    return arrangement_from_mapping(data)
