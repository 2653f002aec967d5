"""A due date explained day by day; the year as a page; the rules in force with the readings taken."""

from __future__ import annotations

import calendar as months
import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.actors import acting
from deadlines.book import current_calendar, rules_for
from deadlines.calendar import FIRST_YEAR, PROVISIONAL_YEARS_AHEAD
from deadlines.labels import clock_label, unit_label


def year_context(year: int | None) -> dict[str, Any]:
    """Every day of one year: worked, off, made up, or provisional."""
    calendar = current_calendar()
    last = max(calendar.published) + PROVISIONAL_YEARS_AHEAD
    year = min(max(year or timezone.localdate().year, FIRST_YEAR), last)
    shown = []
    for month in range(1, 13):
        first = dt.date(year, month, 1)
        days = [dt.date(year, month, d) for d in range(1, months.monthrange(year, month)[1] + 1)]
        cells = [(day, *calendar.describe(day)) for day in days]
        shown.append((month, range(first.weekday()), cells, sum(1 for _d, kind, _n in cells if kind in ("workday", "makeup"))))
    return {
        "year": year, "months": shown, "published": year in calendar.published, "version": calendar.version,
        "before": year - 1 if year > FIRST_YEAR else None, "after": year + 1 if year < last else None,
    }  # fmt: skip


@login_required
@require_GET
def rules_page(request: HttpRequest) -> HttpResponse:
    """The document in force here: clocks, readings taken, and the clause of each."""
    by = acting(request)
    rules = rules_for(by.jurisdiction_id or 0, timezone.localdate())
    profile = rules.profile
    clocks = [(clock_label(c.key), c, _limit_words(c)) for c in profile.clocks]
    options = [(o, rules.options.get(o.key, o.default)) for o in profile.options]
    expired = profile.expired_on(timezone.localdate())
    return render(
        request, "deadlines/rules.html", {"by": by, "rules": rules, "profile": profile, "clocks": clocks, "options": options, "expired": expired}
    )


def _limit_words(clock: object) -> str:
    limit = clock.limit  # type: ignore[attr-defined]
    if limit.same_as:
        return f"＝{clock_label(limit.same_as)}"
    return f"{limit.value or ''} {unit_label(limit.unit)}".strip()
