"""The trail proves itself: entries against their chains, seals against entries, anchors outside the database against seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import anchors, audit_keys
from core.audit import hash_of
from core.models import AuditAnchor, AuditEntry, AuditSeal
from core.seals import digest_of, mac_of

# How long entries may wait for a seal and seals for an anchor: the beat does both within minutes.
MAY_WAIT = dt.timedelta(hours=1)

SENTENCES: dict[str, Promise] = {
    "entry.missing": _("%(place)s：此条之前应有的第 %(seq)s 条不见了（记录号 %(id)s 之前）。"),
    "entry.changed": _("%(place)s：这条记录（记录号 %(id)s）的内容被改动过。"),
    "entry.replaced": _("%(place)s：这条记录（记录号 %(id)s）接不上它前面的一条，是插入或者替换的。"),
    "entry.key": _("%(place)s：这条记录（记录号 %(id)s）不是用本系统的密钥生成的。"),
    "entry.old_key": _("%(place)s：这条记录（记录号 %(id)s）是在更换密钥之后用旧密钥生成的。"),
    "entry.unsealed": _("有记录超过一小时没有加封，最早的是记录号 %(id)s；请检查后台任务。"),
    "seal.missing": _("第 %(first)s 至 %(last)s 号封记不见了。"),
    "seal.forged": _("第 %(number)s 号封记不是本系统生成的，或者接不上前一号。"),
    "sealed.missing": _("第 %(number)s 号封记所封的记录少了 %(n)s 条（记录号 %(first)s–%(last)s）。"),
    "sealed.inserted": _("第 %(number)s 号封记所封的记录多了 %(n)s 条（记录号 %(first)s–%(last)s）。"),
    "sealed.changed": _("第 %(number)s 号封记所封的记录（记录号 %(first)s–%(last)s）与加封时不同。"),
    "anchor.forged": _("锚定文件 %(place)s 一行不是本系统签署的。"),
    "anchor.order": _("锚定文件 %(place)s 一行（第 %(number)s 号）接不上它前面的一行，中间有缺失或者改动。"),
    "anchor.seal_missing": _("第 %(number)s 号锚定所记的第 %(seal)s 号封记已不在数据库里，或者已被改写：最新的记录被删除过。"),
    "anchor.file_missing": _("锚定文件不见了：数据库登记了 %(n)s 次锚定，文件夹里一次也没有。"),
    "anchor.file_shortened": _("锚定文件被截短：数据库登记到第 %(known)s 号，文件只到第 %(found)s 号。"),
    "anchor.changed": _("锚定文件 %(place)s 一行（第 %(number)s 号）与数据库登记的不同。"),
    "anchor.unregistered": _("锚定文件有第 %(first)s 至 %(last)s 号，数据库里没有登记：数据库里的被删除过。"),
    "anchor.late": _("有封记超过一小时没有写入锚定文件；请检查后台任务和锚定文件夹。"),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the trail: a stable kind for machines, and what its sentence needs."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.kind]) % self.values

    def __str__(self) -> str:
        return f"{self.kind} {self.sentence}"


def findings(anchor_copy: Path | None = None) -> Iterator[Finding]:
    """Everything that is wrong, or nothing; `anchor_copy` is a copy of the anchor files kept elsewhere."""
    yield from chain(_entries(), _seals(), _unsealed(), _anchors(anchor_copy))


def _entries() -> Iterator[Finding]:
    """The first changed, missing or inserted entry of each chain."""
    here, expected, previous, bad = None, 1, "", False
    for entry in AuditEntry.objects.order_by("subject_kind", "subject_id", "seq").iterator(chunk_size=2000):
        if (entry.subject_kind, entry.subject_id) != here:
            here, expected, previous, bad = (entry.subject_kind, entry.subject_id), 1, "", False
        if bad:
            continue
        values = {"place": str(entry), "id": entry.pk, "seq": expected}
        if entry.seq != expected:
            kind = "entry.missing"
        elif audit_keys.age(entry.key_id) < 0:
            kind = "entry.key"
        elif entry.hash != hash_of(entry):
            kind = "entry.changed"
        elif entry.prev_hash != previous:
            kind = "entry.replaced"
        else:
            kind = ""
        if kind:
            bad = True
            yield Finding(kind, values)
        expected, previous = entry.seq + 1, entry.hash


def _seals() -> Iterator[Finding]:
    """Each seal that is missing, not genuine, or does not fit what it covers."""
    before = AuditSeal(number=0, until_id=0, mac="", key_id="")
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=2000):
        if seal.number != before.number + 1:
            yield Finding("seal.missing", {"first": before.number + 1, "last": seal.number - 1})
        known = audit_keys.age(seal.key_id) >= max(0, audit_keys.age(before.key_id))
        follows = seal.prev_mac == before.mac and seal.after_id == before.until_id
        if not known or seal.mac != mac_of(seal) or not (follows or seal.number != before.number + 1):
            yield Finding("seal.forged", {"number": seal.number})
        else:
            yield from _covered(seal)
        before = seal


def _covered(seal: AuditSeal) -> Iterator[Finding]:
    count, digest = digest_of(seal.after_id, seal.until_id)
    values = {"number": seal.number, "first": seal.after_id + 1, "last": seal.until_id, "n": abs(seal.count - count)}
    if count != seal.count:
        yield Finding("sealed.missing" if count < seal.count else "sealed.inserted", values)
    elif digest != seal.digest:
        yield Finding("sealed.changed", values)


def _unsealed() -> Iterator[Finding]:
    """Entries that wait for a seal too long, and those made with a key that was given up before the last seal."""
    last = AuditSeal.objects.order_by("-number").first()
    rows = AuditEntry.objects.filter(pk__gt=last.until_id if last else 0).order_by("pk")
    first = rows.first()
    if first is not None and first.at < timezone.now() - MAY_WAIT:
        yield Finding("entry.unsealed", {"id": first.pk})
    if last is not None:
        for entry in rows.exclude(key_id=last.key_id).iterator(chunk_size=2000):
            if 0 <= audit_keys.age(entry.key_id) < audit_keys.age(last.key_id):
                yield Finding("entry.old_key", {"place": str(entry), "id": entry.pk})


def _anchors(copy: Path | None) -> Iterator[Finding]:
    """The anchor files against the seals and against what the database says was anchored."""
    with transaction.atomic():
        anchors.hold_anchors()
        registered = dict(AuditAnchor.objects.values_list("number", "line_digest"))
        seals = dict(AuditSeal.objects.values_list("number", "mac"))
        last_number, last_digest = 0, ""
        for line in anchors.lines(copy):
            if not line.genuine:
                yield Finding("anchor.forged", {"place": line.place})
                continue
            values = {"place": line.place, "number": line.number, "seal": line.seal_number}
            if line.number != last_number + 1 or line.previous != last_digest:
                yield Finding("anchor.order", values)
            if seals.get(line.seal_number) != line.seal_mac:
                yield Finding("anchor.seal_missing", values)
            if registered.get(line.number, line.digest) != line.digest:
                yield Finding("anchor.changed", values)
            last_number, last_digest = line.number, line.digest
        yield from _ends(last_number, registered, copy)
        if copy is None:
            yield from _waiting_for_anchor()


def _ends(found: int, registered: dict[int, str], copy: Path | None) -> Iterator[Finding]:
    known = max(registered, default=0)
    if found < known and copy is None:
        if found == 0:
            yield Finding("anchor.file_missing", {"n": len(registered)})
        else:
            yield Finding("anchor.file_shortened", {"known": known, "found": found})
    missing = [number for number in range(1, found + 1) if number not in registered]
    if missing:
        yield Finding("anchor.unregistered", {"first": missing[0], "last": missing[-1]})


def _waiting_for_anchor() -> Iterator[Finding]:
    anchored = AuditAnchor.objects.aggregate(n=Max("seal_number"))["n"] or 0
    oldest = AuditSeal.objects.filter(number__gt=anchored).order_by("number").first()
    if oldest is not None and oldest.at < timezone.now() - MAY_WAIT:
        yield Finding("anchor.late")


def counts() -> dict[str, int]:
    """How many entries, seals and anchors were compared."""
    return {
        "entries": AuditEntry.objects.count(),
        "seals": AuditSeal.objects.count(),
        "anchors": AuditAnchor.objects.count(),
    }
