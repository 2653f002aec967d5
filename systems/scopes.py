"""What a client may be given, beside what its post may do: the only list of scopes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.scopes import BaseScopes


class Scope(models.TextChoices):
    READ = "read", _("读取：案件、移送、材料、公文、期限、台账")
    FILE = "file", _("移送：起草、上传材料、送签、撤回、办结")
    ANSWER = "answer", _("答复：签收、受理、异议、办理、通报、说明")
    DECIDE = "decide", _("决定：签发、处理决定、指定管辖、督办批示")
    SHARE = "share", _("共享：授权他人查看")
    ADMINISTER = "administer", _("管理：本客户端的事件订阅")


class ScopesOfClient(BaseScopes):
    """For django-oauth-toolkit: a client asks for some of its own scopes, or gets them all."""

    def get_all_scopes(self) -> dict[str, str]:
        return {value: str(label) for value, label in Scope.choices}

    def get_available_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        return list(application.scopes) if application is not None else []

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        return self.get_available_scopes(application)
