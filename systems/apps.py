from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SystemsConfig(AppConfig):
    name = "systems"
    verbose_name = _("系统对接")

    def ready(self) -> None:
        from oversight import succession
        from systems.succession import posts_moved

        succession.ON_POSTS_MOVED.append(posts_moved)
