"""What every installation shares; each subject has a file of its own beside this one. Secrets come from the environment, without defaults."""

from __future__ import annotations

import os

from csp.constants import NONE, SELF

from config.settings.database import *  # noqa: F403
from config.settings.files import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.mail import *  # noqa: F403
from config.settings.places import BASE_DIR
from config.settings.rest import *  # noqa: F403
from config.settings.signing_in import *  # noqa: F403
from config.settings.watching import *  # noqa: F403
from config.settings.work import *  # noqa: F403

SECRET_KEY = os.environ.get("SECRET_KEY", "")
AUDIT_KEY = os.environ.get("AUDIT_KEY", "")
# Keys given up, oldest first: what they made is still verified with them.
AUDIT_OLD_KEYS = [k for k in os.environ.get("AUDIT_OLD_KEYS", "").split(",") if k]
AUDIT_ANCHOR_KEY = os.environ.get("AUDIT_ANCHOR_KEY", "")
AUDIT_OLD_ANCHOR_KEYS = [k for k in os.environ.get("AUDIT_OLD_ANCHOR_KEYS", "").split(",") if k]
DEBUG = False
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",") if h]
CSRF_TRUSTED_ORIGINS = [h for h in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if h]
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "administration.site_config.SiteConfig",
    # Before django.contrib.auth: its command that changes passwords without a trace is replaced.
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "oauth2_provider",
    "guardian",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "core",
    "deadlines",
    "documents",
    "notifications",
    "foundation.work",
    "foundation.storing",
    "foundation.sessions",
    "foundation.typed",
    "foundation.formats",
    "foundation.cases",
    "referrals",
    "oversight",
    "systems",
    "administration",
    "demo",
]
MIDDLEWARE = [
    "foundation.health.middleware.health_first",
    "core.request_log.request_logged",
    "core.middleware.changes_counted",
    "core.addresses.forwarded_by_our_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.not_stored",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.language_of_session",
    "core.middleware.readable_addresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "foundation.sessions.middleware.with_person",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "foundation.typed.middleware.typed_work_kept",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.first_password_changed",
    "core.middleware.refusals_as_pages",
    "accounts.middleware.second_factor_given",
    "systems.rates.rate_headers",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "oversight.sidebar.sidebar",
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Only the preview of a letter stands in a frame, and says so itself.
X_FRAME_OPTIONS = "DENY"
