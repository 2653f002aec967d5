"""The faults in their order, each counted after it; then the soak and the sign-ins; then what is said of them."""

from __future__ import annotations

import argparse
import sys
import time

from ops.faults import parts
from ops.faults.disk import SmallDisk
from ops.faults.seed import seed
from ops.faults.servers import Listener
from ops.faults.stack import Stack
from ops.faults.trial import Fault, House, Result, trial

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
    "collisions": ("acts beside sweeps that never pause", parts.collisions),
}


def run(stack: Stack, disk: SmallDisk, listener: Listener, given: argparse.Namespace, until: float) -> int:
    wanted = [name.strip() for name in given.only.split(",") if name.strip()] or list(FAULTS)
    began = time.monotonic()
    known = seed(given.letters * len(wanted), late=True, listener=listener.address, password=stack.env["DEMO_PASSWORD"])
    say(f"{len(known['referrals'])} letters waiting for their signature, {time.monotonic() - began:.0f} s; seed {given.seed}")
    stack.run()
    house = House(stack, disk, listener, known, given.seed, given.letters)
    results = []
    for name in wanted:
        result = trial(house, name, *FAULTS[name])
        results.append(result)
        told(result)
    well = all(result.well for result in results)
    say("0 lost, 0 doubled, 0 stuck" if well else "NOT WELL")
    return 0 if well else 1


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
