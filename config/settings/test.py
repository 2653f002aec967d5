"""The suite: real PostgreSQL and Redis from the environment; tasks run in place unless a test starts a worker."""

import os
import tempfile
from pathlib import Path

# Processes that test side by side have servers of their own (ops/with_services.py --each).
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
for _name in ("DATABASE_URL", "APPLICATION_DATABASE_URL", "ADMIN_DATABASE_URL", "REDIS_URL"):
    if _worker and os.environ.get(f"{_name}S"):
        os.environ[_name] = os.environ[f"{_name}S"].split()[int(_worker.removeprefix("gw"))]

from config.settings.base import STORAGES  # noqa: E402
from config.settings.development import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WORK_RAISES = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="yisong-media-"))
AUDIT_ANCHOR_DIR = Path(tempfile.mkdtemp(prefix="yisong-anchors-"))
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REST_RATE = TOKEN_RATE = 1_000_000
SPECTACULAR_SETTINGS_STRICT = True
