"""What a caller of the REST door and what a person is shown when nothing more particular can be said."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from config.away_page import database_away
from config.oversized import words_of_oversized
from core.away import is_away, nothing_changed
from core.full import is_full, storage_full
from core.middleware import refused_page
from core.problem_pages import number_of_fault, problem_page
from core.problems import KINDS, problem_answer
from core.text import sentences
from foundation.typed.middleware import keep_posted, owner_posted
from foundation.typed.owners import owner_signed_in
from foundation.typed.replay import Replay, replay_of
from foundation.typed.services import sheet_posted, words_posted

DOOR = "/api/"


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    if request.path.startswith(DOOR):
        return problem_answer("not-visible", _("没有这个地址。"))
    return problem_page(request, status=404, title=_("没有这一页"), sentence=_("没有这一页，或者您看不到它。请从工作台重新进入。"), kind="not-found")


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem_page(request, status=403, title=_("没有权限"), sentence=_("您的岗位不能打开这一页或者办理这件事。"), kind="forbidden")


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    too_big = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    if request.path.startswith(DOOR):
        return problem_answer("too-large", _("请求的内容过大。")) if too_big else problem_answer("bad-input", _("请求的内容不合规。"))
    if not too_big:
        sentence = _("提交的内容无法读取，没有办理。请返回上一页，核对后重试。")
        return problem_page(request, status=400, title=_("没有办成"), sentence=sentence, kind="bad-request")
    words = words_of_oversized(request)
    then = _("您填写的内容在下面。") if words else _("请返回上一页，缩短后重试；大的材料请作为文件上传。")
    sentence = sentences(_("提交的内容过大（文字合计不得超过 5 MB），没有办理。"), then)
    return problem_page(request, status=413, title=_("内容过大"), sentence=sentence, words=words, kind="too-large")


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; where the database is away or a disk is full (met before a view was reached), that is said."""
    error = sys.exc_info()[1]
    if is_away(error):
        return database_away(request)
    if is_full(error):
        full = storage_full(nothing_changed(request))
        return problem_answer(full.kind, full.reason) if request.path.startswith(DOOR) else refused_page(request, full)
    if request.path.startswith(DOOR):
        number = number_of_fault(request, 500, "error")
        return problem_answer("server-error", sentences(KINDS["server-error"].advice, _("编号：%(number)s。") % {"number": number}))
    owner = owner_posted(request)
    kept = owner is not None and keep_posted(request, owner) is not None
    # The language of the session is lost with the session; the cookie still says it.
    with translation.override("en" if request.COOKIES.get("language") == "en" else "zh-hans"):
        done = _("没有办成，未作任何改动。") if nothing_changed(request) else _("是否办成请先打开原来的页面核对。")
        then = _("您填写的内容已经保留，请稍后再试。") if kept else _("请稍后再试。")
        sentence = sentences(_("系统出错，已经记录。"), done if request.method == "POST" else "", then)
        return problem_page(request, status=500, title=_("系统出错"), sentence=sentence, kind="error")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is no longer good: somebody signed in anew, or the page is old. Nothing was done; the words are kept."""
    if request.path.startswith(DOOR):
        return problem_answer("not-allowed", _("请求缺少有效的防伪标记。"))
    owner, here = owner_posted(request), owner_signed_in(request)
    words: Replay | None = None
    sentence = _("页面已经过期，没有办成。请回到上一页刷新后再办。")
    if owner is not None:
        row = keep_posted(request, owner)
        request.typed_kept = True  # type: ignore[attr-defined]
        if here is None:
            sentence = _("登录已经失效，没有办成。您填写的内容已经保留，重新登录后可以继续。")
        elif here.user_id != owner.user_id:
            sentence = _("这一页是另一位用户登录时打开的，没有以您的名义办理。所填内容已留给那位用户，您看不到。")
        else:
            sentence = _("页面已经过期，没有办成；您填写的内容都在，可以再次提交。")
            words = replay_of(words_posted(request), sheet_posted(request), owner)
        if here is None and row is not None:
            return _to_sign_in(request, sentence)
    return problem_page(request, status=403, title=_("没有办成"), sentence=sentence, words=words, kind="csrf")


def _to_sign_in(request: HttpRequest, sentence: str) -> HttpResponse:
    from urllib.parse import quote

    from django.urls import reverse

    again = f"{reverse('sign-in')}?next={quote(request.path)}"
    return problem_page(request, status=403, title=_("没有办成"), sentence=sentence, again=again, again_label=_("重新登录"), kind="csrf")
