"""Clerks who act through REST while parts fail, and the book of what they were told is done."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from ops.faults.seed import PDF
from ops.faults.stack import Answer, Stack

# Seconds for which a clerk asks again, with the same key, before the act counts as stuck; and between two tries.
PATIENCE, PAUSE = 240.0, 0.5
# What is worth asking again: no answer, a server that is going down, too many, no room.
PASSING = (0, 429, 502, 503, 504, 507)


@dataclass
class Entry:
    """One act on one referral (for a new draft: its place, which no other has). `answered`: when it was acknowledged, by the wall clock."""

    verb: str
    subject: str
    began: float
    answered: float = 0.0


@dataclass
class Book:
    """What was asked and what was acknowledged; `faults` are answers that nobody may get, `refused` how often each passing one was given."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    held: threading.Lock = field(default_factory=threading.Lock)

    def open(self, verb: str, subject: str) -> Entry:
        entry = Entry(verb, subject, time.time())
        with self.held:
            self.entries.append(entry)
        return entry

    def passing(self, status: int) -> None:
        with self.held:
            self.refused[status] = self.refused.get(status, 0) + 1

    def acknowledged(self, since: float = 0.0) -> list[Entry]:
        with self.held:
            return [entry for entry in self.entries if entry.answered > since]

    def as_json(self) -> str:
        with self.held:
            return json.dumps([asdict(entry) for entry in self.entries])


class Clerks:
    """Four threads sign, sign for and accept the letters given to them; two file new drafts, each with a paper, without end."""

    def __init__(self, stack: Stack, known: dict[str, Any], book: Book, seed: str, most_pause: float = 0.4) -> None:
        self.stack, self.known, self.book, self.seed, self.most_pause = stack, known, book, seed, most_pause
        self.waiting: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self.filed, self.enough = itertools.count(1), threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self, threads: int = 4) -> Clerks:
        works = [self._work] * threads + [self._file_on] * 2
        for number, work in enumerate(works):
            thread = threading.Thread(target=self._noted, args=(work, random.Random(f"{self.seed}:{number}")), daemon=True)  # noqa: S311
            thread.start()
            self.threads.append(thread)
        return self

    def give(self, letters: list[Any]) -> None:
        """Letters to be signed, signed for and accepted."""
        for pk, version in letters:
            self.waiting.put((pk, version))

    def finish(self, seconds: float = PATIENCE) -> None:
        """No new drafts; until every letter given to them is accepted. What is not by then has no acknowledgement in the book."""
        self.enough.set()
        until = time.monotonic() + seconds
        for _ in self.threads:
            self.waiting.put(None)
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _noted(self, work: Callable[[random.Random], None], chance: random.Random) -> None:
        try:
            work(chance)
        except Exception as error:
            self.book.faults.append(f"a clerk ended: {type(error).__name__}: {error}"[:200])

    def _work(self, chance: random.Random) -> None:
        while (letter := self.waiting.get()) is not None:
            with contextlib.suppress(TimeoutError):
                self._letter(*letter, chance)

    def _letter(self, pk: int, version: str, chance: random.Random) -> None:
        receiver = self.known["tokens"][1]
        self.act("sign", pk, self.known["signer"], version)
        for verb in ("sign_for", "accept"):
            time.sleep(chance.random() * self.most_pause)
            self.act(verb, pk, receiver, self._version(pk, receiver))

    def _file_on(self, chance: random.Random) -> None:
        """New drafts, and a paper for each, for as long as the fault lasts."""
        token = self.known["tokens"][0]
        while not self.enough.is_set():
            place = f"{self.seed}-{next(self.filed)}"
            entry = self.book.open("start_draft", place)
            made = self._until_answered(entry, "POST", "/api/v1/referrals/", token=token, body={"place": place, "facts": place})
            if made.status == 201:
                pk = json.loads(made.text)["id"]
                paper, body = self.book.open("paper", f"{pk}"), PDF + place.encode()
                self._until_answered(paper, "POST", f"/api/v1/referrals/{pk}/materials/", token=token, body=body, slot="source_materials")
            # Slower than the papers are looked into, which takes a process each.
            time.sleep(chance.random() * self.most_pause * 5)

    def _version(self, pk: int, token: str) -> str:
        """The receiver's tag of a letter, which is there once the letter is."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            seen = self.stack.ask("GET", f"/api/v1/referrals/{pk}/", token=token)
            if seen.status == 200 and json.loads(seen.text)["state"] in ("delivered", "signed_for"):
                return seen.etag
            self._note(seen, (404,))
            time.sleep(PAUSE)
        raise TimeoutError

    def act(self, verb: str, pk: int, token: str, version: str) -> None:
        """One verb on one letter, asked under one key until it is answered."""
        entry = self.book.open(verb, f"{pk}")
        answer = self._until_answered(entry, "POST", f"/api/v1/referrals/{pk}/{verb}/", token=token, body={}, version=version)
        if answer.status != 200:
            raise TimeoutError

    def _until_answered(self, entry: Entry, method: str, path: str, **given: Any) -> Answer:
        key, until = secrets.token_hex(12), time.monotonic() + PATIENCE
        while True:
            answer = self.stack.ask(method, path, key=key, **given)
            if answer.status in (200, 201):
                entry.answered = time.time()
                return answer
            if not self._note(answer, ()) or time.monotonic() > until:
                return answer
            time.sleep(PAUSE)

    def _note(self, answer: Answer, expected: tuple[int, ...]) -> bool:
        """Whether it is worth asking again; what should not have been answered is written down."""
        if answer.status in PASSING:
            self.book.passing(answer.status)
            if answer.status == 503 and not answer.retry_after:
                self.book.faults.append(f"503 without Retry-After: {answer.path}")
            return True
        if answer.status not in (200, 201, *expected):
            self.book.faults.append(f"{answer.status} {answer.path}: {answer.text[:160]}")
        return False
