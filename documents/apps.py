from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "公文"

    def ready(self) -> None:
        from documents.files import LETTER, PATIENCE, render_document, unrendered, whose_letter
        from foundation.work.kinds import Kind, register

        register(
            Kind(LETTER, _("公文生成"), "letters", render_document, unrendered, seconds=120, patience=PATIENCE, whose=whose_letter, may_give_up=False)
        )
