"""As an installation, with a beat that is quicker and static files as they lie in the checkout."""

import os

from config.settings.development import *  # noqa: F403
from config.settings.development import CELERY_BEAT_SCHEDULE, STORAGES

CELERY_BEAT_SCHEDULE = {name: {**entry, "options": dict(entry["options"])} for name, entry in CELERY_BEAT_SCHEDULE.items()}
for _name, _seconds in (("sweep", 10.0), ("find-lost-work", 5.0)):
    CELERY_BEAT_SCHEDULE[_name] |= {"schedule": _seconds}
    CELERY_BEAT_SCHEDULE[_name]["options"]["expires"] = _seconds - 1
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if os.environ.get("FAULTS_FULL_WHILE"):
    STORAGES |= {"default": {"BACKEND": "ops.faults.disk.PretendedFull"}}
