"""A large file in parts: each part once, in order, resumable after a break; attached as a material when it is whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.errors import BadInput, NotVisible, TooLarge, WrongState
from core.filing import keep_file
from core.retries import tried_again
from foundation.cases.models import Material
from foundation.formats.admitting import check_announced, check_start
from foundation.storing.keeping import discard
from referrals.file_names import kept_name
from referrals.models import Upload, UploadPart
from referrals.paper_form import Paper
from referrals.rules import profile_of_referral
from referrals.services.materials import UNSAID, attach_material, open_for_papers, slot_names

KEPT = dt.timedelta(days=1)
MOST_OPEN = 20


@tried_again
def begin_upload(referral_id: int, *, by: Actor, slot: str, name: str, size: int, sha256: str = "", paper: Paper = UNSAID) -> Upload:
    """Open an upload of `size` bytes. What can be refused before the first byte is refused now; raises as `attach_material` does."""
    assert by.user is not None
    name = kept_name(name, "name")
    check_announced(name, size)
    with transaction.atomic():
        referral = open_for_papers(referral_id, by)
        if slot not in slot_names(profile_of_referral(referral)):
            raise BadInput(_("请选择材料类别。"), fields={"slot": _("没有“%(slot)s”这一类。") % {"slot": slot}})
        if Upload.objects.filter(owner=by.user).count() >= MOST_OPEN:
            raise WrongState(_("未传完的文件过多（最多 %(n)d 个），请先传完或取消。") % {"n": MOST_OPEN})
        return Upload.objects.create(
            referral=referral,
            owner=by.user,
            slot=slot,
            name=name,
            size=size,
            sha256=sha256,
            paper=vars(paper),
            expires_at=timezone.now() + KEPT,
        )


def uploads_visible_to(by: Actor) -> Any:
    """One's own, as long as they are kept."""
    return Upload.objects.filter(owner_id=by.user_id, expires_at__gt=timezone.now())


def _mine(upload_id: object, by: Actor) -> Upload:
    upload: Upload | None = uploads_visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=upload_id).first()
    if upload is None:
        raise NotVisible(_("没有这个上传，或者已过期。"))
    return upload


@tried_again
def put_part(upload_id: object, *, by: Actor, offset: int, part: bytes) -> Upload:
    """Keep `part`, which stands at `offset` bytes. What is there already is not written again; a gap is refused (409, with what is there).

    Raises NotVisible, TooLarge, WrongState, BadInput, StorageFull.
    """
    if len(part) > settings.UPLOAD_PART_BYTES:
        raise TooLarge(_("每段不超过 %(n)d MB。") % {"n": settings.UPLOAD_PART_BYTES >> 20})
    with transaction.atomic():
        upload = _mine(upload_id, by)
        if offset > upload.received:
            raise WrongState(_("已收到 %(n)d 字节，请从那里接着传。") % {"n": upload.received})
        if offset + len(part) > upload.size:
            raise BadInput(_("超过了所报的文件大小（%(n)d 字节）。") % {"n": upload.size}, fields={"offset": _("超过文件大小")})
        if offset == 0:
            check_start(upload.name, upload.size, part)
        _demand_same(upload, offset, part)
        fresh = part[upload.received - offset :]
        if fresh:
            row = UploadPart(upload=upload, offset=upload.received, size=len(fresh), sha256=hashlib.sha256(fresh).hexdigest())
            keep_file(row.file, f"{upload.pk}.{upload.received}", ContentFile(fresh))
            row.save()
            upload.received += len(fresh)
            upload.save(update_fields=["received"])
    return upload


def _demand_same(upload: Upload, offset: int, part: bytes) -> None:
    """A part that is kept already must be the same: two files of one name and size are never mixed."""
    kept = upload.parts.filter(offset=offset).first()
    if kept is None:
        return
    with kept.file.open("rb") as source:
        known = source.read(len(part))
    if known != part[: len(known)]:
        raise WrongState(_("与已收到的部分不是同一个文件：请放弃未传完的那一份，再重新上传。"))


@tried_again
def complete_upload(upload_id: object, *, by: Actor) -> Material:
    """The last part is there: check the whole, attach it, forget the upload. Raises as `attach_material` does."""
    with transaction.atomic():
        upload = _mine(upload_id, by)
        if upload.received != upload.size:
            raise WrongState(_("文件没有传完：已收到 %(n)d / %(size)d 字节。") % {"n": upload.received, "size": upload.size})
        with _whole(upload) as (stream, digest):
            if upload.sha256 and digest != upload.sha256:
                raise BadInput(_("收到的文件与所报的 sha256 不符，请重新上传。"), fields={"sha256": _("不符")})
            material = attach_material(
                upload.referral_id, by=by, slot=upload.slot, name=upload.name, size=upload.size, stream=stream, paper=Paper(**upload.paper)
            )
        _forget(upload)
    return material


@contextmanager
def _whole(upload: Upload) -> Iterator[tuple[BinaryIO, str]]:
    """All parts in order as one stream from its start, and its sha256 in hex. The stream ends with the block."""
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as stream:
        for part in upload.parts.all():
            with part.file.open("rb") as source:
                for chunk in source.chunks():
                    digest.update(chunk)
                    stream.write(chunk)
        stream.seek(0)
        yield cast(BinaryIO, stream), digest.hexdigest()


@tried_again
def _forget(upload: Upload) -> None:
    with transaction.atomic():
        for part in upload.parts.all():
            discard(part.file)
        upload.delete()


@tried_again
def cancel_upload(upload_id: object, *, by: Actor) -> None:
    with transaction.atomic():
        _forget(_mine(upload_id, by))


def forget_old_uploads(now: dt.datetime) -> int:
    """Drop what nobody finished within a day, rows and files; returns how many."""
    gone = 0
    for upload in Upload.objects.filter(expires_at__lt=now)[:1000]:
        _forget(upload)
        gone += 1
    return gone
