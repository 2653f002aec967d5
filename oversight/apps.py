from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "督办"

    def ready(self) -> None:
        from documents.kinds import DocumentKind, register
        from oversight.documents import SUPERVISION_LETTER

        register(DocumentKind(SUPERVISION_LETTER, "督办函", "letter", "督"))
