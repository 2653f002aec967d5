"""A backup made while people write, restored elsewhere: `python -m ops.faults.restored BOOK` counts what is there, as JSON."""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
import psycopg

if __name__ == "__main__":
    django.setup()

from ops import embedded
from ops.faults import invariants
from ops.faults.clerks import Entry
from ops.faults.trial import House, Result

TRAIL = "SELECT subject_kind, subject_id, seq, hash FROM core_auditentry"


def restore_while_writing(house: House, chance: random.Random, result: Result) -> None:
    """Everything acknowledged before the backup began is in the restored place, with its files; nothing there that was never done."""
    stack, base = house.stack, house.stack.base
    time.sleep(chance.random())
    began = time.time()
    stack.manage("backup", str(base / "backup"), as_owner=True)
    ended, restoring = time.time(), time.monotonic()
    place = _empty_place(house)
    stack.manage("restore", str(base / "backup"), more=place)
    restored = time.monotonic() - restoring
    book = base / "book.json"
    book.write_text(json.dumps([asdict(e) for e in house.book.acknowledged() if e.answered < began]))
    counted = stack.python("ops.faults.restored", str(book), more=place)
    for name in ("check_files", "verify_audit"):
        try:
            stack.manage(name, more=place)
        except RuntimeError as error:
            result.wrong.append(f"in the restored place: {error}"[:300])
    result.wrong += counted["wrong"] + _never_done(place["DATABASE_URL"], stack.env["DATABASE_URL"])
    written = sum(1 for e in house.book.acknowledged(began) if e.answered < ended)
    result.notes.append(
        f"backup in {ended - began:.1f} s beside {written} acts, restored in {restored:.1f} s;"
        f" {counted['acts']} acts, {counted['letters']} letters and {counted['papers']} papers compared"
    )


def _empty_place(house: House) -> dict[str, str]:
    base = house.stack.base
    server = house.stack.house.parts["PostgreSQL"].service
    owner, _application = embedded.make_database(server, "restored", base)
    return {"DATABASE_URL": owner, "MEDIA_ROOT": str(base / "restored-media"), "AUDIT_ANCHOR_DIR": str(base / "restored-anchors")}


def _never_done(there: str, here: str) -> list[str]:
    """Entries of the restored trail that the living one does not have."""
    with psycopg.connect(there) as restored, psycopg.connect(here) as living:
        unknown = set(restored.execute(TRAIL).fetchall()) - set(living.execute(TRAIL).fetchall())
    return [f"{len(unknown)} entries of the restored trail were never written"] if unknown else []


def count(book: Path) -> dict[str, Any]:
    """What of the book is here. Letters may still wait for their file or their way out: that is not a loss."""
    entries = [Entry(**one) for one in json.loads(book.read_text())]
    counts = {"acts": invariants.acts(entries), "letters": invariants.letters(), "papers": invariants.files()}
    wrong = [f"restored {name}: {words}" for name, one in counts.items() for words in one.words if not words.startswith("stuck")]
    return {name: one.total for name, one in counts.items()} | {"wrong": wrong}


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1]))))
