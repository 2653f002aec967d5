"""The caller's address: what our own proxies wrote, read from the right; never what the caller wrote."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.checks import trusted_proxies_are_networks
from core.addresses import client_address, household

PROXIES = ["10.0.0.1", "10.1.0.0/16", "fd00::/8"]


def address(near, told=None):
    more = {} if told is None else {"HTTP_X_FORWARDED_FOR": told}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=near, **more))


def test_without_the_setting_the_header_is_not_read(settings):
    settings.TRUSTED_PROXIES = []
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"


@pytest.mark.parametrize(
    ("near", "told", "caller"),
    [
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # not from a proxy of ours: whatever it says
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the left was written by the caller
        ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.1.2.3", "198.51.100.1"),  # two proxies in a row
        ("10.0.0.1", "10.1.9.9, 198.51.100.1", "198.51.100.1"),  # a caller that claims to be a proxy
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::5]:443", "2001:db8::5"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),  # unreadable: the proxy stands for the caller
        ("10.0.0.1", "198.51.100.1, <script>, 10.1.0.2", "10.1.0.2"),
        ("10.0.0.1", "1" * 5000, "10.0.0.1"),
    ],
)
def test_the_first_from_the_right_that_is_no_proxy_of_ours(settings, near, told, caller):
    settings.TRUSTED_PROXIES = PROXIES
    assert address(near, told) == caller


@pytest.mark.parametrize(("near", "encrypted"), [("10.0.0.1", True), ("203.0.113.7", False), ("127.0.0.1", False)])
def test_only_our_proxies_are_believed_that_the_connection_is_encrypted(settings, client, near, encrypted):
    """Django itself would believe it of everybody, and serve over a plain connection what goes only over encrypted ones."""
    settings.TRUSTED_PROXIES, settings.SECURE_SSL_REDIRECT = PROXIES, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = client.get("/verify/", REMOTE_ADDR=near, HTTP_X_FORWARDED_PROTO="https")
    assert answer.status_code == (200 if encrypted else 301)


@pytest.mark.parametrize(("told", "wrong"), [(["1"], True), (["10.0.0.300"], True), (["proxy.example"], True), (PROXIES, False), ([], False)])
def test_a_setting_that_names_no_networks_is_refused_before_the_start(settings, told, wrong):
    settings.TRUSTED_PROXIES = told
    assert bool(trusted_proxies_are_networks(None)) == wrong


def test_a_whole_subscribers_network_of_ipv6_is_one_caller():
    assert household("2001:db8:1:2::5") == household("2001:db8:1:2:ffff::9") != household("2001:db8:1:3::5")
    assert household("198.51.100.1") == "198.51.100.1"
