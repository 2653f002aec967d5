"""Adding and changing a row: the right, the row's district, each value's district, and before and after in the trail."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, ForeignKey, Model, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Agency
from accounts.standing import ended_sentence
from administration.districts import of_district
from administration.rights import may_keep
from core import audit
from core.acts import demand
from core.errors import BadInput, NotVisible
from core.retries import tried_again
from documents.printing import demand_printable

# Said to have changed, never what they were or are.
UNTOLD = ("password", "digest", "username", "first_name", "last_name", "email")


def relations_of(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    return [f for f in model._meta.concrete_fields if isinstance(f, ForeignKey)]


def refuse_foreign(row: Model, before: Model | None, *, by: Actor) -> None:
    """Raises BadInput naming each relation whose value lies in another district, or in none that is known, or is an ended agency.

    A value that stood there before stays, so that an old row can still be ended.
    """
    wrong = {}
    for field in relations_of(type(row)):
        value = getattr(row, field.attname)
        if value is None or (before is not None and getattr(before, field.attname) == value):
            continue
        named = of_district(field.related_model, by.jurisdiction_id).filter(pk=value).first()
        if named is None:
            wrong[field.name] = _("“%(field)s”须选择本行政区域内的记录。") % {"field": field.verbose_name}
        elif isinstance(named, Agency) and named.is_over(timezone.localdate()):
            wrong[field.name] = ended_sentence(named.name)
    if wrong:
        raise BadInput(next(iter(wrong.values())), fields=wrong)


def changes_between(before: Model | None, row: Model) -> dict[str, Any]:
    """Field by field [before, after]; of names, addresses and secrets only that they changed. Plain JSON."""
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.primary_key:
            continue
        now = field.value_to_string(row) if getattr(row, field.attname) is not None else None
        then = field.value_to_string(before) if before is not None and getattr(before, field.attname) is not None else None
        if now != then:
            told[field.attname] = True if field.name in UNTOLD else [then, now]
    return told


@tried_again
def keep(row: Any, *, by: Actor) -> Any:
    """Save a new or changed row of the administration, in the trail with before and after.

    Raises NotAllowed (not this post's to keep), NotVisible (a row of another district), BadInput (a value of another district).
    """
    model = type(row)
    kind = str(model._meta.model_name)
    demand(may_keep(by, model._meta.label_lower))
    with transaction.atomic():
        before = None
        if row.pk is not None:
            before = of_district(model, by.jurisdiction_id).filter(pk=row.pk).first()
            if before is None and not by.is_system:
                raise NotVisible(_("没有这条记录，或者它不在本行政区域内。"))
        if not by.is_system:
            refuse_foreign(row, before, by=by)
        _refuse_unprintable(row, before)
        _save(row)
        # What the row leads to counts too: nothing is saved that would then lie in another district.
        if not by.is_system and not of_district(model, by.jurisdiction_id).filter(pk=row.pk).exists():
            raise BadInput(_("这条记录将不属于本行政区域，未保存。"))
        told = changes_between(before, row)
        if told or before is None:
            audit.record(kind, row.pk, f"{kind}.{'add' if before is None else 'change'}", by=by, changes=told)
    return row


def _refuse_unprintable(row: Any, before: Any) -> None:
    """Names kept here are printed in letters: refuse, beside its field, a changed text that no font of theirs draws."""
    texts = [f for f in row._meta.concrete_fields if isinstance(f, CharField | TextField) and not f.choices and f.name != "password"]
    changed = [f.name for f in texts if before is None or getattr(before, f.name) != getattr(row, f.name)]
    demand_printable({name: getattr(row, name) or "" for name in changed})


@tried_again
def _save(row: Any) -> None:
    try:
        with transaction.atomic():
            row.full_clean(exclude=[f.name for f in row._meta.concrete_fields if f.name == "password"])
            row.save()
    except ValidationError as error:
        fields = {k: " ".join(v) for k, v in error.message_dict.items()}
        raise BadInput(" ".join(fields.values()), fields={k: v for k, v in fields.items() if k != "__all__"}) from error
    except IntegrityError as error:
        raise BadInput(_("与已有的记录冲突，未保存。")) from error
