"""Files on a disk, durably: written aside, forced to the disk, then given their name. A full disk is said, and leaves nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from core.full import said_when_full
from foundation.storing.sealing import sync_folder

# How a file is called while it is being written; a killed process may leave one behind, and it is never anything else.
PARTIAL = ".partial-"


class DurableDisk(FileSystemStorage):
    """Django's storage on disk, except that what `save` returns is on the disk, with its folder, and a failed write leaves nothing."""

    def _save(self, name: str, content: Any) -> str:
        with said_when_full():
            target = Path(self.path(name))
            self._make_folders(target.parent)
            partial = target.with_name(f"{PARTIAL}{secrets.token_hex(8)}")
            try:
                self._write(partial, content)
                name, target = self._named(partial, name, target)
            finally:
                partial.unlink(missing_ok=True)
            sync_folder(target.parent)
        return name.replace("\\", "/")

    def _write(self, partial: Path, content: Any) -> None:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "wb") as stream:
            for chunk in content.chunks():
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        if self.file_permissions_mode is not None:
            os.chmod(partial, self.file_permissions_mode)

    def _named(self, partial: Path, name: str, target: Path) -> tuple[str, Path]:
        """Give the finished file its name; another one where somebody was quicker. Nothing is ever written over."""
        while True:
            try:
                os.link(partial, target)
                return name, target
            except FileExistsError:
                name = self.get_available_name(name)
                target = Path(self.path(name))

    def _make_folders(self, folder: Path) -> None:
        made = []
        while not folder.exists():
            made.append(folder)
            folder = folder.parent
        for one in reversed(made):
            one.mkdir(mode=self.directory_permissions_mode or 0o777, exist_ok=True)
            sync_folder(one.parent)
