"""Materials: attached, described, taken off. What may come in is said by foundation/formats, for every door alike."""

from __future__ import annotations

import datetime as dt
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core import audit
from core.decisions import Deny
from core.errors import BadInput, NotAllowed, NotVisible, WrongState
from core.retries import tried_again
from deadlines.profile import Profile
from foundation.cases.models import RESULT_SLOT, Material
from foundation.formats.admitting import admit
from foundation.formats.keeping import discard_kept, keep_admitted
from referrals.file_names import kept_name
from referrals.models import Referral
from referrals.paper_form import Paper
from referrals.policies.answering import may_supply_supplement
from referrals.policies.drafting import may_describe_material, may_remove_this_material, may_save_draft
from referrals.rules import profile_of_referral
from referrals.selectors import materials_of, referrals_visible_to
from referrals.services.wording import keep_words

UNSAID = Paper()


def slot_names(profile: Profile) -> dict[str, str]:
    """The document's list of materials, by key; what the system makes itself is left out."""
    return {m.key: m.zh for m in profile.referral.materials if m.key not in ("transfer_letter", "facts_statement")}


@tried_again
def attach_material(referral_id: int, *, by: Actor, slot: str, name: str, size: int, stream: BinaryIO, paper: Paper = UNSAID) -> Material:
    """Attach one file to the case of a draft, or of a referral that waits for supplementary papers.

    `name` is what the person called it, `size` in bytes, `stream` readable from its start; `paper` what the list says of the paper
    behind it. Raises BadInput before anything is stored, NotVisible, NotAllowed, WrongState.
    """
    name = kept_name(name)
    admitted = admit(name, size, stream)
    with transaction.atomic():
        referral = open_for_papers(referral_id, by)
        slots = slot_names(profile_of_referral(referral))
        if slot not in slots:
            raise BadInput(_("请选择材料类别。"), fields={"slot": _("没有“%(slot)s”这一类。") % {"slot": slot}})
        assert by.agency is not None
        later = referral.state not in ("draft", "returned")
        material = Material(
            case=referral.case, slot=slot, name=name, size=size, content_type=admitted.content_type, sha256=admitted.sha256,
            copies=paper.copies, pages=paper.pages, original=paper.original, supplementary=later, uploaded_by=by.name, uploaded_for=by.agency, attached_in=f"referral:{referral.pk}",
            # Sent to the receiver at once: as fast as what was signed.
            frozen_at=timezone.now() if later else None,
        )  # fmt: skip
        same = next((m for m in materials_of(referral) if (m.slot, m.sha256) == (slot, material.sha256)), None)
        if same:
            return same
        keep_admitted(material.file, admitted, stream)
        try:
            with transaction.atomic():
                material.save()
        except IntegrityError:
            discard_kept(material.file)
            return Material.objects.get(case=referral.case, slot=slot, sha256=material.sha256, attached_in=material.attached_in)
        audit.record("referral", referral.pk, "material.attach", by=by, material=material.pk, slot=slot, sha256=material.sha256, size=size)
        if not later:
            keep_words(referral)
        return material


def enclose_result(referral: Referral, file: Any, *, by: Actor, at: dt.datetime) -> Material:
    """The receiver's own paper that goes along with its result: sent at once, so as fast as what was signed. Inside the act."""
    assert by.agency is not None
    name, size = kept_name(file.name or ""), file.size or 0
    admitted = admit(name, size, file)
    attached = f"referral:{referral.pk}"
    same = Material.objects.filter(case_id=referral.case_id, slot=RESULT_SLOT, sha256=admitted.sha256, attached_in=attached).first()
    if same is not None:
        return same
    material = Material(
        case_id=referral.case_id, slot=RESULT_SLOT, name=name, size=size, content_type=admitted.content_type, sha256=admitted.sha256, supplementary=True,
        uploaded_by=by.name, uploaded_for=by.agency, attached_in=attached, frozen_at=at,
    )  # fmt: skip
    keep_admitted(material.file, admitted, file)
    material.save()
    return material


@tried_again
def describe_material(referral_id: int, material_id: int, *, by: Actor, paper: Paper) -> Material:
    """Say of a draft's file how many copies and pages its paper has and whether it is the original. What is signed stays as it was."""
    with transaction.atomic():
        referral = open_for_papers(referral_id, by)
        material = next((m for m in materials_of(referral) if m.pk == material_id), None)
        if material is None:
            raise NotVisible(_("没有这份材料。"))
        decision = may_describe_material(referral, material, by)
        if isinstance(decision, Deny):
            raise WrongState(decision.reason)
        said = vars(paper)
        if said != {name: getattr(material, name) for name in said}:
            for name, value in said.items():
                setattr(material, name, value)
            material.save(update_fields=list(said))
            audit.record("referral", referral.pk, "material.describe", by=by, material=material.pk, **said)
        return material


@tried_again
def remove_material(referral_id: int, material_id: int, *, by: Actor) -> None:
    """Take a file off a draft. What a signed letter lists is never removed, by no draft and by nobody."""
    with transaction.atomic():
        referral = open_for_papers(referral_id, by)
        if referral.state not in ("draft", "returned"):
            raise WrongState(_("送签后材料不得删除。"))
        material = next((m for m in materials_of(referral) if m.pk == material_id), None)
        if material is None:
            raise NotVisible(_("没有这份材料。"))
        decision = may_remove_this_material(referral, material, by)
        if isinstance(decision, Deny):
            raise WrongState(decision.reason)
        if Referral.objects.filter(case=referral.case, state="submitted").exists():
            raise WrongState(_("本案另有一件移送正在等领导签发，材料不得删除。"))
        audit.record("referral", referral.pk, "material.remove", by=by, material=material.pk, slot=material.slot, sha256=material.sha256)
        discard_kept(material.file)
        material.delete()
        keep_words(referral)


def open_for_papers(referral_id: int, by: Actor) -> Referral:
    referral = referrals_visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=referral_id).first()
    if referral is None:
        raise NotVisible(_("没有这件移送，或者您看不到它。"))
    drafting = referral.state in ("draft", "returned")
    decision = may_save_draft(referral, by) if drafting else may_supply_supplement(referral, by)
    if not decision:
        if referral.state in ("submitted", "signed") and by.of(referral.from_agency_id):
            raise WrongState(_("已送签，材料不能再改；请领导退回后修改。"))
        raise NotAllowed(decision.reason, decision.clause)
    return referral
