from django.apps import AppConfig


class TypedConfig(AppConfig):
    name = "foundation.typed"
    label = "typed"
    verbose_name = "未提交的填写"
