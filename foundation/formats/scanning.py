"""Quarantine, where a scanner is switched on: a file is scanned soon after it came in, and until then nothing is sent with it.

Saving and drafting go on meanwhile. A scanner that does not answer holds nobody for ever: the agency's leader lets the file go, with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import WrongState
from foundation.formats import clamd
from foundation.formats.keeping import SCAN as SCAN
from foundation.formats.models import LookedInto, Scan
from foundation.work.kinds import TryLater

# A scanner reads some 20 MB in a second; the largest film with time to spare.
LONGEST = 600


def unfinished(now: dt.datetime) -> Iterable[int]:
    """Files without a verdict, oldest first; none while no scanner is switched on."""
    if not clamd.switched_on():
        return []
    return LookedInto.objects.filter(scan=Scan.NONE).order_by("since").values_list("pk", flat=True).iterator()


def scan(pk: int) -> None:
    """Have one file scanned. Raises TryLater while the scanner is away, which the file's row says meanwhile."""
    row = LookedInto.objects.filter(pk=pk, scan=Scan.NONE).first()
    if row is None or not clamd.switched_on():
        return
    try:
        verdict = clamd.verdict_on(_pieces(row.name))
    except FileNotFoundError:
        return
    except clamd.TooBigToScan:
        _set(pk, scan=Scan.TOO_BIG)
        return
    except clamd.ScannerAway as error:
        _set(pk, scanner_away=True)
        raise TryLater("the virus scanner is away") from error
    _set(pk, scan=Scan.CLEAN if verdict.clean else Scan.INFECTED, found=verdict.found, scanner_away=False)


def _set(pk: int, **said: Any) -> None:
    LookedInto.objects.filter(pk=pk, scan=Scan.NONE).update(scanned_at=timezone.now(), **said)


def _pieces(name: str) -> Iterator[bytes]:
    with default_storage.open(name, "rb") as stream:
        while piece := stream.read(clamd.PIECE):
            yield piece


def infected(look: dict[str, Any] | None) -> bool:
    """Whether something was found in the file, whenever that was, and whether or not a scanner is switched on now."""
    return bool(look) and look["scan"] == Scan.INFECTED


def waits(look: dict[str, Any] | None) -> bool:
    """Whether nothing may be sent with this file yet: a scanner is switched on, and it has neither found it clean nor was it let go."""
    return clamd.switched_on() and bool(look) and look["scan"] not in (Scan.CLEAN, Scan.INFECTED) and not look["released"]


def may_be_let_go(look: dict[str, Any] | None) -> bool:
    """Whether a leader may let this file go: it waits, and there will be no verdict, or none soon."""
    return waits(look) and bool(look) and (look["scan"] == Scan.TOO_BIG or look["scanner_away"])


def why_not_sent(name: str, look: dict[str, Any] | None) -> str:
    """The sentence that keeps a file from being sent; empty where nothing does."""
    if infected(look):
        assert look is not None
        return _("“%(name)s”查出病毒（%(found)s），不能发送，请删除后换一份干净的文件。") % {"name": name, "found": look["found"]}
    if not waits(look):
        return ""
    assert look is not None
    if look["scan"] == Scan.TOO_BIG:
        return _("“%(name)s”过大，查毒程序查不了；须由本机关领导写明理由放行。") % {"name": name}
    if look["scanner_away"]:
        return _("“%(name)s”还没有查毒：查毒程序没有应答，恢复后自动查；急需的由本机关领导写明理由放行。") % {"name": name}
    return _("“%(name)s”正在查毒，查完即可发送，请稍候再试。") % {"name": name}


def demand_sendable(name: str, look: dict[str, Any] | None, *, own: bool) -> None:
    """Before a file is handed out. `own`: to the agency that brought it, which may have it back while it waits.

    Raises WrongState for one that is infected, and for the other side while it waits.
    """
    sentence = why_not_sent(name, look)
    if sentence and (infected(look) or not own):
        raise WrongState(sentence)


def scan_said(look: dict[str, Any] | None) -> tuple[str, str]:
    """(tone, words) of a file's scan, for the lists; empty words where there is nothing to be said."""
    if infected(look):
        assert look is not None
        return "red", _("查出病毒：%(found)s") % {"found": look["found"]}
    if waits(look):
        assert look is not None
        return "amber", _("没有查毒") if may_be_let_go(look) else _("正在查毒")
    released = clamd.switched_on() and look and look["released"] and look["scan"] != Scan.CLEAN
    return ("amber", _("未查毒，领导放行")) if released else ("", "")


def let_go(names: list[str], *, by: str, reason: str, now: dt.datetime) -> list[int]:
    """Let these stored files go without a verdict; returns the ids of those that were waiting without hope of one."""
    rows = LookedInto.objects.select_for_update(no_key=True).filter(name__in=names, released_at=None)
    going = [row.pk for row in rows.filter(Q(scan=Scan.TOO_BIG) | Q(scan=Scan.NONE, scanner_away=True))]
    LookedInto.objects.filter(pk__in=going).update(released_at=now, released_by=by[:100], release_reason=reason)
    return going
