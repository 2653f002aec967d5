from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "督办"

    def ready(self) -> None:
        from documents.kinds import DocumentKind, register
        from foundation.work import kinds as work
        from foundation.work.kinds import Kind
        from oversight.documents import SUPERVISION_LETTER
        from oversight.trail import TRAIL_CHECK, carry_out, unfinished_checks

        work.register(Kind(TRAIL_CHECK, "留痕核对", "exports", carry_out, unfinished_checks, seconds=1800, tries=3))
        register(DocumentKind(SUPERVISION_LETTER, "督办函", "letter", "督"))
