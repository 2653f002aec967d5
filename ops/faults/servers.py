"""A mail server that takes every message and remembers its Message-ID."""

from __future__ import annotations

import re
import socketserver
import threading
from typing import Any


class Mail:
    """`ids` are the Message-IDs of what was taken, in order."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._serve(self)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = int(self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _serve(self, talk: Any) -> None:
        def say(line: str) -> None:
            talk.wfile.write(line.encode() + b"\r\n")

        say("220 ready")
        while line := talk.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say("354 go on")
                self._take(talk)
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 well")

    def _take(self, talk: Any) -> None:
        letter = b""
        while (line := talk.rfile.readline()) not in (b".\r\n", b""):
            letter += line
        found = re.search(rb"^Message-ID:\s*(\S+)", letter, re.M | re.I)
        self.ids.append(found[1].decode() if found else "")

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
