"""One POST to somebody else's server: to a vetted address, signed, without redirects, and never for longer than allowed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import BadInput

LONGEST = 10.0
MOST_ANSWER = 300


@dataclass(frozen=True)
class Answer:
    """What came back: the status (0 for none), the first words, how many milliseconds it took."""

    status: int
    words: str
    milliseconds: int

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over "timestamp.body", in hex, with its version in front."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_url(url: str) -> None:
    """Raise BadInput for an address to which no event may go, as far as it shows without looking up its name."""

    def refuse(sentence: str) -> BadInput:
        return BadInput(sentence, fields={"url": sentence})

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refuse(_("接收地址不是有效的网址。")) from None
    if parts.scheme not in (("https", "http") if settings.EVENTS_ALLOW_PRIVATE else ("https",)):
        raise refuse(_("接收地址须以 https:// 开头。"))
    if not parts.hostname or parts.username or parts.password or parts.fragment or len(url) > 500 or not url.isascii() or any(c <= " " for c in url):
        raise refuse(_("接收地址不是有效的网址（不得含用户名、密码或片段）。"))
    if port == 0:
        raise refuse(_("接收地址的端口不对。"))
    try:
        ip = ipaddress.ip_address(parts.hostname)
    except ValueError:
        private = parts.hostname.lower().rstrip(".") in ("localhost",) or parts.hostname.lower().rstrip(".").endswith(
            (".localhost", ".internal", ".local")
        )
    else:
        private = not reachable(ip)
    if private and not settings.EVENTS_ALLOW_PRIVATE:
        raise refuse(_("接收地址不得为内网或本机地址；确需使用的，由运行单位开启。"))


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Beyond what Python's own tables call global (which age with the interpreter): the IANA special-purpose registries of 2024, and
# what was given up: 6to4 relays (RFC 7526), site-local (RFC 3879), documentation (RFC 9637), segment routing (RFC 9602).
NOWHERE = tuple(
    ipaddress.ip_network(one)
    for one in (
        "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
# Global unicast is given out from here only; NAT64 (RFC 6052) leads to the IPv4 address in its last four bytes.
GIVEN_OUT, NAT64 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("64:ff9b::/96")


def _inside(ip: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address wraps, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def reachable(ip: Address) -> bool:
    """A public address: not private, loopback, link-local, multicast, reserved, given up, nor one of these inside an IPv6 wrapper."""
    inner = _inside(ip)
    if inner is not None:
        return reachable(inner)
    if (ip.version == 6 and ip not in GIVEN_OUT) or any(ip in network for network in NOWHERE):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def vetted(host: str, port: int) -> str:
    """The address that `host` has now, if an event may go there: the connection is made to this address and to no other."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not settings.EVENTS_ALLOW_PRIVATE and not all(reachable(ipaddress.ip_address(a.partition("%")[0])) for a in addresses):
        raise PermissionError("the host has a private or loopback address")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """Connects to the vetted address; the host's name stays in the Host header and in the certificate check."""

    def __init__(self, host: str, port: int, address: str, secure: bool) -> None:
        super().__init__(host, port, timeout=LONGEST)
        self.address, self.secure, self.was_cut = address, secure, False

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), LONGEST)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        self.was_cut = True
        try:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def send(url: str, secret: str, body: bytes, event: str, now: float) -> Answer:
    """POST `body` to `url`, signed with `secret`; `event` is the event's id. Never raises; gives up after ten seconds in all."""
    began, parts = time.monotonic(), urlsplit(url)
    secure, timestamp = parts.scheme == "https", str(int(now))
    port = parts.port or (443 if secure else 80)
    headers = {
        "Content-Type": "application/json", "User-Agent": "Yisong", "Yisong-Event-Id": event, "Yisong-Timestamp": timestamp,
        "Yisong-Signature": signature(secret, timestamp, body), "Connection": "close",
    }  # fmt: skip
    status, words, connection, watchdog = 0, "", None, None
    try:
        check_url(url)
        connection = _Pinned(parts.hostname or "", port, vetted(parts.hostname or "", port), secure)
        # The socket's own timeout starts anew with every byte; this one does not.
        watchdog = threading.Timer(LONGEST, connection.cut)
        watchdog.start()
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        status, words = response.status, response.read(MOST_ANSWER).decode("utf-8", "replace").replace("\x00", "")
        if connection.was_cut:
            raise TimeoutError(f"no whole answer within {LONGEST:.0f} s")
    except BadInput as refusal:
        words = refusal.reason
    except (OSError, http.client.HTTPException, ValueError) as error:
        status, words = 0, f"{type(error).__name__}: {error}"
    finally:
        if watchdog is not None:
            watchdog.cancel()
        if connection is not None:
            connection.close()
    return Answer(status, words[:MOST_ANSWER], int((time.monotonic() - began) * 1000))
