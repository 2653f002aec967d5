"""The anchor files in a backup: the lines that the dumped database knows, and no later ones, which would look like a loss of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from foundation.storing.sealing import sync_folder


def _files() -> list[Path]:
    return sorted(Path(settings.AUDIT_ANCHOR_DIR).glob("anchors-*.jsonl"))


def _number(line: str) -> int:
    try:
        return int(json.loads(line)["number"])
    except (ValueError, KeyError, TypeError):
        return 0


def until(number: int) -> io.BytesIO:
    """The lines up to anchor `number`, each with the file it stands in, as a stream of JSON lines. Lines of nobody's are kept too."""
    found = (
        json.dumps({"file": path.name, "line": line.rstrip("\n")}) + "\n"
        for path in _files()
        for line in path.open(encoding="utf-8", errors="replace")
        if _number(line) <= number
    )
    return io.BytesIO("".join(found).encode())


def there() -> bool:
    return bool(_files())


def put_back(lines: Iterator[dict[str, Any]]) -> int:
    """Write the lines into the empty anchor folder; returns how many."""
    folder = Path(settings.AUDIT_ANCHOR_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    count = 0
    for line in lines:
        with (folder / Path(line["file"]).name).open("a", encoding="utf-8") as stream:
            stream.write(line["line"] + "\n")
        count += 1
    sync_folder(folder)
    return count
