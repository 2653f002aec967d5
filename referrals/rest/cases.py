"""Cases, clocks with their reasons, and the lists that a draft chooses from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import acting
from accounts.models import Agency
from core.acts import action_of
from core.api_shapes import asked
from core.decisions import Deny
from core.errors import NotVisible
from core.fields import CodeField
from core.reading import MOST_ID
from core.rest import Rest, keyed_page, parameters_of
from deadlines.clocks import recomputed
from deadlines.duedate_lines import explanation
from deadlines.models import Clock
from foundation.cases.models import Matter
from referrals.policies.drafting import may_start
from referrals.rest.case_shapes import CasePage, CaseRow, CaseShape, CaseWhole
from referrals.rest.shapes import AgencyList, ClockWhole, MatterList, WhoShape
from referrals.selectors import as_seen, cases_of_party, cases_that_say, cases_visible_to, referrals_visible_to
from referrals.services.reading import record_reading


class CaseFilter(forms.Form):
    party_code = CodeField(label="统一社会信用代码或身份证号", required=False, max_length=40)
    matter = forms.IntegerField(label="违法事项", required=False, min_value=1, max_value=MOST_ID)
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class CaseList(Rest):
    """Cases that one's agency found or is a party to, newest first; by the party's code for those who ask about a party."""

    found = False

    @extend_schema(operation_id="cases_list", responses=CasePage, parameters=parameters_of(CaseFilter), tags=["cases"])
    def get(self, request: Request) -> Response:
        by, wanted = acting(request._request), asked(request.query_params, CaseFilter)
        rows = cases_visible_to(by).filter(jurisdiction_id=by.jurisdiction_id)
        if wanted["party_code"]:
            rows = rows.filter(cases_of_party(by, wanted["party_code"]))
        if wanted["matter"]:
            rows = rows.filter(cases_that_say(by, "matter_id", wanted["matter"]))
        return keyed_page(request, rows, wanted["after"], CaseRow, lambda cases: as_seen(cases, by))


class CaseOne(Rest):
    """One case, its referrals that one may see, and whether one may refer it."""

    @extend_schema(operation_id="cases_read", responses=CaseWhole, tags=["cases"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        case: Any = cases_visible_to(by).filter(pk=pk).first()
        if case is None:
            raise NotVisible(_("没有这个案件，或者您看不到它。"))
        seen = list(referrals_visible_to(by).filter(case=case).order_by("pk"))
        for referral in seen[:1]:
            record_reading(referral, by=by, what="case")
        decision = may_start(by)
        if decision and case.agency_id != by.agency_id:
            decision = Deny(_("只能移送本机关自己发现的案件。"))
        action = action_of("start_draft", _("起草移送"), decision)
        data = CaseShape(as_seen([case], by)[0]).data | {"referrals": [r.pk for r in seen], "allowed_actions": [vars(action)]}
        # A case changes only with the drafts of its referrals.
        tag = f'"c{case.pk}.{sum(r.version for r in seen)}"'
        return Response(data, headers={"ETag": tag})


class ClockOne(Rest):
    """One clock, with each day counted or skipped and why."""

    @extend_schema(operation_id="clocks_read", responses=ClockWhole, tags=["due dates"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        clock: Any = Clock.objects.select_related("version").filter(pk=pk, subject_kind="referral").first()
        if clock is None or not referrals_visible_to(by).filter(pk=clock.subject_id).exists():
            raise NotVisible(_("没有这个时限，或者您看不到它。"))
        due = recomputed(clock, explain=True) if clock.clause else None
        clock.notes, clock.days = (list(due.notes), explanation(due)) if due else ([], [])
        moment = clock.due_at.timestamp() if clock.due_at else 0
        said = f"{moment:.0f}.{clock.event_at.timestamp():.0f}.{clock.paused_at or ''}.{clock.late_since or ''}.{clock.end}".replace(" ", "T")
        return Response(ClockWhole(clock).data, headers={"ETag": f'"{clock.pk}.{said}"'})


class Agencies(Rest):
    """The agencies of one's district that are in being."""

    found = False

    @extend_schema(operation_id="agencies_list", responses=AgencyList, tags=["reference"])
    def get(self, request: Request) -> Response:
        rows = Agency.objects.in_being(timezone.localdate()).filter(jurisdiction_id=acting(request._request).jurisdiction_id)
        return Response(AgencyList({"results": rows}).data)


class Matters(Rest):
    """The violations of one's district, each with its legal basis and the agency that is competent."""

    found = False

    @extend_schema(operation_id="matters_list", responses=MatterList, tags=["reference"])
    def get(self, request: Request) -> Response:
        rows = Matter.objects.filter(jurisdiction_id=acting(request._request).jurisdiction_id).order_by("field", "pk")
        return Response(MatterList({"results": rows}).data)


class Who(Rest):
    """Who one is here: the post that one acts in, and the scopes of the token."""

    found = False

    @extend_schema(operation_id="who", responses=WhoShape, tags=["reference"])
    def get(self, request: Request) -> Response:
        by = acting(request._request)
        scopes = request.auth.scope.split() if hasattr(request.auth, "scope") else []
        said = {
            "name": by.name, "agency": by.agency_id, "agency_name": by.agency_name, "post": by.post,
            "jurisdiction": by.agency.jurisdiction.key if by.agency else "", "scopes": scopes,
        }  # fmt: skip
        return Response(WhoShape(said).data)
