"""Who a party is on paper: credit codes, identity cards and permits, passports. One check for page, save, submission and REST.

A number is checked by what its standard fixes: form, date and check character (GB 32100-2015 and its amendment for credit
codes, GB 11714 for organisation codes, GB 11643 for identity numbers). Tables of places are no gate: areas are renamed,
merged and renumbered, and a person keeps the number of the place that was. So python-stdnum does the arithmetic only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from core.text import clean_code
from foundation.cases.models import Case, DocumentKind

# Who registers (GB 32100 table 1 and amendment): 1 establishments, 2 foreign affairs, 3 justice, 4 culture, 5 civil affairs,
# 6 tourism, 7 religion, 8 unions, 9 market regulation, A army, N rural affairs, Y others. The kind that follows grows too often
# to be a gate.
REGISTRARS = "123456789ANY"
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
OF_ORGANISATIONS = (DocumentKind.CREDIT_CODE, DocumentKind.ORGANISATION_CODE)
OF_PERSONS = (DocumentKind.RESIDENT_CARD, DocumentKind.RESIDENCE_PERMIT, DocumentKind.FOREIGNER_CARD, DocumentKind.PASSPORT)
OLDEST = 130
LONGEST = 40


def kind_of_document(party_kind: str, code: str, document: str = "") -> str:
    """The kind that was chosen, or what a number of this form is; "" when the party's kind does not tell."""
    code = clean_code(code)
    if document or not code:
        return document
    if party_kind == Case.PartyKind.ENTERPRISE:
        return DocumentKind.CREDIT_CODE
    if party_kind != Case.PartyKind.PERSON and _identity_problem(code) is not None:
        return "" if _credit_problem(code) else DocumentKind.CREDIT_CODE
    if len(code) == 18 and code[:2] in ("81", "82", "83"):
        return DocumentKind.RESIDENCE_PERMIT
    if (len(code) == 18 and code[0] == "9") or re.fullmatch(r"[A-Z]{3}[0-9]{12}", code):
        return DocumentKind.FOREIGNER_CARD
    return DocumentKind.RESIDENT_CARD


def canonical_code(party_kind: str, code: str, document: str = "") -> str:
    """The code as it is kept and compared: cleaned; a right 15-digit identity number in its 18 digits (GB 11643 annex)."""
    code = clean_code(code)
    kind = kind_of_document(party_kind, code, document)
    if kind == DocumentKind.RESIDENT_CARD and re.fullmatch(r"[0-9]{15}", code) and _date_problem("19" + code[6:12]) is None:
        body = code[:6] + "19" + code[6:]
        return body + mod_11_2.calc_check_digit(body)
    return code


def code_problem(party_kind: str, code: str, document: str = "", words: str = "") -> str | None:
    """What is wrong with `code` as the number of such a document, in one true sentence; None when nothing is, or it is empty.

    `words` say which document it is when `document` is another kind.
    """
    code = clean_code(code)
    if document == DocumentKind.OTHER and not words.strip():
        return _("选“其他证件”的，须写明是什么证件。")
    if not code:
        return None
    if len(code) > LONGEST:
        return _("证件号码最长%(most)d位，现为%(n)d位。") % {"most": LONGEST, "n": len(code)}
    kind = document if document or party_kind == Case.PartyKind.UNKNOWN else kind_of_document(party_kind, code)
    if kind in OF_ORGANISATIONS and party_kind == Case.PartyKind.PERSON:
        return _("当事人是个人，证件种类不能是组织的代码。")
    if kind in OF_PERSONS and party_kind == Case.PartyKind.ENTERPRISE:
        return _("当事人是组织，证件种类不能是个人的证件。")
    check = _CHECKS.get(kind)
    return check(code) if check else None


def born_on(code: str) -> dt.date | None:
    """The day of birth that an identity number of 18 digits tells, or None."""
    code = clean_code(code)
    return _date_in(code[6:14]) if _identity_problem(code) is None and len(code) == 18 else None


def sex_in(code: str) -> str:
    """The sex that an identity number of 18 digits tells, or ""."""
    if born_on(code) is None:
        return ""
    return Case.Sex.MALE if int(clean_code(code)[16]) % 2 else Case.Sex.FEMALE


def age_on(day: dt.date, born: dt.date) -> int:
    """Full years on `day` (both Shanghai dates)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def masked(party_kind: str, code: str, document: str = "") -> str:
    """A person's number with its middle hidden, and any that may be one; an organisation's, which is public, as it is."""
    if party_kind == Case.PartyKind.ENTERPRISE or kind_of_document(party_kind, code, document) in OF_ORGANISATIONS:
        return code
    if len(code) == 18:
        return code[:6] + "********" + code[-4:]
    shown = min(2, len(code) // 4)
    return code[:shown] + "*" * (len(code) - 2 * shown) + code[len(code) - shown :]


def _strange(code: str, allowed: str) -> str | None:
    for place, sign in enumerate(code, 1):
        if sign not in allowed:
            return _("第%(place)d位“%(sign)s”不是这种号码可用的字符。") % {"place": place, "sign": sign}
    return None


def _credit_problem(code: str) -> str | None:
    if len(code) != 18:
        return _("统一社会信用代码应为18位，现为%(n)d位。") % {"n": len(code)}
    strange = _strange(code, SIGNS)
    if strange:
        return _("统一社会信用代码%(what)s（不用字母 I、O、S、V、Z）") % {"what": strange.removesuffix("。")}
    if code[0] not in REGISTRARS:
        return _("统一社会信用代码首位“%(sign)s”不是登记管理部门代码。") % {"sign": code[0]}
    if not code[2:8].isdigit():
        return _("统一社会信用代码第3至8位应为登记机关的行政区划代码，只有数字。")
    # The check character of the organisation code inside (place 17) is no gate: registered bodies exist whose number misses it,
    # and the last character catches every single slip by itself.
    if uscc.calc_check_digit(code[:17]) != code[17]:
        return _("统一社会信用代码的校验位（末位）与前17位不符，请逐位核对。")
    return None


def _organisation_problem(code: str) -> str | None:
    if len(code) != 9:
        return _("组织机构代码应为9位，现为%(n)d位。") % {"n": len(code)}
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    strange = _strange(code, letters)
    if strange:
        return _("组织机构代码%(what)s") % {"what": strange}
    weighed = sum(letters.index(sign) * weight for sign, weight in zip(code, (3, 7, 9, 10, 5, 8, 4, 2), strict=False))
    if "0123456789X0"[11 - weighed % 11] != code[8]:
        return _("组织机构代码的校验位（末位）与前8位不符，请逐位核对。")
    return None


def _date_in(digits: str) -> dt.date | None:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _date_problem(digits: str) -> str | None:
    day, today = _date_in(digits), timezone.localdate()
    if day is None:
        return _("号码中的出生日期“%(date)s”不是一个日期。") % {"date": digits}
    if day > today:
        return _("号码中的出生日期“%(date)s”在今天以后。") % {"date": digits}
    if day.year < today.year - OLDEST:
        return _("号码中的出生日期“%(date)s”早得不可能。") % {"date": digits}
    return None


def _identity_problem(code: str) -> str | None:
    """A resident's number: 18 digits (the last may be X), or the 15 of the first generation."""
    if len(code) not in (15, 18):
        return _("身份证号应为18位（第一代证15位），现为%(n)d位；如是护照等其他证件，请选择证件种类。") % {"n": len(code)}
    strange = _strange(code[:17], "0123456789") or _strange(" " * 17 + code[17:], " 0123456789X")
    if strange:
        return _("身份证号%(what)s如是护照等其他证件，请选择证件种类。") % {"what": strange}
    if code[0] == "0":
        return _("身份证号的前6位是行政区划代码，不以 0 开头。")
    if len(code) == 15:
        return _date_problem("19" + code[6:12])
    wrong = _date_problem(code[6:14])
    if wrong:
        return wrong
    if mod_11_2.calc_check_digit(code[:17]) != code[17]:
        return _("身份证号的校验位（末位）与前17位不符，请逐位核对。")
    return None


def _permit_problem(code: str) -> str | None:
    if len(code) != 18:
        return _("港澳台居民居住证号应为18位，现为%(n)d位。") % {"n": len(code)}
    if code[:2] not in ("81", "82", "83"):
        return _("港澳台居民居住证号以 81、82 或 83 开头，现为“%(sign)s”。") % {"sign": code[:2]}
    return _identity_problem(code)


def _foreigner_problem(code: str) -> str | None:
    """The card of 2023 (18 digits from 9) or the one before it (nationality in three letters, twelve digits)."""
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", code):
        # How its digits are built was never published as a standard: its form is all that can be held against a clerk.
        return None
    if len(code) != 18:
        return _("外国人永久居留身份证号应为18位（旧证为3个字母加12位数字），现为%(n)d位。") % {"n": len(code)}
    if code[0] != "9":
        return _("外国人永久居留身份证号以 9 开头，现为“%(sign)s”。") % {"sign": code[0]}
    return _identity_problem(code)


def _passport_problem(code: str) -> str | None:
    if not 5 <= len(code) <= 15:
        return _("护照号应为5至15位，现为%(n)d位。") % {"n": len(code)}
    strange = _strange(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return _("护照号%(what)s") % {"what": strange} if strange else None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    DocumentKind.CREDIT_CODE: _credit_problem,
    DocumentKind.ORGANISATION_CODE: _organisation_problem,
    DocumentKind.RESIDENT_CARD: _identity_problem,
    DocumentKind.RESIDENCE_PERMIT: _permit_problem,
    DocumentKind.FOREIGNER_CARD: _foreigner_problem,
    DocumentKind.PASSPORT: _passport_problem,
}
