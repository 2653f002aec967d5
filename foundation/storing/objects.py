"""Files in an object storage that speaks S3, so that several web servers share them: nothing is ever written over, a full one is said."""

from __future__ import annotations

import datetime as dt
import posixpath
import secrets
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from core.full import said_when_full, storage_full

# How servers say that there is no room: HTTP 507, or one of these codes.
FULL = ("InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "EntityTooLargeForQuota")
# Seconds: a server that is silent holds nobody for ever.
CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
# Bytes of a file that is read; what is longer lies in a temporary file meanwhile.
IN_MEMORY = 8 * 1024 * 1024


def client_config() -> Config:
    """How the server is asked: in bounded time, by paths, and with no checksum that only one maker's server knows."""
    return Config(
        connect_timeout=CONNECT_SECONDS, read_timeout=ANSWER_SECONDS, retries={"max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path"}, request_checksum_calculation="when_required", response_checksum_validation="when_required",
    )  # fmt: skip


class ObjectStore(S3Storage):
    """django-storages' S3, except that a name is given once (no look whether it is free comes too late), and errors are Django's own."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"client_config": client_config(), "default_acl": None, "max_memory_size": IN_MEMORY, **given})

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name with sixteen random digits: two who store the same one at the same moment do not meet."""
        folder, base = posixpath.split(clean_name(name))
        root, ending = posixpath.splitext(base)
        more = f"_{secrets.token_hex(8)}{ending}"
        if max_length is not None:
            root = root[: max(max_length - len(posixpath.join(folder, more)), 0)]
        return posixpath.join(folder, root + more)

    def _save(self, name: str, content: Any) -> str:
        with said_when_full():
            try:
                return str(super()._save(name, content))
            except ClientError as error:
                if _code(error) in FULL or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 507:
                    raise storage_full() from error
                raise

    def get_modified_time(self, name: str) -> dt.datetime:
        """When it was stored (aware). Raises FileNotFoundError where it is not there."""
        try:
            return super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
