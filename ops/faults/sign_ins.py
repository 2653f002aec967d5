"""Sixty-four people sign in at the same moment: how long until all are in, how many had to come again, and what a page cost meanwhile."""

from __future__ import annotations

import threading
import time
from typing import Any

from ops.faults import people
from ops.faults.browsing import Browser, Seen
from ops.faults.trial import House, Result

AT_ONCE = 64


def sign_ins(house: House, world: Any, result: Result) -> None:
    """Each comes again as soon as it is told to; a clerk who is signed in already reads a page over and over."""
    names, seen, address = people.everybody(world, AT_ONCE), Seen(), house.stack.address
    browsers = [Browser(address, seen) for _ in names]
    tokens = [browser.read("/sign-in/").hidden("csrfmiddlewaretoken") for browser in browsers]
    reader, over, slow = Browser(address, Seen()), threading.Event(), [0.0]
    reader.sign_in(names[0], house.stack.env["DEMO_PASSWORD"])
    turned_away = [0] * len(names)

    def come_in(number: int) -> None:
        form = {"username": names[number], "password": house.stack.env["DEMO_PASSWORD"], "csrfmiddlewaretoken": tokens[number]}
        while (page := browsers[number].ask("POST", "/sign-in/", form)).status == 429:
            turned_away[number] += 1
            time.sleep(2.0)
        if page.status != 302:
            result.wrong.append(f"sign-in {number}: {page.status}")

    def read() -> None:
        while not over.is_set():
            began = time.monotonic()
            reader.ask("GET", "/referrals/")
            slow.append(time.monotonic() - began)
            time.sleep(0.1)

    threads = [threading.Thread(target=come_in, args=(number,), daemon=True) for number in range(len(names))]
    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    time.sleep(1.0)
    alone, began = max(slow), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    seconds = time.monotonic() - began
    over.set()
    reading.join(30)
    pages = sorted(slow)
    result.notes.append(
        f"{len(names)} at once: all in after {seconds:.1f} s, {sum(1 for n in turned_away if n)} were told (429) to come again, {sum(turned_away)} times;"
        f" a page meanwhile took {pages[len(pages) // 2] * 1000:.0f} ms in the middle and {pages[-1] * 1000:.0f} ms at most ({alone * 1000:.0f} ms before)"
    )
