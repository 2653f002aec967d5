"""What is looked at before the product starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from core.addresses import networks_of


def trusted_proxies_are_networks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """TRUSTED_PROXIES names addresses and networks; a count of proxies, as it once was, would trust whoever writes the header."""
    try:
        networks_of(tuple(settings.TRUSTED_PROXIES))
    except ValueError as error:
        return [Error(str(error), id="accounts.E001")]
    return []
