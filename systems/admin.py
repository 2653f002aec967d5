"""Clients, their secrets and tokens are kept by the acts in clients.py alone: nothing of django-oauth-toolkit's own administration."""

from __future__ import annotations

from django.contrib import admin
from oauth2_provider import models

for model in (
    models.get_application_model(), models.get_access_token_model(), models.get_grant_model(), models.get_id_token_model(), models.get_refresh_token_model(),
):  # fmt: skip
    admin.site.unregister(model)
