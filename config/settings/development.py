"""On one's own machine, and under the demonstration's supervisor: plain HTTP on loopback."""

import os
import secrets

from config.settings.base import *  # noqa: F403
from config.settings.base import AUDIT_ANCHOR_KEY, AUDIT_KEY, LOG_LEVEL, SECRET_KEY, logging_as

# For commands that touch neither sessions nor the trail (duedate, makemessages); the supervisor always sets both.
SECRET_KEY = SECRET_KEY or secrets.token_urlsafe(40)
AUDIT_KEY = AUDIT_KEY or SECRET_KEY
AUDIT_ANCHOR_KEY = AUDIT_ANCHOR_KEY or SECRET_KEY
LOGGING = logging_as(os.environ.get("LOG_FORMAT", "plain"), LOG_LEVEL)
