"""One POST a verb: parse, call the act, answer with the thing as it is now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, acting
from core.answers import once
from core.api_shapes import body_of, cleaned, serializer_of
from core.errors import BadInput
from core.etags import version_in
from core.rest import Rest
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS, Door
from referrals.forms import bound_to
from referrals.models import Dispute, Referral
from referrals.rest import disputes, referrals
from referrals.rest.beside_shapes import DisputeWhole
from referrals.rest.referral_shapes import ReferralWhole


class Act(Rest):
    """POST performs one verb on what If-Match names."""

    door: Door
    verb: str
    noun: str
    verbs: dict[str, Any]
    if_match = ("POST",)

    def perform(self, request: Request, pk: int) -> Actor:
        by = acting(request._request)
        version = version_in(request)
        data = cleaned(self._with_files(request, by) if self.door.page_form and isinstance(request.data, QueryDict) else self._asked(request, by))
        self.door.service(pk, by=by, if_match=version, **data)
        return by

    def _asked(self, request: Request, by: Actor) -> forms.Form:
        return bound_to(self.door.form, by, body_of(request.data or {}, self.door.form))

    def _with_files(self, request: Request, by: Actor) -> forms.Form:
        """The same act as multipart/form-data, where files may go along (`Door.page_form`)."""
        form = self.door.page_form or self.door.form
        unknown = sorted(set(request.data) - set(form.base_fields))
        if unknown:
            raise BadInput(_("有不认识的字段。"), fields={name: _("不认识的字段") for name in unknown})
        return bound_to(form, by, request.data, request.FILES)

    def answer(self, pk: int, by: Actor) -> Response:
        raise NotImplementedError

    @once
    def post(self, request: Request, pk: int) -> Response:
        return self.answer(pk, self.perform(request, pk))


class _ReferralAct(Act):
    noun = "referral"
    verbs = Referral.VERBS

    def answer(self, pk: int, by: Actor) -> Response:
        return referrals.whole(referrals.found(by, pk), by)


class _DisputeAct(Act):
    noun = "dispute"
    verbs = Dispute.VERBS

    def answer(self, pk: int, by: Actor) -> Response:
        return disputes.whole(disputes.found(by, pk), by)


def act_view(base: type[Act], door: Door, verb: str, answer: Any) -> Any:
    """The view of one verb, with its own entry in the schema and the scope that its door names."""
    noun = base.noun
    name = f"{noun}_{verb}".title().replace("_", "")
    shape: Any = serializer_of(door.form, name) if door.form.base_fields or door.page_form else None
    if door.page_form:
        shape = {"application/json": shape, "multipart/form-data": serializer_of(door.page_form, f"{name}WithFiles")}

    class View(base):  # type: ignore[valid-type,misc]
        @extend_schema(
            operation_id=f"{noun}s_{verb}", request=shape, responses=answer, tags=[f"{noun}s"],
            summary=str(base.verbs[verb]), description=str(door.done),
        )  # fmt: skip
        def post(self, request: Request, pk: int) -> Response:
            return super().post(request, pk)  # type: ignore[no-any-return]

    View.post.once = True  # type: ignore[attr-defined]
    View.__name__ = f"{noun}_{verb}"
    if door.page_form:
        View.parser_classes = (*base.parser_classes, MultiPartParser)
    View.door, View.verb, View.scopes = door, verb, {"POST": door.scope}
    return View.as_view()


REFERRAL_ACT_VIEWS = {verb: act_view(_ReferralAct, door, verb, ReferralWhole) for verb, door in REFERRAL_DOORS.items()}
DISPUTE_ACT_VIEWS = {verb: act_view(_DisputeAct, door, verb, DisputeWhole) for verb, door in DISPUTE_DOORS.items()}
