"""From where a request comes: the first address, read from the right, that is not one of our own proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# What one subscriber commonly has of IPv6: addresses inside it are changed at will.
IPV6_SUBSCRIBER = 64


@lru_cache(maxsize=8)
def networks_of(told: tuple[str, ...]) -> tuple[Network, ...]:
    """The networks named in the setting TRUSTED_PROXIES. Raises ValueError for what is no address or network (a count, say)."""
    if any("." not in one and ":" not in one for one in told):
        raise ValueError("TRUSTED_PROXIES names the addresses or networks of the proxies, not their number")
    return tuple(ipaddress.ip_network(one, strict=False) for one in told)


def parsed(told: str) -> Address | None:
    """One address of X-Forwarded-For, with or without a port; None for anything else. IPv4 inside IPv6 is IPv4."""
    told = told.strip()
    if told.startswith("["):
        told = told[1:].partition("]")[0]
    elif told.count(":") == 1:
        told = told.partition(":")[0]
    try:
        address = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def client_address(request: HttpRequest) -> str:
    """The caller's address as text. Nothing that a caller writes into X-Forwarded-For is believed.

    Only what a trusted proxy wrote counts: the header is read from the right for as long as the one before was trusted. Without
    TRUSTED_PROXIES the header is not read at all. What cannot be read ends the reading: the last proxy stands for the caller.
    """
    near = str(request.META.get("REMOTE_ADDR", ""))
    address, trusted = parsed(near), networks_of(tuple(settings.TRUSTED_PROXIES))
    if address is None or not _among(address, trusted):
        return str(address or near)[:60]
    for told in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        before = parsed(told)
        if before is None:
            break
        address = before
        if not _among(address, trusted):
            break
    return str(address)


def forwarded_by_our_proxies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What a proxy says of the connection before it is dropped at the door, unless it is a trusted proxy that says so.

    Django believes X-Forwarded-Proto of everybody (SECURE_PROXY_SSL_HEADER): a caller that reaches the server past the proxy
    would have a plain connection taken for an encrypted one, and be given what only goes over those.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        near = parsed(str(request.META.get("REMOTE_ADDR", "")))
        if near is None or not _among(near, networks_of(tuple(settings.TRUSTED_PROXIES))):
            for name in [n for n in request.META if n.startswith("HTTP_X_FORWARDED") or n == "HTTP_FORWARDED"]:
                del request.META[name]
        return get_response(request)

    return middleware


def _among(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def household(address: str) -> str:
    """What stands for one caller when tries are counted: an IPv4 address, or the /64 of an IPv6 address."""
    known = parsed(address)
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, IPV6_SUBSCRIBER), strict=False))
    return str(known or address)
