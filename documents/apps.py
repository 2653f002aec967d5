from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "公文"

    def ready(self) -> None:
        from documents.files import LETTER, PATIENCE, render_document, unrendered
        from foundation.work.kinds import Kind, register

        register(Kind(LETTER, "公文生成", "letters", render_document, unrendered, seconds=120, patience=PATIENCE))
