"""Behind a TLS proxy. Refuses to start without its secrets."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import AUDIT_ANCHOR_KEY, AUDIT_KEY, HEALTH_TOKEN, SECRET_KEY

for name, value in (
    ("SECRET_KEY", SECRET_KEY),
    ("AUDIT_KEY", AUDIT_KEY),
    ("AUDIT_ANCHOR_KEY", AUDIT_ANCHOR_KEY),
):
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set in the environment to at least 32 characters.")

if 0 < len(HEALTH_TOKEN) < 32:
    raise ImproperlyConfigured("HEALTH_TOKEN must have at least 32 characters, or be left out.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31536000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Preloading binds the whole parent domain, also what others run there, for years: its owner's to decide (docs/decisions/0043).
SILENCED_SYSTEM_CHECKS = ["security.W021"]
