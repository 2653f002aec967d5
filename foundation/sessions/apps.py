from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "foundation.sessions"
    label = "signed_in"
    verbose_name = "登录会话"
