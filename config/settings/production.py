"""Behind a TLS proxy. Refuses to start without its secrets."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import AUDIT_ANCHOR_KEY, AUDIT_KEY, SECRET_KEY

for name, value in (
    ("SECRET_KEY", SECRET_KEY),
    ("AUDIT_KEY", AUDIT_KEY),
    ("AUDIT_ANCHOR_KEY", AUDIT_ANCHOR_KEY),
):
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set in the environment to at least 32 characters.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31536000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
