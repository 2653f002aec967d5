"""The faults in their order, each counted after it; then the soak and the sign-ins; then what is said of them."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable

from django.db import connection

from ops.faults import parts, report
from ops.faults.disk import SmallDisk
from ops.faults.restored import restore_while_writing
from ops.faults.seed import seed
from ops.faults.servers import Listener
from ops.faults.sign_ins import sign_ins
from ops.faults.soak import soak
from ops.faults.stack import Stack
from ops.faults.trial import Fault, House, Result, trial, wait_and_count

FAULTS: dict[str, tuple[str, Fault]] = {
    "workers": ("every worker killed (SIGKILL, children too), twice, in any order", parts.workers),
    "children": ("a worker's child killed in its work, as the system does for memory", parts.children),
    "beat": ("the beat killed", parts.beat),
    "web": ("the web server killed", parts.web),
    "database": ("PostgreSQL killed (all of its processes)", parts.database),
    "broker": ("Redis killed", parts.broker),
    "frozen": ("database, broker, web server and workers frozen, one after another", parts.frozen),
    "silent mail": ("a mail server that takes connections and never answers", parts.silent_mail),
    "full disk": ("the disk of the stored files full", parts.full_disk),
    "restore": ("a backup made while six clerks write, restored into an empty place and compared", restore_while_writing),
    "collisions": ("acts beside sweeps that never pause", parts.collisions),
}


SOAK, SIGN_INS = "soak", "sign-ins"
# Seconds that the soak leaves for what comes after it.
KEPT_BACK = 75


def run(stack: Stack, disk: SmallDisk, listener: Listener, given: argparse.Namespace, until: float) -> int:
    wanted = [name.strip() for name in given.only.split(",") if name.strip()] or [*FAULTS, SOAK, SIGN_INS]
    began, listed = time.monotonic(), [name for name in wanted if name in FAULTS]
    password = stack.env["DEMO_PASSWORD"]
    known = seed(given.letters * len(listed), late=True, listener=listener.address, password=password)
    say(f"{len(known['referrals'])} letters waiting for their signature, {time.monotonic() - began:.0f} s; seed {given.seed}")
    stack.run()
    house, world = House(stack, disk, listener, known, given.seed, given.letters), known["world"]
    stack.wait(house.quiet, 180, 0.5)
    results, beside = [], []
    for name in listed:
        results.append(survived(name, FAULTS[name][0], lambda name=name: trial(house, name, *FAULTS[name])))
        told(results[-1])
        if given.write:
            # After each: a run that is cut short leaves the figures of what was carried out.
            report.write(results, beside, given.seed, time.monotonic() - began)
    if SOAK in wanted:
        minutes = max(0.5, min(given.minutes, (until - time.monotonic() - KEPT_BACK) / 60))
        what = "clerks at browsers, each from the first word to the acceptance, while each part is restarted once"
        beside.append(survived(SOAK, what, lambda: beside_them(house, SOAK, what, lambda result: soak(house, world, minutes, result))))
    if SIGN_INS in wanted:
        what = "people who sign in at the same moment"
        beside.append(survived(SIGN_INS, what, lambda: beside_them(house, SIGN_INS, what, lambda result: sign_ins(house, world, result))))
    if any("500" in words for result in results + beside for words in result.wrong):
        say("\n".join((stack.base / "web.log").read_text(errors="replace").splitlines()[-120:]))
    well, seconds = all(result.well for result in results + beside), time.monotonic() - began
    say(f"{'0 lost, 0 doubled, 0 stuck' if well else 'NOT WELL'}; {seconds / 60:.1f} minutes")
    if given.write and results:
        report.write(results, beside, given.seed, seconds)
    return 0 if well else 1


def survived(name: str, what: str, work: Callable[[], Result]) -> Result:
    """A fault that could not be carried out to its end is wrong by itself, and does not keep the others from being tried."""
    connection.close()
    try:
        return work()
    except Exception as error:
        result = Result(name, what, wrong=[f"not carried out: {type(error).__name__}: {error}"[:300]])
        traceback.print_exc()
        told(result)
        return result


def beside_them(house: House, name: str, what: str, work: Callable[[Result], None]) -> Result:
    """What measures itself; then everything is waited for and counted as after a fault."""
    result = Result(name, what)
    work(result)
    wait_and_count(house, result, time.monotonic())
    told(result)
    return result


def say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def told(result: Result) -> None:
    say(
        f"{result.name:12} {result.acts:4} acts, answered again {result.answered_again:5.1f} s, all done {result.all_done:5.1f} s; "
        f"lost {result.sum('lost')}, doubled {result.sum('doubled')}, stuck {result.sum('stuck')}; {'; '.join(result.notes)}"
    )
    for name, count in result.counts.items():
        for words in count.words:
            say(f"    {name}: {words}")
    for words in result.wrong[:8]:
        say(f"    {words}")
