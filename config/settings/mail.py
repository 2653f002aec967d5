"""The mail server."""

from __future__ import annotations

import os

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
# "starttls" on the usual port, "tls" from the first byte, or nothing.
EMAIL_USE_TLS = os.environ.get("EMAIL_SECURITY", "") == "starttls"
EMAIL_USE_SSL = os.environ.get("EMAIL_SECURITY", "") == "tls"
# A silent server must not hold a worker for ever.
EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", "20"))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "yisong@localhost")
