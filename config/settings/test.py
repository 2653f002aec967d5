"""The suite: real PostgreSQL and Redis from the environment; tasks run in place unless a test starts a worker."""

import tempfile
from pathlib import Path

from config.settings.base import STORAGES
from config.settings.development import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="yisong-media-"))
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REST_RATE = TOKEN_RATE = 1_000_000
SPECTACULAR_SETTINGS_STRICT = True
