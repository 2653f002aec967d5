"""Looking into a stored file, in a process of its own that can do nothing else: one piece of background work a file."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from core.filing import keep_file
from core.retries import tried_again
from foundation.formats.keeping import INSPECT as INSPECT
from foundation.formats.models import LookedInto, Mark
from foundation.formats.table import FORMATS

CHILD = Path(__file__).parent / "confined" / "main.py"
# Seconds that the process has, by the clock on the wall; of computing it has fewer (foundation/formats/confined/limits.py).
PATIENCE = 40
# With fetching the file, however far away it lies.
LONGEST = 180
# What nothing is drawn or listed of: read by nobody but the player of who opens it.
UNREAD = ("text", "rtf", *(key for key, row in FORMATS.items() if row.family in ("audio", "video")))
MOST_SAID = 256 * 1024


def unfinished(now: dt.datetime) -> Iterable[int]:
    """Files not looked into yet, oldest first."""
    return LookedInto.objects.filter(read_at=None).order_by("since").values_list("pk", flat=True).iterator()


def inspect(pk: int) -> None:
    """Look into one file. What cannot be read costs its own preview and is marked damaged; it is never tried for ever."""
    row = LookedInto.objects.filter(pk=pk, read_at=None).first()
    if row is None:
        return
    said: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="yisong-look-") as folder:
        picture = Path(folder) / "preview.jpg"
        if row.key not in UNREAD:
            try:
                _fetch(row.name, Path(folder) / "file")
            except FileNotFoundError:
                # Taken away meanwhile, with its row; `check_files` tells of one that is missing.
                return
            said = look_into(Path(folder), row.key)
        drawn = picture.read_bytes() if picture.is_file() and not picture.is_symlink() else b""
    _write_down(pk, said, drawn)


@tried_again
def _write_down(pk: int, said: dict[str, Any], drawn: bytes) -> None:
    """What was found out, once, whoever looked meanwhile."""
    with transaction.atomic():
        row = LookedInto.objects.select_for_update(no_key=True).filter(pk=pk, read_at=None).first()
        if row is None:
            return
        row.marks = [mark for mark in said.get("marks", []) if mark in Mark.values]
        row.listing = [str(name)[:200] for name in said.get("listing", [])]
        row.read_at = timezone.now()
        if drawn:
            row.sha256 = hashlib.sha256(drawn).hexdigest()
            keep_file(row.preview, f"{row.sha256[:16]}.jpg", ContentFile(drawn))
        row.save()


def _fetch(name: str, place: Path) -> None:
    with default_storage.open(name, "rb") as source, place.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def look_into(folder: Path, key: str) -> dict[str, Any]:
    """What the confined process says of `folder`/file: marks, listing; its picture lies beside it as preview.jpg.

    It gets no setting, no key and no address of ours, and has `PATIENCE` seconds. Whatever ends it, the file is "damaged".
    """
    said = folder / "said.json"
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
    command = [sys.executable, "-I", str(CHILD), key, str(folder), str(settings.LOOK_MEGABYTES)]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as child:
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE)
        finally:
            # Whatever it started goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    try:
        if child.returncode != 0 or said.stat().st_size > MOST_SAID:
            raise ValueError("the reader was ended")
        answer = json.loads(said.read_text(encoding="utf-8"))
        return answer if isinstance(answer, dict) else {"marks": [Mark.DAMAGED.value]}
    except (OSError, ValueError):
        (folder / "preview.jpg").unlink(missing_ok=True)
        return {"marks": [Mark.DAMAGED.value]}
