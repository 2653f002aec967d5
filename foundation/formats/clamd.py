"""Asking clamd, ClamAV's daemon, about the bytes of a file: its INSTREAM command (clamd(8)), in pieces, over TCP or a local socket.

A client of our own: the packages for it have had no release for years, and all that is needed is one command.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

# Seconds for connecting, and for each piece and the verdict.
PATIENCE = 30
PIECE = 64 * 1024
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """There is no verdict: the scanner does not answer, or answers what it should not."""


class TooBigToScan(Exception):
    """The scanner takes no file of that size (its StreamMaxLength)."""


@dataclass(frozen=True)
class Verdict:
    """`found` names what was found; empty for a clean file."""

    found: str

    @property
    def clean(self) -> bool:
        return not self.found


def switched_on() -> bool:
    """Whether this installation has a scanner at all."""
    return bool(settings.CLAMD_SOCKET or settings.CLAMD_HOST)


def verdict_on(pieces: Iterable[bytes]) -> Verdict:
    """What the scanner says of a file, given in pieces. Raises ScannerAway, TooBigToScan."""
    try:
        with _connected() as line:
            line.sendall(b"zINSTREAM\0")
            try:
                for piece in pieces:
                    for start in range(0, len(piece), PIECE):
                        part = piece[start : start + PIECE]
                        line.sendall(struct.pack("!L", len(part)) + part)
                line.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                # It says why and hangs up, as soon as it has had too much.
                pass
            answer = _answer(line)
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    return _read(answer)


def _connected() -> socket.socket:
    if settings.CLAMD_SOCKET:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(settings.CLAMD_SOCKET)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((settings.CLAMD_HOST, settings.CLAMD_PORT), timeout=PATIENCE)


def _answer(line: socket.socket) -> str:
    got = b""
    while not got.endswith(b"\0") and len(got) < LONGEST_ANSWER:
        more = line.recv(1024)
        if not more:
            break
        got += more
    return got.rstrip(b"\0\n").decode("utf-8", "replace")


def _read(answer: str) -> Verdict:
    """`stream: OK`, `stream: NAME FOUND`, or a sentence that ends in ERROR."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict("")
    if said.endswith(" FOUND") and said != " FOUND":
        return Verdict(said.removesuffix(" FOUND")[:200])
    if "size limit exceeded" in said:
        raise TooBigToScan
    raise ScannerAway("unexpected answer")
