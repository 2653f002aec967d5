"""Twenty clerks at browsers, each with the leader of the own agency and a clerk of the receiving one, while each part is restarted once."""

from __future__ import annotations

import json
import random
import re
import secrets
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.utils import timezone

from foundation.cases.models import Case
from foundation.typed.owners import Owner
from foundation.typed.services import kept_for
from ops.demo import WORKERS
from ops.faults import people
from ops.faults.browsing import Browser, Page, Seen
from ops.faults.seed import PDF, RECEIVER
from ops.faults.trial import House, Result

NEW = "/referrals/new/"
CLERKS = 20
# Restarted as an operator does; what is meant to be killed is killed elsewhere.
PARTS = ("web", *WORKERS, "beat", "Redis", "PostgreSQL")
# Seconds after the database takes connections within which it is answered again.
BACK_WITHIN = 2.0


@dataclass
class Soak:
    """`words`: what the server said it has kept, by whom; `away`: when the database was away."""

    house: House
    form: dict[str, Any]
    receiver: str
    password: str
    seen: Seen = field(default_factory=Seen)
    words: list[tuple[str, Owner]] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    away: list[tuple[float, float]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def soak(house: House, world: Any, minutes: float, result: Result) -> None:
    """Counts what was answered into `result`; wrong are a 500, a 503 while the database was there, and words that are gone."""
    here = Soak(house, people.plain_form(world), world.user(RECEIVER).username, house.stack.env["DEMO_PASSWORD"])
    pairs, chance = people.pairs(world), random.Random(f"{house.seed}:soak")  # noqa: S311
    until = time.monotonic() + minutes * 60
    threads = [
        threading.Thread(target=_person, args=(here, number, pairs[number % len(pairs)], until, random.Random(f"{house.seed}:{number}")), daemon=True)  # noqa: S311
        for number in range(CLERKS)
    ]
    for thread in threads:
        thread.start()
    _restart_each(here, until, chance)
    for thread in threads:
        thread.join(max(1.0, until + 90 - time.monotonic()))
    here.over.set()
    _judge(here, result, minutes)


def _restart_each(here: Soak, until: float, chance: random.Random) -> None:
    stack, order = here.house.stack, list(PARTS)
    chance.shuffle(order)
    pause = max(2.0, (until - time.monotonic()) * 0.8 / len(order))
    for name in order:
        time.sleep(pause * (0.6 + 0.4 * chance.random()))
        part, began = stack.house.parts[name], time.monotonic()
        before = part.service.process
        stack.signal(name, signal.SIGTERM if name != "PostgreSQL" else signal.SIGINT)
        stack.wait(lambda before=before, part=part: part.service.process is not before and part.service.process.poll() is None, 60, 0.05)
        if name == "PostgreSQL":
            here.away.append((began, time.monotonic()))


def _person(here: Soak, number: int, pair: dict[str, Any], until: float, chance: random.Random) -> None:
    try:
        address = here.house.stack.address
        clerk, leader, receiver = (Browser(address, here.seen) for _ in range(3))
        for browser, name in ((clerk, pair["clerk"]), (leader, pair["leader"]), (receiver, here.receiver)):
            time.sleep(chance.random() * 3)
            page = browser.sign_in(name, here.password)
            if page.status != 302:
                raise RuntimeError(f"{name} was not signed in: {page.status}")
        turn = 0
        while time.monotonic() < until:
            turn += 1
            _one_case(here, (clerk, leader, receiver), pair, number * 1000 + turn, until, chance)
    except Exception as error:
        here.seen.faults.append(f"clerk {number}: {type(error).__name__}: {error}"[:300])


def _one_case(here: Soak, browsers: tuple[Browser, Browser, Browser], pair: dict[str, Any], number: int, until: float, chance: random.Random) -> None:
    clerk, leader, receiver = browsers

    def think() -> None:
        time.sleep(0.3 + chance.random() * 1.2)

    words = f"第{here.house.seed}-{number}件：当事人占用人行道堆放货物，{secrets.token_hex(6)}。"
    pk = _draft(here, clerk, pair, number, words)
    think()
    for slot in ("source_materials", "preliminary_evidence"):
        token = clerk.read(f"/referrals/{pk}/edit/").hidden("csrfmiddlewaretoken")
        clerk.send(f"/referrals/{pk}/materials/", {"slot": slot, "csrfmiddlewaretoken": token}, (f"{slot}.pdf", PDF + words.encode()))
    form = people.case_of(here.form, number, words)
    _until(here, clerk, pk, "送领导签发", lambda page: _submitted(clerk, pk, form, page), until)
    think()
    _act(here, leader, pk, "sign", until)
    clerk.read("/referrals/?q=" + quote(words[:10]))
    if not _arrived(receiver, pk, until):
        return
    for verb in ("sign_for", "accept"):
        think()
        _act(here, receiver, pk, verb, until)
    receiver.read("/")
    here.finished.append(pk)


def _draft(here: Soak, clerk: Browser, pair: dict[str, Any], number: int, words: str) -> int:
    """Typed, kept by the server from the first words on, then saved: however often it is sent, it is one draft."""
    page = clerk.read(NEW)
    marks = {name: page.hidden(name) for name in ("csrfmiddlewaretoken", "typed_by", "typed_form", "submit_key")}
    sheet = secrets.token_hex(16)
    kept = {"form": NEW, "sheet": sheet, "fields": json.dumps([["facts", words]]), "files": "[]", "typed_by": marks["typed_by"]}
    if clerk.send("/typed/", kept).status == 200:
        here.words.append((words, Owner(pair["user"], pair["holding"])))
    said = clerk.send(NEW, people.case_of(here.form, number, words) | marks | {"typed_sheet": sheet, "case": ""})
    found = re.search(r"/referrals/(\d+)/edit/", said.to)
    if not found:
        raise RuntimeError(f"the draft was not saved: {said.status} {_told(said)}")
    return int(found[1])


def _told(page: Page) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.text).split())[-200:]


def _submitted(clerk: Browser, pk: int, form: dict[str, Any], page: Page) -> Page:
    fields = form | {"csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"), "version": page.hidden("version"), "send": "1"}
    return clerk.ask("POST", f"/referrals/{pk}/edit/", fields)


def _act(here: Soak, browser: Browser, pk: int, verb: str, until: float) -> None:
    """As a person does it: look; if it can still be done, do it; where no answer came, look again."""
    path = f"/referrals/{pk}/act/{verb}/"

    def press(page: Page) -> Page:
        fields = {"csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"), "version": page.hidden("version")}
        return browser.ask("POST", path, fields)

    _until(here, browser, pk, path, press, until)


def _until(here: Soak, browser: Browser, pk: int, offered: str, press: Any, until: float) -> None:
    while time.monotonic() < until + 60:
        page = browser.read(f"/referrals/{pk}/edit/" if "/act/" not in offered else f"/referrals/{pk}/")
        if page.status == 302 or (page.status == 200 and offered not in page.text):
            return
        said = press(page)
        if said.status == 302:
            return
        if said.status not in (0, 503):
            raise RuntimeError(f"{offered} of {pk}: {said.status} {_told(said)}")
        time.sleep(1.0)
    raise RuntimeError(f"{offered} of {pk} was not done in time")


def _arrived(receiver: Browser, pk: int, until: float) -> bool:
    """Whether the letter came before the soak's end; that it comes at all is counted afterwards."""
    while time.monotonic() < until:
        page = receiver.read(f"/referrals/{pk}/")
        if page.status == 200:
            return True
        time.sleep(1.0)
    return False


def _judge(here: Soak, result: Result, minutes: float) -> None:
    connection.close()
    seen = here.seen
    result.wrong += seen.faults[:8]
    outside = [at for at in seen.away if not any(began <= at <= back + BACK_WITHIN for began, back in here.away)]
    if outside:
        result.wrong.append(f"{len(outside)} answers 503 while the database was there")
    gone = [words for words, owner in here.words if not _is_there(words, owner)]
    doubled = [words for words, _owner in here.words if Case.objects.filter(facts=words).count() > 1]
    result.wrong += [f"typed and gone: {words}" for words in gone] + [f"there twice: {words}" for words in doubled]
    told = ", ".join(f"{status or 'no answer'}: {number}" for status, number in sorted(seen.statuses.items()))
    down = sum(back - began for began, back in here.away)
    result.notes += [
        f"{CLERKS} clerks, {minutes:.0f} minutes, {len(PARTS)} parts restarted; {len(here.finished)} cases from first word to acceptance",
        f"answers: {told}; the database was away for {down:.1f} s",
        f"{len(here.words)} sheets of typed words kept, {len(gone)} gone, {len(doubled)} doubled",
    ]


def _is_there(words: str, owner: Owner) -> bool:
    if Case.objects.filter(facts=words).exists():
        return True
    return any(words in str(kept.fields) for _row, kept in kept_for(owner, [NEW], now=timezone.now()).get(NEW, []))
