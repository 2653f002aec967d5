"""What every installation shares. Secrets come from the environment; none has a default."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent.parent
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
    "accounts",
    "deadlines",
    "documents",
    "notifications",
    "foundation.work",
    "foundation.storing",
    "foundation.sessions",
    "foundation.typed",
    "foundation.cases",
    "referrals",
    "oversight",
    "systems",
    "administration",
    "demo",
]
MIDDLEWARE = [
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

DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or "postgresql://yisong@127.0.0.1:5432/yisong", engine="core.database")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A connection is asked whether it lives before it is lent; a pool that lost its server tries again every few seconds, not minutes.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {
    "pool": {"min_size": 1, "max_size": int(os.environ.get("DB_POOL", "8")), "timeout": 4, "reconnect_timeout": 3},
    # Seconds (the last in milliseconds): a server that does not answer, or a network that is gone, holds nobody for ever.
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
if os.environ.get("DB_STATEMENT_SECONDS"):
    # No statement of a page or a task may take longer; commands (migrate, sweep by hand) are started without it.
    DATABASES["default"]["OPTIONS"]["options"] = f"-c statement_timeout={int(os.environ['DB_STATEMENT_SECONDS'])}s"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "core.cache.KeptRedis", "LOCATION": REDIS_URL, "KEY_PREFIX": "yisong"}}
# Together with the broker's (foundation/work/queueing.py) at most a second: one try each, then left alone for a while.
CACHES["default"]["OPTIONS"] = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "retry": Retry(NoBackoff(), 0)}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["accounts.hashing.BoundedArgon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
# How many passwords and secrets one process hashes at once, and how many more callers wait for that; all others are told to come
# again. Together fewer than a process has web threads (4): whatever is tried, a page is always answered.
HASHES_AT_ONCE = int(os.environ.get("HASHES_AT_ONCE", "1"))
HASHES_WAITING = int(os.environ.get("HASHES_WAITING", "1"))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_ENGINE = "foundation.sessions.engine"
# Seconds: a session ends after a working day, and after an hour without use.
SESSION_COOKIE_AGE = int(os.environ.get("SESSION_LONGEST_SECONDS", str(8 * 3600)))
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_SECONDS", "3600"))
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.faults.csrf_failure"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# The posts of which a one-time code is demanded, unless the district names its own (GB/T 22239-2019, 8.1.4.1).
SECOND_FACTOR_POSTS = [
    "leader_in_charge",
    "head",
    "convener",
    "government_clerk",
    "government_leader",
    "administrator",
    "security_administrator",
    "auditor",
]
OTP_TOTP_ISSUER = "移送"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "media"))
# Where pg_dump and pg_restore of the server's own version lie; by default they are looked for on PATH.
POSTGRES_BIN = os.environ.get("POSTGRES_BIN", "")
# Public keys (age1…, separated by commas) to which backups are encrypted; without one they are not.
BACKUP_RECIPIENTS = [key for key in os.environ.get("BACKUP_RECIPIENTS", "").split(",") if key]
# Where the anchors of the audit trail are written: best a disk that those who keep the database cannot write.
AUDIT_ANCHOR_DIR = Path(os.environ.get("AUDIT_ANCHOR_DIR", BASE_DIR / "anchors"))
STORAGES = {
    "default": {"BACKEND": "foundation.storing.disk.DurableDisk"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# What is typed and not yet sent: sealed under these keys (newest first; the old ones still open), else under SECRET_KEY.
TYPED_KEYS = [k for k in os.environ.get("TYPED_KEYS", "").split(",") if k]
TYPED_KEPT_DAYS = 14
TYPED_MAX_BYTES = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 50 * 1024 * 1024
UPLOAD_PART_BYTES = 8 * 1024 * 1024

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
# A worker waits for a broker that is away for as long as that takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Nothing runs for ever: each kind of work names its own limit (foundation/work); this is for what runs at set times.
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
# Five queues, each with a worker of its own: a thousand ledgers or a silent mail server never hold up the sweep.
CELERY_TASK_DEFAULT_QUEUE = "watch"
# Only the tests want a failed piece of background work to end the caller.
WORK_RAISES = False
# Everything that comes at set times (foundation/work/kinds.py: Timed, under the same names): its seconds, and its queue if not the watch.
_AT_SET_TIMES = {
    "sweep": (60.0, "watch"),
    "digest": (900.0, "watch"),
    "seal-audit": (60.0, "watch"),
    "anchor-audit": (300.0, "watch"),
    "find-lost-work": (30.0, "watch"),
    "send-events": (5.0, "events"),
    "forget-answers": (3600.0, "watch"),
    "forget-uploads": (3600.0, "watch"),
    "tidy-drafts": (3600.0, "watch"),
    "forget-ended-sessions": (3600.0, "watch"),
    "forget-typed-work": (3600.0, "watch"),
    "tidy-sign-ins": (3600.0, "watch"),
    "tidy-systems": (3600.0, "watch"),
    "remove-discarded-files": (300.0, "watch"),
}
# A call that nobody took before the next one comes is worth nothing: the next one does the same.
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": "foundation.work.tasks.at_set_time",
        "args": (name,),
        "schedule": seconds,
        "options": {"expires": seconds * 0.95, "queue": queue},
    }
    for name, (seconds, queue) in _AT_SET_TIMES.items()
}

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

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "systems.authentication.ClientToken",
        "accounts.api_auth.BearerToken",
        "accounts.api_auth.SignedInSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api_auth.HasActor", "systems.authentication.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["systems.rates.PerCaller"],
    "DEFAULT_SCHEMA_CLASS": "core.rest.Described",
    "EXCEPTION_HANDLER": "core.api.refusal_response",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsers.StrictJSON"],
    "UNAUTHENTICATED_USER": None,
}
# Requests a minute for each client, token or person.
REST_RATE = int(os.environ.get("REST_RATE", "600"))
# Access tokens a minute that one address may ask for.
TOKEN_RATE = int(os.environ.get("TOKEN_RATE", "60"))
# Addresses or networks of the proxies of ours before the web server, with commas. Empty: no X-Forwarded header is believed.
TRUSTED_PROXIES = [n.strip() for n in os.environ.get("TRUSTED_PROXIES", "").split(",") if n.strip()]
# Where events may go: public addresses over HTTPS, unless the operator also allows private ones (and plain HTTP to them).
EVENTS_ALLOW_PRIVATE = os.environ.get("EVENTS_ALLOW_PRIVATE", "") == "1"
OAUTH2_PROVIDER_APPLICATION_MODEL = "systems.SystemClient"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "systems.scopes.ScopesOfClient",
    "OAUTH2_VALIDATOR_CLASS": "systems.tokens.ClientCredentialsOnly",
    "ACCESS_TOKEN_GENERATOR": "systems.authentication.new_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "CLIENT_SECRET_GENERATOR_LENGTH": 48,
    # Access tokens are kept as their checksum only.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # Only client credentials are open (systems/tokens.py); the rest is shut here as well.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "移送 Yisong",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "PartyDocumentEnum": "foundation.cases.models.DocumentKind",
        "PartyKindEnum": "foundation.cases.models.Case.PartyKind",
        "PartySexEnum": "foundation.cases.models.Case.Sex",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.rest.add_links",
        "config.operations.add_summaries",
        "config.operations.add_examples",
    ],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "core.logs.WithoutValues", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
