"""Each verb of an escalation: the service behind it and the shape of what it needs."""

from django.utils.translation import gettext_lazy as _

from oversight import forms, services
from referrals.doors import Door

ESCALATION_DOORS: dict[str, Door] = {
    "propose": Door(services.propose_escalation, forms.ProposeForm, _("拟办意见已送政府领导。"), main=True, scope="decide"),
    "instruct": Door(
        services.instruct_escalation, forms.InstructForm, _("已批示；发函督办的，督办函已编号发出。"), main=True, scope="decide", irreversible=True
    ),
    "dismiss": Door(services.dismiss_escalation, forms.WordsForm, _("已批示不予督办，仍留在记录中。"), scope="decide", irreversible=True),
    "explain_early": Door(services.explain_escalation, forms.WordsForm, _("情况说明已送政府办公室。")),
    "explain": Door(services.explain_escalation, forms.WordsForm, _("情况说明已送政府办公室。"), main=True),
    "close": Door(services.close_escalation, forms.WordsForm, _("已办结。"), main=True, scope="decide", irreversible=True),
    "hand_over": Door(
        services.hand_over_escalation,
        forms.WordsForm,
        _("已移交纪检监察机关。"),
        _("移交后不能收回。"),
        danger=True,
        scope="decide",
        irreversible=True,
    ),
}
