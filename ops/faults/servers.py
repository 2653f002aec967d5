"""Servers of others: a mail server that can fall silent, and a receiver of events. Both remember what they took, in order."""

from __future__ import annotations

import json
import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mail:
    """`ids` are the Message-IDs of what was taken, in order. While `speaks` is clear it takes connections and never answers."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.speaks = threading.Event()
        self.speaks.set()
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

        self.speaks.wait()
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
        self.speaks.set()
        self.server.shutdown()
        self.server.server_close()


class Listener:
    """Another system's endpoint: `events` are (id, stream) of what was taken, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        taken = self.events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.append((body["id"], body["stream"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                """Nothing: what was taken is counted."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
