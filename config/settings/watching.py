"""Who may see how the installation fares, and when that is well."""

from __future__ import annotations

import os

# What a monitor brings as `Authorization: Bearer …` to see the figures of /health/ and /metrics. Empty: nobody sees them.
HEALTH_TOKEN = os.environ.get("HEALTH_TOKEN", "")
# Hours that the last whole backup may be old (a day and two hours' grace); 0 where backups are somebody else's business.
HEALTH_BACKUP_HOURS = float(os.environ.get("HEALTH_BACKUP_HOURS", "26"))
# Megabytes that must be free where files are written.
HEALTH_DISK_FREE_MB = float(os.environ.get("HEALTH_DISK_FREE_MB", "1000"))
