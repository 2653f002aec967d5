"""An act while the sweep runs: how long does a clerk wait who signs for a letter whose clock the sweep has in hand?

`python -m bench.beside` is the sweep, in a process of its own as in production: it says when it begins, and how long it took.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.utils import timezone

from bench import sweep
from bench.web import raw
from oversight import watch


def act_beside_sweep(act: Callable[[int], None], waiting: list[int], due: int) -> dict[str, Any]:
    """`act` on half of the referrals `waiting` alone, on the other half while a sweep carries out `due` steps, theirs among them.

    The last thing measured: what it writes stays. Returns a line of the table: the median beside the sweep, beside the median alone; `longest_ms` is the longest wait.
    """
    half = len(waiting) // 2
    if not half:
        raise RuntimeError("no letters are left to sign for: load more cases")
    alone = [_timed(act, pk) for pk in waiting[:half]]
    prepared = sweep.prepare(due)
    theirs = [row[0] for row in raw("SELECT id FROM deadlines_clock WHERE subject_kind = 'referral' AND subject_id = ANY(%s)"
                                    " AND ended_at IS NULL AND clause <> ''", [waiting[half:]])]  # fmt: skip
    sweep.make_due([*prepared["chosen"], *theirs])
    process = subprocess.Popen([sys.executable, "-m", "bench.beside"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    process.stdout.readline()
    beside = []
    for pk in waiting[half:]:
        if process.poll() is not None:
            break
        beside.append(_timed(act, pk))
    process.wait()
    work, limit = sorted(beside), sorted(alone)
    middle = work[len(work) // 2]
    ratios = sorted(one / limit[len(limit) // 2] for one in work)
    return {
        "name": f"act (sign for) beside a sweep of {due:,}, {len(work)} acts, longest {work[-1] * 1000:.0f} ms", "work_ms": middle * 1000,
        "limit_ms": limit[len(limit) // 2] * 1000, "beside": "the same act alone", "ratio": middle / limit[len(limit) // 2],
        "spread": [ratios[0], ratios[-1]], "target": None, "longest_ms": work[-1] * 1000,
    }  # fmt: skip


def _timed(act: Callable[[int], None], pk: int) -> float:
    began = time.perf_counter()
    act(pk)
    return time.perf_counter() - began


if __name__ == "__main__":
    raw("SELECT 1")
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    watch.sweep(timezone.now())
