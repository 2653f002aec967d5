from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    name = "foundation.work"
    label = "work"
    verbose_name = "后台工作"

    def ready(self) -> None:
        from foundation.work.kinds import Timed, at_set_times
        from foundation.work.queueing import find_lost

        at_set_times(Timed("find-lost-work", _("找回丢失的后台工作"), "watch", find_lost))
