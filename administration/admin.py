"""The pages of the administration. Each kind of row has one; what has none (cases, letters, clients) is not reached from here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts import second_factor, services
from accounts.actors import acting
from accounts.kinds import Post
from accounts.models import Absence, Agency, ApiToken, Jurisdiction, PostHolding, User
from administration import people, posts, resets
from administration.ending import keep_with_end
from administration.pages import LookOnly, OwnDistrict
from deadlines import loading
from deadlines.models import CalendarYear, LocalTarget, ProfileAssignment, ProfileVersion
from foundation.cases.models import Matter
from referrals.words import initials


@admin.register(Jurisdiction)
class JurisdictionPage(OwnDistrict):
    list_display = ("name", "area_code", "government_name")
    fields = ("name", "area_code", "government_name", "second_factor_posts")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Names by the system administrator; of whom a second factor is demanded, by the security administrator."""
        return self.has_view_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        security = acting(request).holds(Post.SECURITY)
        return self.fields[:-1] if security else self.fields[-1:]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None and found.second_factor_posts is None:
            found.second_factor_posts = list(settings.SECOND_FACTOR_POSTS)
        return found

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "second_factor_posts":
            choices = [(p.value, p.label) for p in Post if p != Post.SYSTEM]
            box = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(label=db_field.verbose_name, required=False, choices=choices, widget=box)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_by_service(self, request: HttpRequest, obj: Jurisdiction, form: Any, change: bool) -> Any:
        by = acting(request)
        if by.holds(Post.SECURITY):
            return posts.demand_second_factor(by=by, of=form.cleaned_data["second_factor_posts"])
        names = {name: form.cleaned_data[name] for name in self.fields[:-1]}
        return people.rename_district(by=by, **names)


@admin.register(Agency)
class AgencyPage(OwnDistrict):
    list_display = ("short_name", "name", "kind", "valid_to")
    list_filter = ("kind",)
    search_fields = ("name", "short_name")
    fixed = ("jurisdiction",)

    def save_by_service(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> Any:
        """The row as it stands by the administration's own rules; its end by the rules of a merger."""
        obj.pinyin = initials(obj.short_name)
        return keep_with_end(obj, by=acting(request))


@admin.register(PostHolding)
class PostHoldingPage(OwnDistrict):
    list_display = ("user", "agency", "post", "since", "until")
    list_filter = ("post",)
    list_select_related = ("user", "agency")
    fields = ("user", "agency", "post", "title", "since", "until")
    fixed = ("user", "agency", "post", "since")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(machine=False)

    def save_by_service(self, request: HttpRequest, obj: PostHolding, form: Any, change: bool) -> Any:
        by, data = acting(request), form.cleaned_data
        if change:
            return posts.change_term(obj.pk, by=by, title=data["title"], until=data["until"])
        return posts.hold_post(by=by, **{name: data[name] for name in self.fields})


@admin.register(Absence)
class AbsencePage(OwnDistrict):
    list_display = ("holding", "deputy", "since", "until")
    list_select_related = ("holding__agency", "deputy")
    fields = ("holding", "deputy", "since", "until", "reason")
    fixed = ("holding", "deputy", "since", "reason")

    def save_by_service(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> Any:
        by, data = acting(request), form.cleaned_data
        if change:
            return posts.end_deputising(obj.pk, by=by, until=data["until"])
        return services.delegate_post(by=by, **{name: data[name] for name in self.fields})


@admin.register(User)
class PersonPage(OwnDistrict):
    list_display = ("username", "first_name", "is_active", "must_change_password")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name")
    ordering = ("username",)
    fields = ("username", "first_name", "email", "is_active")
    change_form_template = "administration/person.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["labels"] = {"username": _("用户名"), "first_name": _("姓名"), "email": _("邮箱"), "is_active": _("启用")}
        kwargs["help_texts"] = {"username": _("字母、数字和 @ . + - _"), "is_active": _("停用后立即不能登录，令牌一并撤销；不删除。")}
        return super().get_form(request, obj, change=change, **kwargs)

    def save_by_service(self, request: HttpRequest, obj: User, form: Any, change: bool) -> Any:
        if change:
            return people.change_account(obj, by=acting(request))
        kept, request._password = people.make_account(obj, by=acting(request))  # type: ignore[attr-defined]
        return kept

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._shown_once(request, obj, request._password)  # type: ignore[attr-defined]

    def get_urls(self) -> list[Any]:
        own = [
            path("<int:pk>/ask-password-reset/", self.admin_site.admin_view(self.ask_password_reset), name="ask-password-reset"),
            path("<int:pk>/ask-factor-code/", self.admin_site.admin_view(self.ask_factor_code), name="ask-factor-code"),
            path("<int:pk>/confirm-factor-code/", self.admin_site.admin_view(self.confirm_factor_code), name="confirm-factor-code"),
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        person = self.get_object(request, object_id)
        asked = second_factor.open_factor_code(person) if person is not None else None
        more = {"asked": asked, "other_asked": asked is not None and asked.asked_post != acting(request).post}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def ask_factor_code(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: the first of two administrators."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        people.ask_factor_code(pk, by=acting(request))
        messages.success(request, _("已发起，请另一类管理员确认。"))
        return redirect("admin:accounts_user_change", pk)

    def confirm_factor_code(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: the second, who is shown the code this once."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        person, code = people.confirm_factor_code(pk, by=acting(request))
        return self._shown_once(request, person, code, _("动态口令一次性启用码"))

    def ask_password_reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: the first of two people; the second gives it on a page of its own."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        resets.ask_password_reset(pk, by=acting(request))
        messages.success(request, _("已发起，请另一位管理员或者本人所在机关的主要负责人确认。"))
        return redirect("admin:accounts_user_change", pk)

    def _shown_once(self, request: HttpRequest, person: User, password: str, title: Any = _("初始密码")) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "person": person, "password": password, "title": title,
            "back": reverse("admin:accounts_user_changelist"),
        }  # fmt: skip
        answer = render(request, "administration/password.html", context)
        answer.headers["Cache-Control"] = "no-store"
        return answer


@admin.register(ApiToken)
class ApiTokenPage(OwnDistrict):
    list_display = ("name", "holding", "created_at", "expires_at", "revoked_at")
    list_select_related = ("holding__agency",)
    fields = ("name", "holding", "created_at", "expires_at", "revoked_at")
    readonly_fields = fields
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("撤销所选令牌"))
    def revoke(self, request: HttpRequest, rows: Any) -> None:
        for token in rows:
            posts.revoke_token(token.pk, by=acting(request))


@admin.register(LocalTarget)
class LocalTargetPage(OwnDistrict):
    list_display = ("role", "workdays", "overseen_after", "adopted")
    fields = ("jurisdiction", "role", "workdays", "overseen_after", "adopted")
    fixed = ("jurisdiction", "role")


@admin.register(Matter)
class MatterPage(OwnDistrict):
    list_display = ("name", "basis", "competent")
    list_filter = ("field",)
    list_select_related = ("competent",)
    search_fields = ("name",)
    fixed = ("jurisdiction",)
    labels = {"jurisdiction": _("行政区域"), "competent": _("主管机关")}

    def save_by_service(self, request: HttpRequest, obj: Matter, form: Any, change: bool) -> Any:
        obj.pinyin = initials(obj.name)
        return super().save_by_service(request, obj, form, change)


@admin.register(ProfileVersion)
class ProfileVersionPage(LookOnly):
    list_display = ("doc_no", "name", "version", "loaded_at")


@admin.register(CalendarYear)
class CalendarYearPage(LookOnly):
    list_display = ("year", "source", "loaded_at")


@admin.register(ProfileAssignment)
class ProfileAssignmentPage(OwnDistrict):
    list_display = ("jurisdiction", "version", "since")
    fixed = ("jurisdiction", "since")
    labels = {"jurisdiction": _("行政区域"), "version": _("规则版本"), "since": _("适用起日"), "options": _("选项")}

    def save_by_service(self, request: HttpRequest, obj: ProfileAssignment, form: Any, change: bool) -> Any:
        return loading.assign_profile(obj.jurisdiction, obj.version, since=obj.since, by=acting(request), options=obj.options)
