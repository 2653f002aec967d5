"""Lists, one referral, drafts, several at once, the timeline and the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, acting
from core import audit
from core.acts import actions_on
from core.answers import once
from core.api_shapes import asked, body_of, cleaned, serializer_of
from core.errors import BadInput, NotVisible
from core.etags import etag_of, version_in
from core.fields import CodeField
from core.internal import without_internal
from core.nouns import hanging_on
from core.reading import MOST_ID
from core.rest import Rest, next_page, parameters_of
from core.retries import tried_again
from deadlines.book import rules_for
from documents.issuing import documents_of
from referrals import services
from referrals.doors import REFERRAL_DOORS
from referrals.draft_form import DraftForm
from referrals.filter_form import FilterForm
from referrals.internal import may_read_proposal
from referrals.lifecycle import BEFORE_LETTER
from referrals.models import Dispute, Referral
from referrals.policies import REFERRAL_POLICIES
from referrals.requirements import shortcomings
from referrals.rest.referral_shapes import BulkAnswer, BulkShape, ReferralPage, ReferralRow, ReferralWhole, Timeline
from referrals.rules import profile_of_referral
from referrals.same_facts import Found, same_facts
from referrals.selectors import DESKS, clocks_of, first_clocks_of, materials_of, page_after, referrals_visible_to, refiled_to
from referrals.services.exporting import COLUMNS, ledger_rows
from referrals.services.reading import record_reading
from referrals.timeline import since_signed, with_changes
from referrals.views.lists import perform_one

OVERLAP = dt.timedelta(minutes=1)


class RestFilter(FilterForm):
    """The page's filters, with the desk, and `urgent` as true or false."""

    desk = forms.ChoiceField(label="列表", required=False, choices=[(name, name) for name in DESKS])
    urgent = forms.ChoiceField(label="紧急", required=False, choices=[("true", "true"), ("false", "false")])
    refiled = forms.ChoiceField(label="退回后重新移送", required=False, choices=[("true", "true"), ("false", "false")])
    party_code = CodeField(label="当事人统一社会信用代码或身份证号", required=False, max_length=40)


def found(by: Actor, pk: int) -> Referral:
    disputes = Dispute.objects.filter(referral=OuterRef("pk")).order_by("pk").values("pk")
    referral = referrals_visible_to(by).annotate(dispute_ids=ArraySubquery(disputes)).filter(pk=pk).first()
    if referral is None:
        raise NotVisible(_("没有这件移送，或者您看不到它。"))
    return referral


def whole(referral: Referral, by: Actor, status: int = 200, *, new: bool = False, papers: bool = True) -> Response:
    """The referral with what may be done now, its clocks, papers and letters; ETag is its version. A `new` one has no letters yet.

    `papers` False: it is known to have no materials.
    """
    referral.clocks = first_clocks_of(referral) if new else clocks_of("referral", referral.pk)
    referral.allowed_actions = actions_on(referral, by, REFERRAL_POLICIES)
    referral.clock = next((c for c in referral.clocks if c.ended_at is None and c.clause), None)
    referral.materials = materials_of(referral, by) if papers else []
    referral.documents = [] if new else documents_of([("referral", referral.pk)])
    drafting = referral.state in ("draft", "returned") and by.of(referral.from_agency_id)
    referral.missing = shortcomings(referral, profile_of_referral(referral), referral.materials, timezone.now()) if drafting else []
    weighing = referral.state in BEFORE_LETTER and by.of(referral.from_agency_id)
    referral.same_facts = [one.told() for one in _looked_alike(referral)] if weighing else []
    referral.refiled_to = [] if new or not referral.ended_at else list(refiled_to(referral, by))
    referral.newer_version = since_signed(referral, by)
    data = ReferralWhole(referral).data
    return Response(data, status=status, headers={"ETag": etag_of(referral)})


def _looked_alike(referral: Referral) -> list[Found]:
    """What the act has just found, or a look of our own."""
    found: list[Found] | None = getattr(referral, "looked_alike", None)
    return same_facts(referral, profile_of_referral(referral)) if found is None else found


class ReferralList(Rest):
    """Referrals of one desk, newest first; and the door through which a system files."""

    scopes = {"GET": "read", "POST": "file"}
    found = False

    @extend_schema(operation_id="referrals_list", responses=ReferralPage, tags=["referrals"], parameters=parameters_of(RestFilter))
    def get(self, request: Request) -> Response:
        by, now = acting(request._request), timezone.now()
        wanted = asked(request.query_params, RestFilter)
        rows, after = page_after(by, wanted.get("desk") or "all", wanted, now)
        body = {"results": ReferralRow(rows, many=True).data, "next": after, "as_of": timezone.localtime(now - OVERLAP).isoformat()}
        return Response(body, headers=next_page(request, after))

    @extend_schema(
        operation_id="referrals_start_draft", responses={201: ReferralWhole}, tags=["referrals"],
        request=serializer_of(DraftForm, "ReferralDraft", case=serializers.IntegerField(
            required=False, allow_null=True, min_value=1, max_value=MOST_ID, help_text="A case of one's own that is already there")),
    )  # fmt: skip
    @once
    def post(self, request: Request) -> Response:
        by = acting(request._request)
        rules = rules_for(by.jurisdiction_id or 0, timezone.localdate())
        plain = body_of(request.data, DraftForm, also=("case",))
        case = plain.pop("case", None)
        form = DraftForm(plain, by=by, profile=rules.profile)
        cleaned(form)
        referral = services.start_draft(by=by, data=form.data_for_service(), case_id=int(case) if case else None, rules=rules)
        referral.dispute_ids = []
        response = whole(referral, by, 201, new=True, papers=bool(case))
        response["Location"] = f"/api/v1/referrals/{referral.pk}/"
        return response


class ReferralOne(Rest):
    """One referral with what may be done now."""

    scopes = {"GET": "read", "PATCH": "file"}
    if_match = ("PATCH",)

    @extend_schema(operation_id="referrals_read", responses=ReferralWhole, tags=["referrals"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        referral = found(by, pk)
        record_reading(referral, by=by, what="rest")
        return whole(referral, by)

    @extend_schema(
        operation_id="referrals_save_draft", request=serializer_of(DraftForm, "ReferralDraftChange"), responses=ReferralWhole, tags=["referrals"]
    )
    def patch(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        referral, version = found(by, pk), version_in(request)
        form = DraftForm(body_of(request.data, DraftForm), by=by, profile=profile_of_referral(referral))
        form.partial = True
        cleaned(form)
        services.save_draft(pk, by=by, data=form.data_for_service(), if_match=version)
        return whole(found(by, pk), by)


class ReferralTimeline(Rest):
    """What happened to a referral, its disputes and escalations, oldest first."""

    @extend_schema(operation_id="referrals_timeline", responses=Timeline, tags=["referrals"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        referral = found(by, pk)
        record_reading(referral, by=by, what="timeline")
        subjects: list[tuple[str, object]] = [("referral", pk)]
        disputes = list(referral.disputes.all())
        hanging = hanging_on("referral", pk, by)
        subjects += [*(("dispute", one.pk) for one in disputes), *(one.subject for one in hanging)]
        shut = [one.subject for one in hanging if one.shut]
        for dispute in disputes:
            dispute.referral = referral
            shut += [] if may_read_proposal(dispute, by) else [("dispute", dispute.pk)]
        rows = without_internal(with_changes(audit.timeline(subjects), referral, by), shut)
        for row in rows:
            row.subject = f"{row.subject_kind}:{row.subject_id}"
        return Response(Timeline({"results": rows}).data)


class ReferralBulk(Rest):
    """One verb on several: each through its own act with its own version, each with its own answer."""

    # To come in; then the scope of the verb that is asked for.
    scopes = {"POST": "read"}
    found = False

    @extend_schema(operation_id="referrals_bulk", request=BulkShape, responses=BulkAnswer, tags=["referrals"])
    @once
    def post(self, request: Request) -> Response:
        unknown = sorted(set(request.data) - {"verb", "items"}) if isinstance(request.data, dict) else []
        if unknown:
            raise BadInput(_("有不认识的字段。"), fields={name: _("不认识的字段") for name in unknown})
        shape = BulkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        by, verb = acting(request._request), shape.validated_data["verb"]
        door = REFERRAL_DOORS.get(verb)
        if door is None:
            raise BadInput(_("没有这个操作。"), fields={"verb": _("没有这个操作。")})
        self.demand_scope(request, door.scope)
        # Who signs without reading says so one by one: If-Match there shows that the letter was read.
        opened = set() if request.auth is not None else set(request._request.session.get("opened", []))
        answers = [(item["id"], perform_one(door, item["id"], verb, by, opened, item["version"])) for item in shape.validated_data["items"]]
        return Response({"results": [{"id": pk, "done": not refused, "refused": refused} for pk, refused in answers]})

    def demand_scope(self, request: Request, scope: str) -> None:
        """The scope depends on the verb: ask the permissions again with the one that is needed."""
        self.scopes = {"POST": scope}
        self.check_permissions(request)


class Csv(BaseRenderer):
    media_type, format, charset = "text/csv", "csv", "utf-8"


class Lines(BaseRenderer):
    media_type, format, charset = "application/x-ndjson", "ndjson", "utf-8"


class LedgerFilter(RestFilter):
    form = forms.ChoiceField(label="格式", required=False, choices=[("csv", "csv"), ("ndjson", "ndjson")])


class Ledger(Rest):
    """The ledger of one desk as a stream, newest first: CSV, or one JSON object a line."""

    found = False

    @extend_schema(
        operation_id="referrals_ledger", tags=["referrals"], parameters=parameters_of(LedgerFilter),
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/x-ndjson"): OpenApiTypes.STR},
    )  # fmt: skip
    @tried_again
    def get(self, request: Request) -> Any:
        by = acting(request._request)
        wanted = asked(request.query_params, LedgerFilter)
        name = wanted.get("desk") or "all"
        with transaction.atomic():
            audit.record("user", by.user_id, "ledger.stream", by=by, desk=name)
        rows = ledger_rows(by, name, wanted)
        if wanted.get("form") == "ndjson":
            return StreamingHttpResponse(_as_lines(rows), content_type="application/x-ndjson; charset=utf-8")
        response = StreamingHttpResponse(_as_csv(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="ledger.csv"'
        return response


def _as_lines(rows: Iterator[list[str]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n"


def _as_csv(rows: Iterator[list[str]]) -> Iterator[str]:
    import csv

    class Echo:
        def write(self, value: str) -> str:
            return value

    writer = csv.writer(Echo())
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for row in rows:
        yield str(writer.writerow(row))
