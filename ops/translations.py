"""Is the English catalogue complete? Every text of code and templates must be in it, translated, none of them fuzzy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"


def collected() -> polib.POFile:
    """The catalogue as it would be after collecting now; the file itself is left as it is."""
    before = CATALOGUE.read_bytes()
    try:
        command = [
            sys.executable,
            "manage.py",
            "makemessages",
            "-l",
            "en",
            "--no-location",
            "--no-obsolete",
            "-i",
            ".venv",
            "-i",
            ".local",
            "-i",
            "tests",
        ]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return polib.pofile(str(CATALOGUE))
    finally:
        CATALOGUE.write_bytes(before)


def shortcomings() -> list[str]:
    now = collected()
    known = {e.msgid for e in polib.pofile(str(CATALOGUE)) if e.msgstr or (e.msgstr_plural and all(e.msgstr_plural.values()))}
    wanted = {e.msgid for e in now if not e.obsolete}
    short = [f"not translated: {text}" for text in sorted(wanted - known)]
    short += [f"fuzzy: {e.msgid}" for e in now.fuzzy_entries()]
    return short + [f"no longer used: {text}" for text in sorted(known - wanted)]


if __name__ == "__main__":
    found = shortcomings()
    for line in found:
        print(line)
    sys.exit(1 if found else 0)
