import datetime as dt

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# The names under which they stand among what comes at set times.
SWEEP, DIGEST = "sweep", "digest"


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "督办"

    def ready(self) -> None:
        from documents.kinds import DocumentKind, register
        from foundation.work import kinds as work
        from foundation.work.kinds import Kind, Timed
        from oversight import minute
        from oversight.digest import tell_digest
        from oversight.documents import SUPERVISION_LETTER
        from oversight.nouns import declare_nouns
        from oversight.parked import tell_administrators
        from oversight.trail import TRAIL_CHECK, carry_out, unfinished_checks, whose_check

        declare_nouns()
        work.register(Kind(TRAIL_CHECK, _("留痕核对"), "exports", carry_out, unfinished_checks, seconds=1800, tries=3, whose=whose_check))
        work.at_set_times(Timed(SWEEP, _("期限巡查"), "watch", minute.sweep, dt.timedelta(minutes=5)))
        work.at_set_times(Timed(DIGEST, _("每日久办提示"), "watch", tell_digest))
        work.when_parked(tell_administrators)
        register(DocumentKind(SUPERVISION_LETTER, "督办函", "letter", "督"))
