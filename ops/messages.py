"""Compiling the translations without gettext's tools (a bare machine has none), and keeping their source in one order."""

from __future__ import annotations

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_messages() -> None:
    """Write the .mo beside each .po that is newer than it."""
    for po in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))


def sort_messages() -> None:
    """Put each .po in the order of its texts: two branches that add different texts then touch different lines."""
    for po in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        catalogue = polib.pofile(str(po), wrapwidth=78)
        catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        # When they were collected says nothing and differs in every branch.
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.save()


if __name__ == "__main__":
    sort_messages() if "--sort" in sys.argv else compile_messages()
