"""Putting profiles and calendar years into force."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.kinds import Post
from accounts.models import Jurisdiction
from core import audit
from core.errors import BadInput, NotAllowed
from core.retries import tried_again
from deadlines.book import calendar_changed
from deadlines.calendar import CalendarError, YearArrangement, shipped_arrangements
from deadlines.models import CalendarYear, ProfileAssignment, ProfileVersion
from deadlines.profile import Profile
from deadlines.profile_files import SHIPPED, ProfileError, parse_profile, with_options
from deadlines.years import arrangement_from_text, as_stored

if TYPE_CHECKING:
    from accounts.actors import Actor


@tried_again
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


@tried_again
def assign_profile(
    jurisdiction: Jurisdiction, version: ProfileVersion, *, since: dt.date, by: Actor, options: dict[str, str] | None = None
) -> ProfileAssignment:
    """From `since` (a Shanghai date) on, `jurisdiction` works under `version`; running clocks keep theirs.

    Raises NotAllowed, and BadInput by field: an option that the document does not have; for an administrator also another
    place's document and a day on which the document is not in force. The operator's command line may prepare such.
    """
    from deadlines.book import as_pairs, profile_of

    profile = profile_of(version.pk)
    try:
        with_options(profile, as_pairs(options or {}))
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise BadInput(_("选项有误：%(error)s") % {"error": error}, fields={"options": str(error)}) from error
    if not by.is_system:
        _may_assign(jurisdiction, profile, since, by)
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


# A year ahead is the furthest that a document is put in force beforehand.
AHEAD = dt.timedelta(days=366)


def _may_assign(jurisdiction: Jurisdiction, profile: Profile, since: dt.date, by: Actor) -> None:
    if not by.holds(Post.ADMINISTRATOR) or by.jurisdiction_id != jurisdiction.pk:
        raise NotAllowed(_("规则由本行政区域的系统管理员指定。"))
    if profile.levels.jurisdiction.zh != jurisdiction.name:
        sentence = _("这份文件是%(place)s的，不能适用于%(here)s。") % {"place": profile.levels.jurisdiction.zh, "here": jurisdiction.name}
        raise BadInput(sentence, fields={"version": sentence})
    issued = profile.profile.effective_from or profile.profile.issued or (profile.profile.issued_year and dt.date(profile.profile.issued_year, 1, 1))
    if issued is not None and since < issued:
        sentence = _("文件自 %(day)s 起才有，适用起日不能更早。") % {"day": issued.isoformat()}
        raise BadInput(sentence, fields={"since": sentence})
    if profile.expired_on(since):
        sentence = _("文件在 %(day)s 已失效，不能适用。") % {"day": since.isoformat()}
        raise BadInput(sentence, fields={"since": sentence})
    if since < dt.date(2000, 1, 1) or since > timezone.localdate() + AHEAD:
        sentence = _("适用起日须在 2000 年以后、一年以内。")
        raise BadInput(sentence, fields={"since": sentence})


def load_shipped_years() -> None:
    """The years that the package knows, where the database has none yet."""
    have = set(CalendarYear.objects.values_list("year", flat=True))
    for arrangement in shipped_arrangements():
        if arrangement.year not in have:
            CalendarYear.objects.update_or_create(year=arrangement.year, defaults=as_stored(arrangement))
    calendar_changed()


def year_from_file(path: Path) -> YearArrangement:
    """Read one year's file (YAML or JSON). Raises CalendarError."""
    try:
        return arrangement_from_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CalendarError) as error:
        raise CalendarError(f"{path.name}: {error}") from error
