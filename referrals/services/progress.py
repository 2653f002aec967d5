"""The two sides talk: who is spoken to on either side, and one thread on how the case is going (QD-2.4.1-c)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.acts import act
from core.errors import BadInput
from core.retries import tried_again
from foundation.formats.admitting import admit
from foundation.formats.keeping import keep_admitted
from notifications.models import Message
from referrals.file_names import kept_name
from referrals.models import ProgressMessage, Referral
from referrals.people import tell_agencies
from referrals.policies.progress import may_set_contact, may_write_progress, side_of
from referrals.selectors import referrals_visible_to


@tried_again
def set_contact(referral_id: int, *, by: Actor, department: str, person: str, phone: str = "", if_match: int | None = None) -> Referral:
    """Name the own side's contact department and person; the other side is shown them and, once the letter is out, told."""
    given = {"department": department.strip(), "person": person.strip()}
    missing = {name: _("请填写联系部门和联系人。") for name, value in given.items() if not value}
    if missing:
        raise BadInput(_("请填写联系部门和联系人。"), fields=missing)
    with act(referrals_visible_to(by), referral_id, "set_contact", by=by, may=may_set_contact, if_match=if_match) as (referral, saying):
        side = side_of(referral, by)
        referral.set_contact(side=side, **given, phone=phone.strip())
        saying.detail |= {"side": side, "department": given["department"], "person": given["person"]}
        if referral.delivered_at is not None:
            other = referral.to_agency_id if side == "sender" else referral.from_agency_id
            tell_agencies([other], referral, kind=Message.Kind.PROGRESS, key="contact", at=timezone.now(),
                          text="对方联系人：%(department)s %(person)s" % given)  # fmt: skip
    return referral


@tried_again
def write_progress(referral_id: int, *, by: Actor, words: str, file: Any = None, if_match: int | None = None) -> Referral:
    """A word to the other side, with a file where one is needed. Raises BadInput for an empty word or a file that may not be taken."""
    if not words.strip():
        raise BadInput(_("请写明要沟通的内容。"), fields={"words": _("请写明要沟通的内容。")})
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "write_progress", by=by, may=may_write_progress, if_match=if_match) as (referral, saying):
        referral.write_progress()
        assert by.agency is not None
        message = ProgressMessage(referral=referral, agency=by.agency, user=by.user, person=by.name[:100], post=by.post, words=words.strip(), at=now)
        if file is not None:
            _enclose(message, file)
        message.save()
        saying.detail["message"] = message.pk
        other = referral.to_agency_id if by.of(referral.from_agency_id) else referral.from_agency_id
        tell_agencies([other], referral, kind=Message.Kind.PROGRESS, key="progress", at=now,
                      text="对方来信沟通进展：%(title)s" % {"title": referral.title})  # fmt: skip
    return referral


def _enclose(message: ProgressMessage, file: Any) -> None:
    name, size = kept_name(file.name or ""), file.size or 0
    admitted = admit(name, size, file)
    message.name, message.size, message.sha256 = name, size, admitted.sha256
    keep_admitted(message.file, admitted, file)
