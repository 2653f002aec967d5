from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "foundation.cases"
    label = "cases"
    verbose_name = "案件"
