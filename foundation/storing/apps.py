from django.apps import AppConfig


class StoringConfig(AppConfig):
    name = "foundation.storing"
    label = "storing"
    verbose_name = "文件存储与备份"
