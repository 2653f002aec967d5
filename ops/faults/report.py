"""docs/reliability.md, written from what was measured."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path

from ops.faults.trial import Result

PLACE = Path(__file__).resolve().parent.parent.parent / "docs" / "reliability.md"
KINDS = ("acts", "letters", "mails", "events", "escalations", "papers", "jobs")
HEAD = Path(__file__).with_name("reliability.head.md")


def machine() -> str:
    with open("/proc/meminfo", encoding="ascii") as stream:
        memory = int(stream.readline().split()[1]) >> 20
    return f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}"


def table(results: list[Result]) -> list[str]:
    lines = ["| fault | acts | lost | doubled | stuck | answered again, s | all done, s |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for r in results:
        row = [r.name, r.acts, r.sum("lost"), r.sum("doubled"), r.sum("stuck"), f"{r.answered_again:.1f}", f"{r.all_done:.1f}"]
        lines.append("| " + " | ".join(str(cell) for cell in row) + " |")
    return lines


def totals(last: Result) -> list[str]:
    """What was in the database at the end, by kind."""
    lines = ["| at the end | in all | lost | doubled | stuck |", "| --- | ---: | ---: | ---: | ---: |"]
    for kind in KINDS:
        count = last.counts[kind]
        lines.append(f"| {kind} | {count.total} | {count.lost} | {count.doubled} | {count.stuck} |")
    return lines


def write(results: list[Result], beside: list[Result], seed: int, seconds: float) -> None:
    """`results` have figures of their own, `beside` (soak, sign-ins) words."""
    lines = [HEAD.read_text(encoding="utf-8").rstrip(), "", "## Figures", ""]
    lines += [f"{dt.date.today().isoformat()}, {machine()}, seed {seed}, {seconds / 60:.0f} minutes.", "", *table(results), ""]
    lines += [f"- **{r.name}**: {r.what}. {'; '.join(r.notes)}." for r in results] + ["", *totals((results + beside)[-1]), ""]
    for r in beside:
        lines += [f"**{r.name}**: {r.what}.", "", *[f"- {note}." for note in r.notes], ""]
    PLACE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
