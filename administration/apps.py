from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "administration"
    verbose_name = "管理"

    def ready(self) -> None:
        from administration.upkeep import register_upkeep

        register_upkeep()
