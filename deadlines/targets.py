"""In which states somebody is waited for, who, and how long before the district is told: the only table of local targets.

No clause sets these. A target that has passed is shown in amber and chased; it is late in law only where the district has
adopted it as its own rule (`LocalTarget.adopted`). Where the document has a numbered clock for the same duty, that clock alone runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENDER, RECEIVER, OBJECTOR, OFFICE, GOVERNMENT = "sender", "receiver", "objector", "office", "government"


@dataclass(frozen=True)
class Target:
    """`state`: of a referral, `dispute.…` of a dispute, or something that is waited for beside a state (`consent_wanted`).

    `workdays`: unless the district says otherwise. `numbered`: the role of the document's clock that stands in its place.
    """

    role: str
    state: str
    awaited: Literal["sender", "receiver", "objector", "office", "government"]
    workdays: int
    label: StrPromise
    numbered: str = ""


TARGETS = (
    Target("consent_wanted", "consent_wanted", RECEIVER, 5, _("答复是否同意移送")),
    Target("revise", "returned", SENDER, 3, _("退回后重新送签")),
    Target("approve", "submitted", SENDER, 2, _("领导签发")),
    Target("deliver", "signed", SENDER, 1, _("签发后送达")),
    Target("sign_for", "delivered", RECEIVER, 1, _("签收")),
    Target("answer", "signed_for", RECEIVER, 5, _("答复是否受理"), "acceptance_reply"),
    Target("supply", "supplement_wanted", SENDER, 5, _("补充材料")),
    Target("after_refusal", "not_accepted", SENDER, 5, _("不予受理后收回或者提出异议")),
    Target("report_dispute", "disputed", OBJECTOR, 5, _("协商一致或者报请决定")),
    Target("propose", "dispute.reported", OFFICE, 5, _("拟办管辖争议")),
    Target("designate", "dispute.proposed", GOVERNMENT, 5, _("批示管辖争议")),
    Target("serve_decision", "dispute.decided", GOVERNMENT, 1, _("送达管辖决定")),
    Target("handle", "accepted", RECEIVER, 10, _("受理后开始办理")),
    Target("decide", "handling", RECEIVER, 30, _("作出处理决定")),
    Target("report_result", "decided", RECEIVER, 5, _("通报处理结果"), "result_feedback"),
    Target("close", "reported", SENDER, 10, _("核对结果并办结")),
)
ROLES = tuple(target.role for target in TARGETS)
BY_STATE = {target.state: target for target in TARGETS}
BY_ROLE = {target.role: target for target in TARGETS}

# How long after a reminder letter another may follow: a setting like the others, though nobody is waited for.
REMIND_AGAIN = "remind_again"
REMIND_AGAIN_WORKDAYS = 3
SETTINGS = [(target.role, target.label) for target in TARGETS] + [(REMIND_AGAIN, _("两次催办的间隔"))]


def default_workdays(role: str) -> int:
    """Working days where the district has set none. KeyError for a role that is no target."""
    return REMIND_AGAIN_WORKDAYS if role == REMIND_AGAIN else BY_ROLE[role].workdays
