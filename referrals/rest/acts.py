"""One POST a verb: parse, call the act, answer with the thing as it is now."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, acting
from core.answers import once
from core.api_shapes import body_of, cleaned, serializer_of
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
        data = cleaned(bound_to(self.door.form, by, body_of(request.data or {}, self.door.form)))
        self.door.service(pk, by=by, if_match=version, **data)
        return by

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
    shape = serializer_of(door.form, f"{noun}_{verb}".title().replace("_", ""))

    class View(base):  # type: ignore[valid-type,misc]
        @extend_schema(
            operation_id=f"{noun}s_{verb}", request=shape if door.form.base_fields else None, responses=answer, tags=[f"{noun}s"],
            summary=str(base.verbs[verb]), description=str(door.done),
        )  # fmt: skip
        def post(self, request: Request, pk: int) -> Response:
            return super().post(request, pk)  # type: ignore[no-any-return]

    View.post.once = True  # type: ignore[attr-defined]
    View.__name__ = f"{noun}_{verb}"
    View.door, View.verb, View.scopes = door, verb, {"POST": door.scope}
    return View.as_view()


REFERRAL_ACT_VIEWS = {verb: act_view(_ReferralAct, door, verb, ReferralWhole) for verb, door in REFERRAL_DOORS.items()}
DISPUTE_ACT_VIEWS = {verb: act_view(_DisputeAct, door, verb, DisputeWhole) for verb, door in DISPUTE_DOORS.items()}
