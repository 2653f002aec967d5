"""Where files lie, how they are backed up, and how big what is sent may be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.settings.places import BASE_DIR

MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "media"))
# Where pg_dump and pg_restore of the server's own version lie; by default they are looked for on PATH.
POSTGRES_BIN = os.environ.get("POSTGRES_BIN", "")
# Public keys (age1…, separated by commas) to which backups are encrypted; without one they are not.
BACKUP_RECIPIENTS = [key for key in os.environ.get("BACKUP_RECIPIENTS", "").split(",") if key]
# Where the anchors of the audit trail are written: best a disk that those who keep the database cannot write.
AUDIT_ANCHOR_DIR = Path(os.environ.get("AUDIT_ANCHOR_DIR", BASE_DIR / "anchors"))
# Where stored files lie: "disk" (MEDIA_ROOT), or "s3" (any server that speaks S3) once several machines need them.
MEDIA_STORAGE = os.environ.get("MEDIA_STORAGE", "disk")
_STORES: dict[str, dict[str, Any]] = {
    "disk": {"BACKEND": "foundation.storing.disk.DurableDisk"},
    "s3": {
        "BACKEND": "foundation.storing.objects.ObjectStore",
        "OPTIONS": {
            "endpoint_url": os.environ.get("S3_ENDPOINT") or None,
            "bucket_name": os.environ.get("S3_BUCKET", ""),
            "access_key": os.environ.get("S3_ACCESS_KEY") or None,
            "secret_key": os.environ.get("S3_SECRET_KEY") or None,
            "region_name": os.environ.get("S3_REGION") or "us-east-1",
            "location": os.environ.get("S3_PREFIX", ""),
        },
    },
}
if MEDIA_STORAGE not in _STORES or (MEDIA_STORAGE == "s3" and not os.environ.get("S3_BUCKET")):
    raise ImproperlyConfigured('MEDIA_STORAGE is "disk", or "s3" with S3_BUCKET (and S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY).')
STORAGES = {
    "default": _STORES[MEDIA_STORAGE],
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# What is typed and not yet sent: sealed under these keys (newest first; the old ones still open), else under SECRET_KEY.
TYPED_KEYS = [k for k in os.environ.get("TYPED_KEYS", "").split(",") if k]
TYPED_KEPT_DAYS = 14
TYPED_MAX_BYTES = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Megabytes of one file, by what it is (foundation/formats/table.py); UPLOAD_VIDEO_MB=2000 and so on set them anew.
UPLOAD_MEGABYTES = {
    family: int(os.environ.get(f"UPLOAD_{family.upper()}_MB", usual))
    for family, usual in {"document": 50, "image": 20, "archive": 200, "audio": 200, "video": 500}.items()
}
# Megabytes of memory for the process that looks into a file and draws its preview.
LOOK_MEGABYTES = int(os.environ.get("LOOK_MEGABYTES", "1536"))
# clamd, the daemon of ClamAV: a local socket, or a host and port. Empty: no file is scanned and nothing waits (decision 0029).
CLAMD_SOCKET = os.environ.get("CLAMD_SOCKET", "")
CLAMD_HOST = os.environ.get("CLAMD_HOST", "")
CLAMD_PORT = int(os.environ.get("CLAMD_PORT", "3310"))
UPLOAD_PART_BYTES = 8 * 1024 * 1024
