"""REST on referrals and disputes: fetch what is visible, parse, call the act, answer."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor, acting
from core.acts import actions_on
from core.api_shapes import body_of, cleaned, serializer_of, version_in
from core.errors import BadInput, NotVisible
from core.once import already_done, body_hash, remember
from deadlines.book import rules_for
from documents.issuing import documents_of
from referrals import services
from referrals.api_shapes import (
    BulkAnswer,
    BulkShape,
    DisputeShape,
    MaterialShape,
    ReferralPage,
    ReferralRow,
    ReferralWhole,
    UploadShape,
)
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS, Door
from referrals.forms import DraftForm, FilterForm, bound_to
from referrals.models import Dispute, Referral
from referrals.policies import DISPUTE_POLICIES, REFERRAL_POLICIES
from referrals.rules import profile_of_referral
from referrals.selectors import DESKS, clocks_of, desk, disputes_visible_to, materials_of, narrowed, page_after, referrals_visible_to
from referrals.services.reading import record_reading
from referrals.views.lists import perform_one


def _found(by: Actor, pk: int) -> Referral:
    referral = referrals_visible_to(by).filter(pk=pk).first()
    if referral is None:
        raise NotVisible(_("没有这件移送，或者您看不到它。"))
    return referral


def _whole(referral: Referral, by: Actor) -> Response:
    referral.allowed_actions = actions_on(referral, by, REFERRAL_POLICIES)
    referral.clocks = clocks_of("referral", referral.pk)
    referral.clock = next((c for c in referral.clocks if c.ended_at is None and c.clause), None)
    referral.materials = materials_of(referral.case_id)
    referral.documents = documents_of([("referral", referral.pk)])
    return Response(ReferralWhole(referral).data, headers={"ETag": f'"v{referral.version}"'})


class ReferralList(APIView):
    """Referrals of one desk, newest first; and the door through which a system files."""

    @extend_schema(
        operation_id="referrals_list", responses=ReferralPage,
        parameters=[OpenApiParameter("desk", str, enum=list(DESKS)), OpenApiParameter("after", int), OpenApiParameter("q", str),
                    OpenApiParameter("state", str), OpenApiParameter("phase", str), OpenApiParameter("since", str), OpenApiParameter("until", str)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        by, now = acting(request._request), timezone.now()
        name = request.query_params.get("desk", "all")
        if name not in DESKS:
            raise BadInput(_("没有这个列表。"), fields={"desk": _("没有这个列表。")})
        wanted = cleaned(FilterForm(request.query_params))
        rows, after = page_after(narrowed(desk(by, name, now), wanted, now), wanted.get("after"))
        return Response({"results": ReferralRow(rows, many=True).data, "next": after})

    @extend_schema(operation_id="referrals_file", request=serializer_of(DraftForm, "ReferralDraft"), responses={201: ReferralWhole})
    def post(self, request: Request) -> Response:
        by = acting(request._request)
        data, profile = request.data, rules_for(by.jurisdiction_id or 0, timezone.localdate()).profile
        plain = body_of(data, {*DraftForm.base_fields, "case"})
        given = plain.pop("case", None)
        if given is not None and not (isinstance(given, str) and given.isdecimal() and 0 < int(given) < 2**62):
            raise BadInput(_("case 须为案件编号。"), fields={"case": _("须为案件编号")})
        case = int(given) if given else None
        form = DraftForm(plain, by=by, profile=profile)
        cleaned(form)
        key = request.headers.get("Idempotency-Key", "")[:100]
        referral = services.start_draft(by=by, data=form.data_for_service(), case_id=case, key=key)
        response = _whole(_found(by, referral.pk), by)
        response.status_code = 201
        response["Location"] = f"/api/v1/referrals/{referral.pk}/"
        return response


class ReferralOne(APIView):
    """One referral with what may be done now."""

    @extend_schema(operation_id="referrals_read", responses=ReferralWhole)
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        referral = _found(by, pk)
        record_reading(referral, by=by, what="rest")
        return _whole(referral, by)

    @extend_schema(operation_id="referrals_save_draft", request=serializer_of(DraftForm, "ReferralDraftChange"), responses=ReferralWhole)
    def patch(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        referral = _found(by, pk)
        form = DraftForm(body_of(request.data, set(DraftForm.base_fields)), by=by, profile=profile_of_referral(referral))
        form.partial = True
        cleaned(form)
        services.save_draft(pk, by=by, data=form.data_for_service(), if_match=version_in(request))
        return _whole(_found(by, pk), by)


class ReferralMaterials(APIView):
    """Attach one file."""

    @extend_schema(operation_id="referrals_attach_material", request={"multipart/form-data": UploadShape}, responses={201: MaterialShape})
    def post(self, request: Request, pk: int) -> Response:
        file = request.FILES.get("file")
        if file is None:
            raise BadInput(_("没有文件。"), fields={"file": _("没有文件。")})
        by = acting(request._request)
        slot = str(request.data.get("slot", ""))
        material = services.attach_material(pk, by=by, slot=slot, name=file.name, size=file.size, stream=file)
        return Response(MaterialShape(material).data, status=201)


class ReferralBulk(APIView):
    """One verb on several: each through its own act, each with its own answer."""

    @extend_schema(operation_id="referrals_bulk", request=BulkShape, responses=BulkAnswer(many=True))
    def post(self, request: Request) -> Response:
        shape = BulkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        by, verb = acting(request._request), shape.validated_data["verb"]
        door = REFERRAL_DOORS.get(verb)
        if door is None:
            raise BadInput(_("没有这个操作。"), fields={"verb": _("没有这个操作。")})
        ids = shape.validated_data["ids"]
        opened = set(request._request.session.get("opened", []))
        answers = [(pk, perform_one(door, pk, verb, by, opened)) for pk in ids]
        return Response([{"id": pk, "done": not refused, "refused": refused} for pk, refused in answers])


class _Act(APIView):
    """POST performs one verb. With Idempotency-Key, the same request again answers without acting again."""

    door: Door
    verb: str
    noun = "referral"

    def perform(self, request: Request, pk: int) -> Actor:
        by = acting(request._request)
        form = bound_to(self.door.form, by, body_of(request.data or {}, set(self.door.form.base_fields)))
        data = cleaned(form)
        key = request.headers.get("Idempotency-Key", "")[:100]
        act = lambda: self.door.service(pk, by=by, if_match=version_in(request), **data)  # noqa: E731
        if not key or by.user_id is None:
            act()
            return by
        from django.db import transaction

        with transaction.atomic():
            name, hashed = f"{self.noun}.{self.verb}:{pk}"[:60], body_hash(request.data)
            if already_done(by.user_id, key, name, hashed) is None:
                remember(by.user_id, key, name, act(), hashed)
        return by


class _ReferralAct(_Act):
    def post(self, request: Request, pk: int) -> Response:
        by = self.perform(request, pk)
        return _whole(_found(by, pk), by)


class _DisputeAct(_Act):
    noun = "dispute"

    def post(self, request: Request, pk: int) -> Response:
        by = self.perform(request, pk)
        return _dispute(_found_dispute(by, pk), by)


def _found_dispute(by: Actor, pk: int) -> Dispute:
    dispute = disputes_visible_to(by).filter(pk=pk).first()
    if dispute is None:
        raise NotVisible(_("没有这件争议，或者您看不到它。"))
    return dispute


def _dispute(dispute: Dispute, by: Actor) -> Response:
    dispute.allowed_actions = actions_on(dispute, by, DISPUTE_POLICIES)
    return Response(DisputeShape(dispute).data, headers={"ETag": f'"v{dispute.version}"'})


class DisputeOne(APIView):
    """One dispute with what may be done now."""

    @extend_schema(operation_id="disputes_read", responses=DisputeShape)
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        return _dispute(_found_dispute(by, pk), by)


def act_view(base: type[_Act], door: Door, verb: str, answer: Any) -> Any:
    """The view of one verb, with its own entry in the schema."""
    noun = base.noun
    shape = serializer_of(door.form, f"{noun}_{verb}".title().replace("_", ""))
    described = extend_schema(operation_id=f"{noun}s_{verb}", request=shape if door.form.base_fields else None, responses=answer)
    view = type(f"{noun}_{verb}", (base,), {"door": door, "verb": verb, "__doc__": str(door.done)})
    view.post = described(base.post)  # type: ignore[attr-defined]
    return view.as_view()  # type: ignore[attr-defined]


REFERRAL_ACT_VIEWS = {verb: act_view(_ReferralAct, door, verb, ReferralWhole) for verb, door in REFERRAL_DOORS.items()}
DISPUTE_ACT_VIEWS = {verb: act_view(_DisputeAct, door, verb, DisputeShape) for verb, door in DISPUTE_DOORS.items()}
