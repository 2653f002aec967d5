from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormatsConfig(AppConfig):
    name = "foundation.formats"
    label = "formats"
    verbose_name = "文件格式与预览"

    def ready(self) -> None:
        from foundation.formats import inspecting, scanning
        from foundation.work.kinds import Kind, register

        register(Kind(inspecting.INSPECT, _("文件预览"), "files", inspecting.inspect, inspecting.unfinished, seconds=inspecting.LONGEST, tries=3))
        register(Kind(scanning.SCAN, _("查毒"), "files", scanning.scan, scanning.unfinished, seconds=scanning.LONGEST))
