"""Which agency an operator means."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agency
from core.errors import BadInput


def agency_named(district: str, name: str) -> Agency:
    """The agency of this district (its key) with this key, short or full name. Raises BadInput where there is none, or several."""
    found = list(Agency.objects.filter(Q(key=name) | Q(short_name=name) | Q(name=name), jurisdiction__key=district)[:2])
    if len(found) != 1:
        raise BadInput(_("%(district)s 没有（或者不止一个）名为“%(name)s”的机构。") % {"district": district, "name": name})
    return found[0]
