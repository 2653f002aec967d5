"""The product as in production but for plain HTTP, with one more address: hello, behind the same middleware."""

from config.settings.development import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
REST_RATE = TOKEN_RATE = 10**9
