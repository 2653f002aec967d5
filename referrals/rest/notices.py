"""Notices and the thread on the progress, for other systems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, acting
from core.acts import actions_on
from core.api_shapes import asked
from core.errors import NotVisible
from core.etags import etag_of
from core.ranged import download, intact
from core.reading import MOST_ID
from core.rest import Rest, keyed_page, parameters_of
from foundation.formats.keeping import with_looks
from foundation.formats.scanning import demand_sendable
from referrals.correspondence import progress_of, with_correspondence
from referrals.doors import NOTICE_DOORS
from referrals.lifecycle import NoticeState
from referrals.models import Notice, ProgressMessage
from referrals.policies import NOTICE_POLICIES
from referrals.policies.progress import may_read_progress
from referrals.rest.acts import Act, act_view
from referrals.rest.beside_shapes import NoticePage, NoticeShape, NoticeWhole, ProgressList
from referrals.rest.materials import FILE, RANGE
from referrals.selectors import notices_visible_to, referrals_visible_to


class NoticeFilter(forms.Form):
    state = forms.MultipleChoiceField(label="状态", required=False, choices=NoticeState.choices)
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


def found(by: Actor, pk: int) -> Notice:
    notice = notices_visible_to(by).filter(pk=pk).first()
    if notice is None:
        raise NotVisible(_("没有这份通报，或者您看不到它。"))
    return notice


def whole(notice: Notice, by: Actor) -> Response:
    notice.allowed_actions = actions_on(notice, by, NOTICE_POLICIES)
    return Response(NoticeWhole(notice).data, headers={"ETag": etag_of(notice)})


class NoticeList(Rest):
    """Notices that one's agency received or sent, newest first."""

    found = False

    @extend_schema(operation_id="notices_list", responses=NoticePage, parameters=parameters_of(NoticeFilter), tags=["notices"])
    def get(self, request: Request) -> Response:
        rows, wanted = notices_visible_to(acting(request._request)), asked(request.query_params, NoticeFilter)
        if wanted["state"]:
            rows = rows.filter(state__in=wanted["state"])
        return keyed_page(request, rows, wanted["after"], NoticeShape)


class NoticeOne(Rest):
    """One notice with its words, its receipt and what may be done now."""

    @extend_schema(operation_id="notices_read", responses=NoticeWhole, tags=["notices"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        return whole(found(by, pk), by)


class _NoticeAct(Act):
    noun = "notice"
    verbs = Notice.VERBS

    def answer(self, pk: int, by: Actor) -> Response:
        return whole(found(by, pk), by)


NOTICE_ACT_VIEWS = {verb: act_view(_NoticeAct, door, verb, NoticeWhole) for verb, door in NOTICE_DOORS.items()}


class Progress(Rest):
    """The thread of the two sides on how the case is going, oldest first. Write with `write_progress`."""

    @extend_schema(operation_id="progress_list", responses=ProgressList, tags=["referrals"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        referral = with_correspondence(referrals_visible_to(by)).filter(pk=pk).first()
        thread = progress_of(referral, by) if referral is not None else None
        if thread is None:
            raise NotVisible(_("没有这件移送，或者您看不到它。"))
        return Response(ProgressList({"results": thread}).data)


class ProgressFile(Rest):
    """A file that was sent along in the thread."""

    also_answers = (416,)

    @extend_schema(operation_id="progress_download", responses=FILE, parameters=[RANGE], tags=["referrals"])
    def get(self, request: Request, pk: int, message_id: int) -> Any:
        by = acting(request._request)
        referral = referrals_visible_to(by).filter(pk=pk).first()
        message = with_looks(ProgressMessage.objects.filter(pk=message_id, referral_id=pk).exclude(file="")).first()
        if referral is None or message is None or not may_read_progress(referral, by):
            raise NotVisible(_("没有这个文件。"))
        demand_sendable(message.name, message.look, own=by.of(message.agency_id))
        return download(request, intact(message.file, message.sha256), name=message.name, etag=f'"{message.sha256}"')
