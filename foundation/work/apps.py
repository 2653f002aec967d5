from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "foundation.work"
    label = "work"
    verbose_name = "后台工作"
