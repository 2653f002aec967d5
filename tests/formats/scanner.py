"""A scanner for the tests that speaks clamd's INSTREAM (clamd(8)) and says what it is told to say."""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path
from typing import Any


class FakeScanner:
    """Listens on a local socket; finds "Test.Virus" in every file that holds `VIRUS`; takes at most `most` bytes."""

    VIRUS = b"not-a-virus-but-found"

    def __init__(self, place: Path, most: int = 1 << 30) -> None:
        self.path, self.most, self.seen = str(place), most, []
        self.longest = 0
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.line.bind(self.path)
        self.line.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.line.close()
        Path(self.path).unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                caller, _address = self.line.accept()
            except OSError:
                return
            with caller:
                self._answer(caller)

    def _answer(self, caller: Any) -> None:
        stream = caller.makefile("rb")
        if stream.read(10) != b"zINSTREAM\0":
            caller.sendall(b"UNKNOWN COMMAND\0")
            return
        got = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            self.longest = max(self.longest, size)
            got += stream.read(size)
            if len(got) > self.most:
                caller.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(got)
        caller.sendall(b"stream: Test.Virus FOUND\0" if self.VIRUS in got else b"stream: OK\0")
