"""The administration's site: one front door, rights from the post acted in, and no page that is not the house's own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actors import acting
from accounts.signing_in import safe_next
from administration.rights import ADMINISTRATORS
from core.errors import NotAllowed


class AdministrationSite(admin.AdminSite):
    site_header = site_title = _("移送 管理后台")
    index_title = _("机构、人员与规则")
    site_url = "/"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only pages that keep to the own district; what libraries would register (devices, tokens, groups) stays outside."""
        from administration.pages import OwnDistrict

        if admin_class is not None and issubclass(admin_class, OwnDistrict):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Acting, now, in a post of an administrator. Raises NotAllowed for a person who is signed in and is not."""
        if not request.user.is_authenticated:
            return False
        if not acting(request).holds(*ADMINISTRATORS):
            raise NotAllowed(_("管理后台只供系统管理员和安全管理员以该岗位使用；兼任其他岗位的，请先切换岗位。"))
        return True

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one front door, with its limits, its second factor and its trail: this leads there."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(safe_next(request))
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("sign-in"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        from accounts.views import sign_out

        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("change-password"))
