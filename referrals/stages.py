"""The states of this business, one row each: how they look, whose turn it is, what each side does next. Desks, colours and next steps
are read from here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.nouns import Stage
from referrals.lifecycle import DisputeState, NoticeState, State

# The sides of a referral; a side's leader where the turn is the leader's alone.
SENDER, SENDERS_LEADER, RECEIVER, DECIDER, DECIDERS_LEADER = "sender", "sender_leader", "receiver", "decider", "decider_leader"
TALK = _("协商或报请")

REFERRAL_STAGES: dict[str, Stage] = {
    State.DRAFT: Stage("plain", (SENDER,), {SENDER: _("填完送签")}),
    State.SUBMITTED: Stage("blue", (SENDERS_LEADER,), {SENDERS_LEADER: _("签发"), SENDER: _("等领导签发")}),
    State.RETURNED: Stage("amber", (SENDER,), {SENDER: _("按意见修改")}),
    State.SIGNED: Stage("blue", (), {SENDER: _("正在送达")}),
    State.DELIVERED: Stage("amber", (RECEIVER,), {RECEIVER: _("签收")}),
    State.SIGNED_FOR: Stage("blue", (RECEIVER,), {RECEIVER: _("答复是否受理")}),
    State.ACCEPTED: Stage("blue", (RECEIVER,), {RECEIVER: _("开始办理")}),
    State.NOT_ACCEPTED: Stage("amber", (SENDER,), {SENDER: _("收回或提异议")}),
    State.DISPUTED: Stage("amber", (DECIDER,), {SENDER: TALK, RECEIVER: TALK, DECIDER: _("拟办或认定管辖"), DECIDERS_LEADER: _("批示管辖争议")}),
    State.HANDLING: Stage("blue", (RECEIVER,), {RECEIVER: _("登记处理决定")}),
    State.DECIDED: Stage("blue", (RECEIVER,), {RECEIVER: _("通报结果")}),
    State.REPORTED: Stage("green", (SENDER,), {SENDER: _("核对结果，办结")}),
    State.CLOSED: Stage("plain"),
    State.WITHDRAWN: Stage("plain"),
    State.TAKEN_BACK: Stage("plain"),
    State.DISCARDED: Stage("plain"),
}
DISPUTE_STAGES: dict[str, Stage] = {
    DisputeState.OPEN: Stage("amber", (SENDER, RECEIVER)),
    DisputeState.REPORTED: Stage("amber", (DECIDER,)),
    DisputeState.PROPOSED: Stage("blue", (DECIDERS_LEADER,)),
    DisputeState.DECIDED: Stage("green"),
    DisputeState.AGREED: Stage("green"),
}
NOTICE_STAGES: dict[str, Stage] = {
    NoticeState.SENT: Stage("amber", (RECEIVER,)),
    NoticeState.RECEIPTED: Stage("green"),
    NoticeState.VOID: Stage("plain"),
}


def awaiting(stages: dict[str, Stage], side: str) -> list[str]:
    """The states in which it is this side's turn."""
    return [str(state) for state, stage in stages.items() if side in stage.turn]
