"""Where a client gets its access token: OAuth2 client credentials (RFC 6749, 4.4), and nothing else of OAuth2."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import TokenView

from core.addresses import client_address
from core.errors import Busy
from systems.authentication import why_unusable
from systems.clients import record_token
from systems.models import SystemClient
from systems.rates import spend
from systems.refusals import record_refusal


class ClientCredentialsOnly(OAuth2Validator):
    """django-oauth-toolkit's checks, and ours: not switched off, not expired, from an allowed address."""

    def _load_application(self, client_id: str, request: Any) -> Any:
        if "\x00" in (client_id or ""):
            return None
        found = super()._load_application(client_id, request)
        if found is not None:
            request.tried = found
        return found

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        address = request.headers.get("YISONG_ADDRESS", "")
        if not super().authenticate_client(request, *args, **kwargs):
            record_refusal(vars(request).get("tried"), "secret", address)
            return False
        client = SystemClient.objects.select_related("holding__user", "holding__agency__jurisdiction").get(pk=request.client.pk)
        why = why_unusable(client, address)
        if why:
            record_refusal(client, why, address)
            return False
        request.client = client
        return True

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return False

    def validate_grant_type(self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return grant_type == "client_credentials"

    def _save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        saved = super()._save_bearer_token(token, request, *args, **kwargs)
        record_token(request.client, token["scope"], request.headers.get("YISONG_ADDRESS", ""))
        return saved


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(sensitive_post_parameters("client_secret"), name="dispatch")
class GiveToken(TokenView):
    """POST grant_type=client_credentials, with the client's id and secret as HTTP Basic or in the form; answers as RFC 6749 says."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = client_address(request)
        left, wait = spend(f"token:{address}", settings.TOKEN_RATE)
        if left < 0:
            return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": str(wait)})
        # The validator is given the environment; no header of a caller can take this name (those begin with HTTP_).
        request.META["YISONG_ADDRESS"] = address
        if any("\x00" in value for name in request.POST for value in (name, *request.POST.getlist(name))):
            return JsonResponse({"error": "invalid_request"}, status=400)
        twice = any(len(request.POST.getlist(name)) > 1 for name in request.POST)
        if twice or request.GET or ("Authorization" in request.headers and "client_secret" in request.POST):
            # RFC 6749, 2.3 and 3.2: nothing twice, nothing in the address, one way to authenticate; nobody guesses which is meant.
            return JsonResponse({"error": "invalid_request"}, status=400)
        if request.POST.get("grant_type") != "client_credentials":
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        try:
            response: HttpResponse = self.authorization_flow_token_response(request, *args, **kwargs)
        except Busy as busy:
            return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": str(busy.wait)})
        return response
