from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "案件移送"

    def ready(self) -> None:
        from django.core.checks import Tags
        from django.core.checks import register as register_check

        from documents.kinds import DocumentKind, register
        from foundation.work import kinds as work
        from referrals import documents
        from referrals.checks import keys_are_of_todays_normalisation
        from referrals.nouns import declare_nouns
        from referrals.services import exporting
        from referrals.services.discarding import tidy_drafts
        from referrals.services.disputes import decision_is_rendered
        from referrals.services.signing import letter_is_rendered
        from referrals.services.uploads import forget_old_uploads

        register_check(keys_are_of_todays_normalisation, Tags.database)
        declare_nouns()
        work.register(
            work.Kind(
                exporting.LEDGER,
                _("移送台账"),
                "exports",
                exporting.write_export,
                exporting.unfinished_exports,
                seconds=1800,
                tries=3,
                patience=exporting.PATIENCE,
                parked=exporting.export_is_parked,
                anew=exporting.export_is_tried_anew,
                whose=exporting.whose_export,
            )
        )
        work.at_set_times(work.Timed("forget-uploads", _("清理未完成的上传"), "watch", forget_old_uploads))
        work.at_set_times(work.Timed("tidy-drafts", _("清理草稿"), "watch", tidy_drafts))
        register(DocumentKind(documents.REFERRAL_LETTER, "涉嫌违法案件移送函", "letter", "函", letter_is_rendered))
        register(DocumentKind(documents.ACCEPTANCE_NOTICE, "受理告知函", "letter", "函"))
        register(DocumentKind(documents.NON_ACCEPTANCE_NOTICE, "不予受理告知函", "letter", "函"))
        register(DocumentKind(documents.JURISDICTION_REQUEST, "管辖争议的请示", "upward", "呈"))
        register(DocumentKind(documents.JURISDICTION_DECISION, "指定管辖的批复", "letter", "函", decision_is_rendered))
        register(DocumentKind(documents.RESULT_NOTICE, "处理结果通报函", "letter", "函"))
        register(DocumentKind(documents.EXTENSION_NOTICE, "延期告知函", "letter", "函"))
        register(DocumentKind(documents.PRIOR_NOTICE, "移送事先通报", "letter", "函"))
        register(DocumentKind(documents.REMINDER_LETTER, "催办函", "letter", "函"))
