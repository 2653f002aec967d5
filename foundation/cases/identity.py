"""Credit codes and identity numbers: checked by their check characters, as typed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from foundation.cases.models import Case


def code_problem(party_kind: str, code: str) -> str | None:
    """A sentence when `code` cannot be the code of such a party; None when it can, or is empty."""
    code = code.strip().upper()
    if not code:
        return None
    try:
        if party_kind == Case.PartyKind.ENTERPRISE:
            uscc.validate(code)
        elif party_kind == Case.PartyKind.PERSON:
            ric.validate(code)
    except ValidationError:
        if party_kind == Case.PartyKind.ENTERPRISE:
            return _("统一社会信用代码应为18位，且校验位须相符，请核对。")
        return _("身份证号应为18位，且日期和校验位须相符，请核对。")
    return None
