import datetime as dt

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SystemsConfig(AppConfig):
    name = "systems"
    verbose_name = _("系统对接")

    def ready(self) -> None:
        from foundation.work.kinds import Kind, Timed, at_set_times, register
        from oversight import succession
        from systems.events import endpoints_to_serve, serve
        from systems.succession import posts_moved
        from systems.upkeep import EVENTS, send_events, tidy, whose_endpoint

        succession.ON_POSTS_MOVED.append(posts_moved)
        # An endpoint that refuses is the endpoint's affair and stands with its deliveries; here are faults of ours.
        register(Kind(EVENTS, _("事件投递"), "events", serve, endpoints_to_serve, seconds=90, whose=whose_endpoint, may_give_up=False))
        at_set_times(Timed("send-events", _("事件分发"), "events", send_events, dt.timedelta(minutes=5)))
        at_set_times(Timed("tidy-systems", _("清理事件和令牌"), "watch", tidy))
