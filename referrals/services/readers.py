"""One referral opened to one person who is no party to it, and closed again."""

from __future__ import annotations

from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.actors import Actor, posts_of
from accounts.models import User
from core.acts import act
from core.errors import BadInput
from core.retries import tried_again
from referrals.models import Referral, ReferralReader
from referrals.policies.readers import may_grant_reading, may_take_back_reading
from referrals.selectors import referrals_visible_to

READ = "referrals.read_referral"


@tried_again
def grant_reading(referral_id: int, *, by: Actor, person: User | None, if_match: int | None = None) -> Referral:
    """Open this one referral to one person (an invited expert, a seconded officer): a single object permission, nothing more.

    It is given to the person in the post held now and ends with that post. Raises BadInput for a person without a post here.
    """
    visible = referrals_visible_to(by)
    with act(visible, referral_id, "grant_reading", by=by, may=may_grant_reading, if_match=if_match) as (referral, performing):
        held = posts_of(person) if person is not None else []
        here = [post for post, deputy in held if not deputy and post.agency.jurisdiction_id == referral.jurisdiction_id]
        if person is None or not here:
            sentence = _("请选择本地现任人员。")
            raise BadInput(sentence, fields={"person": sentence})
        referral.grant_reading()
        assign_perm(READ, person, referral)
        granted = ReferralReader.objects.filter(user=person, content_object=referral)
        granted.update(holding=here[0], granted_by=by.agency)
        performing.detail["person"] = person.pk
    return referral


@tried_again
def take_back_reading(referral_id: int, *, by: Actor, person: User | None, if_match: int | None = None) -> Referral:
    """Close it to that person again. Raises BadInput where this agency has opened nothing to this person."""
    visible = referrals_visible_to(by)
    with act(visible, referral_id, "take_back_reading", by=by, may=may_take_back_reading, if_match=if_match) as (referral, performing):
        granted = ReferralReader.objects.filter(content_object=referral, user=person, granted_by=by.agency)
        if person is None or not granted.exists():
            sentence = _("本机关没有授权该人员查看本案。")
            raise BadInput(sentence, fields={"person": sentence})
        referral.take_back_reading()
        remove_perm(READ, person, referral)
        performing.detail["person"] = person.pk
    return referral
