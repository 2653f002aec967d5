"""The web server's entry."""

import os

from django.core.wsgi import get_wsgi_application

from config.tracing import start
from core.whole_body import WholeBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
start()
application = WholeBody(get_wsgi_application())
