"""The ledger as xlsx, written row by row in a worker."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.actors import Actor, actor_for
from accounts.models import PostHolding
from core import audit
from core.errors import BadInput
from core.filing import keep_file
from core.full import said_when_full
from core.retries import tried_again
from deadlines.calendar import SHANGHAI
from foundation.work.kinds import GiveUp
from foundation.work.queueing import queue
from referrals.filter_form import FilterForm
from referrals.lifecycle import State
from referrals.models import Export, Referral
from referrals.selectors import DESKS, further_names_of, page_after

COLUMNS = (
    "文号",
    "状态",
    "当事人",
    "违法事项",
    "移送机关",
    "受移送机关",
    "发现时间",
    "签发时间",
    "送达时间",
    "答复时间",
    "决定时间",
    "通报时间",
    "现行到期日",
    "是否逾期",
    "重新移送次数",
)
# With these a spreadsheet begins a formula; some take the full-width, small and raised ones for the same.
FORMULA = ("=", "+", "-", "−", "@")
# The name of this kind of background work, and how long it may lie in its queue.
LEDGER = "ledger"
PATIENCE = dt.timedelta(minutes=5)
# Ledgers that one person may have under way at once.
AT_ONCE = 3
# What the row holds of a list's address; one cut short would be another list.
LONGEST_QUERY = 500
# After how many rows the page is told how far it is.
TOLD_EVERY = 1000


@tried_again
def request_export(*, by: Actor, desk: str, query: str = "") -> Export:
    """Ask for the ledger of one desk, narrowed as the list was. Made after commit by a worker.

    Raises BadInput for a list that does not exist, a filter that cannot be read (never a ledger of everything instead),
    and a fourth ledger while three of this person's are under way.
    """
    if desk not in DESKS or by.user is None or by.holding_id is None:
        raise BadInput(_("没有这个列表。"), fields={"desk": _("没有这个列表。")})
    if len(query) > LONGEST_QUERY or "\x00" in query or not FilterForm(QueryDict(query)).is_valid():
        sentence = _("筛选条件无法识别，请在列表页重新筛选后再导出。")
        raise BadInput(sentence, fields={"query": sentence})
    with transaction.atomic():
        if Export.objects.filter(user=by.user, done_at=None, failed="").count() >= AT_ONCE:
            raise BadInput(_("您已有 %(n)d 份台账正在生成，请等其中一份完成。") % {"n": AT_ONCE})
        export = Export.objects.create(user=by.user, holding_id=by.holding_id, desk=desk, query=query)
        audit.record("export", export.pk, "export.request", by=by, desk=desk)
        queue(LEDGER, export.pk)
    return export


def _cell(value: str) -> str:
    """A text on one line that no spreadsheet will take for a formula, however its sign is drawn and whatever stands before it."""
    value = " ".join(ILLEGAL_CHARACTERS_RE.sub("", value).split())
    sign = unicodedata.normalize("NFKC", value[:1])[:1]
    return "'" + value if sign in FORMULA else value


def ledger_rows(by: Actor, desk_name: str, wanted: dict[str, Any], size: int = 1000) -> Iterator[list[str]]:
    """The ledger's rows, newest first, in constant memory: page by page by key; `wanted` are the filters of a list."""
    now, cursor = timezone.now(), None
    # Named once, not once a row: finding one state's name by get_state_display translates them all.
    states = {value: str(label) for value, label in State.choices}
    while True:
        page, cursor = page_after(by, desk_name, wanted, now, size, cursor)
        further = further_names_of(page)
        for referral in page:
            yield _row(referral, now, states, further.get(referral.pk, []))
        if cursor is None:
            return


def _row(referral: Referral, now: dt.datetime, states: dict[str, str], further: list[str]) -> list[str]:
    def moment(value: dt.datetime | None) -> str:
        return value.astimezone(SHANGHAI).isoformat(" ", "minutes")[:16] if value else ""

    clock, case = referral.clock, referral.stated
    late = _("逾期") if clock and clock.is_overdue(now) else _("曾逾期") if referral.was_late else ""
    words = [
        referral.number, states[str(referral.state)], "、".join([case.party_name, *further]), case.matter.name if case.matter else "",
        referral.from_agency.short_name, referral.to_agency.short_name if referral.to_agency else "", moment(case.found_at),
        moment(referral.signed_at), moment(referral.delivered_at), moment(referral.answered_at), moment(referral.decided_at),
        moment(referral.reported_at), moment(clock.due_at) if clock else "", late, str(referral.refiled_times),
    ]  # fmt: skip
    return [_cell(w) for w in words]


def exports_of(by: Actor) -> QuerySet[Export]:
    """The ledgers that this person asked for in this very post: they end with it and do not follow to another agency."""
    return Export.objects.filter(user_id=by.user_id, holding_id=by.holding_id)


def write_export(export_id: int) -> None:
    """Write one asked-for ledger; the row says done only when the file is complete. Raises GiveUp when the post has ended."""
    export = Export.objects.select_related("user").filter(pk=export_id, done_at=None, failed="").first()
    if export is None:
        return
    by = actor_for(export.user, export.holding_id)
    if by is None or by.holding_id != export.holding_id:
        raise GiveUp(_("岗位已变动，请重新导出。"))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("移送台账")
    sheet.append(list(COLUMNS))
    count = 0
    form = FilterForm(QueryDict(export.query))
    for row in ledger_rows(by, export.desk, form.cleaned_data if form.is_valid() else {}):
        sheet.append(row)
        count += 1
        if count % TOLD_EVERY == 0:
            Export.objects.filter(pk=export_id).update(rows=count)
    with said_when_full(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        book.save(path)
        with path.open("rb") as stream:
            _keep(export, count, File(stream), hashlib.file_digest(stream, "sha256").hexdigest())


@tried_again
def _keep(export: Export, rows: int, book: File[Any], sha256: str) -> None:
    with transaction.atomic():
        # Somebody else's attempt may have been quicker; its file stands.
        if not Export.objects.select_for_update(no_key=True).filter(pk=export.pk, done_at=None).exists():
            return
        keep_file(export.file, f"{export.pk}.xlsx", book)
        export.rows, export.sha256, export.done_at = rows, sha256, timezone.now()
        export.save(update_fields=["file", "sha256", "rows", "done_at"])


def unfinished_exports(now: dt.datetime) -> Iterable[int]:
    """Ledgers asked for longer ago than their queue may take, not yet written; `now` is aware."""
    waiting = Export.objects.filter(done_at=None, failed="", asked_at__lt=now - PATIENCE)
    return waiting.order_by("asked_at").values_list("pk", flat=True)


def export_is_parked(export_id: int, error: str) -> None:
    """Nobody tries any more: the page says so instead of 'being made'."""
    said = error if error == _("岗位已变动，请重新导出。") else _("生成失败，管理员已收到提示；可重新导出。")
    Export.objects.filter(pk=export_id, done_at=None).update(failed=said)


def export_is_tried_anew(export_id: int) -> None:
    """An administrator has it tried again: the page says that it is being made."""
    Export.objects.filter(pk=export_id, done_at=None).update(failed="")


def whose_export(export_id: int) -> int | None:
    """The district of the post in which it was asked for."""
    asked = Export.objects.filter(pk=export_id).values("holding_id")
    return PostHolding.objects.filter(pk__in=asked).values_list("agency__jurisdiction_id", flat=True).first()
