from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from foundation.work.kinds import Kind, register
        from notifications.mail import MAIL, mail_message, unsent

        register(Kind(MAIL, "提醒邮件", "mail", mail_message, unsent, seconds=60))
