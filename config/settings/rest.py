"""The REST door, its tokens and its schema; where events may go."""

from __future__ import annotations

import os

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
