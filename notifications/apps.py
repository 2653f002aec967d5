from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from foundation.work.kinds import Kind, register
        from notifications.mail import MAIL, mail_message, unsent, whose_message

        register(Kind(MAIL, _("提醒邮件"), "mail", mail_message, unsent, seconds=60, whose=whose_message))
