"""What is answered while the database is away: 503, when to come again, and whether what was sent may stand. Made without one query."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.translation import gettext as _

from core.away import RETRY_AFTER, nothing_changed
from core.problem_pages import problem_page
from core.problems import KINDS, problem_answer
from core.text import sentences
from foundation.typed.middleware import owner_posted
from foundation.typed.replay import replay_of
from foundation.typed.services import sheet_posted, words_posted

DOOR, HEALTH = "/api/", "/health/"
READING = ("GET", "HEAD")


def database_away(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After, for a person, for REST or for a health check.

    A page that was only to be read asks again by itself. A form that was sent is never sent again by itself: its commit
    may have arrived; the page says whether that is so, and holds what was typed.
    """
    if request.path.startswith(HEALTH):
        answer: HttpResponse = JsonResponse({"ok": False, "database": "away"}, status=503)
    elif request.path.startswith(DOOR):
        answer = problem_answer("database-away", sentences(_so_far(request), KINDS["database-away"].advice))
    else:
        # The language of the session is lost with the session; the cookie still says it.
        with translation.override("en" if request.COOKIES.get("language") == "en" else "zh-hans"):
            answer = _page(request)
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer


def _so_far(request: HttpRequest) -> str:
    if request.method in READING:
        return ""
    if nothing_changed(request):
        return _("没有办成，未作任何改动。")
    return _("连接在提交时中断，无法断定是否已经办成，请先读取核对。")


def _page(request: HttpRequest) -> HttpResponse:
    title = _("暂时连不上数据库")
    if request.method in READING:
        sentence = _("数据库暂时连不上。本页会自动重试；已经保存的内容不会丢失。")
        return problem_page(request, status=503, title=title, sentence=sentence, frame=False, refresh=RETRY_AFTER, kind="away")
    owner = owner_posted(request)
    # Nothing can be kept now: whoever would keep what was typed need not try.
    request.typed_kept = True  # type: ignore[attr-defined]
    words = replay_of(words_posted(request), sheet_posted(request), owner) if owner else None
    sentence = sentences(_("数据库暂时连不上。"), _so_far(request), _("您填写的内容在下面。") if words else "")
    return problem_page(request, status=503, title=title, sentence=sentence, frame=False, words=words, csrf_token=get_token(request), kind="away")
