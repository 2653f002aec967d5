"""Puts the house's own site in the place of Django's: INSTALLED_APPS names this instead of `django.contrib.admin`."""

from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    default_site = "administration.site.AdministrationSite"
    default = False
