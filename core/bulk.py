"""Many rows of one model in one statement, by columns: where thousands are written at once, making a model of each costs more than the rows."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, models


def insert_rows(rows: list[Any], own: tuple[str, ...], *, known_by: tuple[str, ...]) -> None:
    """Insert new rows of one model: `own` names the columns (attnames) in which they differ, all others are as in the first row.

    `known_by`: a unique set of those columns; by it each row is given the id that the database gave it. Raises ValueError where a
    column that is not named differs after all.
    """
    if not rows:
        return
    model, first = type(rows[0]), rows[0]
    columns: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.attname in own:
            columns[field.attname] = [getattr(row, field.attname) for row in rows]
        elif not field.primary_key:
            if any(getattr(row, field.attname) != getattr(first, field.attname) for row in rows):
                raise ValueError(f"{model._meta.model_name}.{field.attname} differs from row to row")
            columns[field.attname] = field.get_db_prep_save(getattr(first, field.attname), connection)
    with connection.cursor() as cursor:
        _insert(cursor, model, columns, f" RETURNING {', '.join(_quoted(model, name) for name in ('id', *known_by))}", own)
        ids = {tuple(known): pk for pk, *known in cursor.fetchall()}
    for row in rows:
        row.pk, row._state.adding, row._state.db = ids[tuple(getattr(row, name) for name in known_by)], False, connection.alias


def insert_columns(model: type[models.Model], columns: dict[str, Any], *, skip_known: bool = False, ids: list[int] | None = None) -> int:
    """Insert rows by columns (attname → a list, one value a row; or one value for all rows); returns how many came in.

    At least one column is a list; `ids` receives the keys of the new rows. `skip_known` leaves rows alone that a unique constraint
    knows. Columns that are not named must have a default in the database.
    """
    lists = tuple(name for name, given in columns.items() if isinstance(given, list))
    ending = (" ON CONFLICT DO NOTHING" if skip_known else "") + (" RETURNING id" if ids is not None else "")
    with connection.cursor() as cursor:
        _insert(cursor, model, columns, ending, lists)
        if ids is not None:
            ids += [row[0] for row in cursor.fetchall()]
        return int(cursor.rowcount)


def _quoted(model: type[models.Model], attname: str) -> str:
    return connection.ops.quote_name(next(f.column for f in model._meta.concrete_fields if f.attname == attname))


def _insert(cursor: Any, model: type[models.Model], columns: dict[str, Any], ending: str, lists: tuple[str, ...]) -> None:
    """One INSERT from arrays: the columns named in `lists` give one value a row, the others one for all."""
    by_attname = {field.attname: field for field in model._meta.concrete_fields}
    names, taken, values, arrays, packed_lists = [], [], [], [], []
    for attname, given in columns.items():
        field = by_attname[attname]
        kind = str(field.db_type(connection))
        # A cast to varchar(n) would cut silently; text lets the column itself refuse what is too long.
        kind = "text" if kind.startswith("varchar") else kind
        packed = (lambda v: json.dumps(v)) if isinstance(field, models.JSONField) else (lambda v: v)
        names.append(_quoted(model, attname))
        if attname in lists:
            taken.append(f"u.c{len(arrays)}")
            arrays.append(f"%s::{kind}[]")
            packed_lists.append([packed(v) for v in given])
        else:
            taken.append(f"%s::{kind}")
            values.append(packed(given))
    listed = ", ".join(f"c{n}" for n in range(len(arrays)))
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})"  # noqa: S608 - names from the model
        f" SELECT {', '.join(taken)} FROM unnest({', '.join(arrays)}) AS u({listed})"
    )
    cursor.execute(statement + ending, [*values, *packed_lists])
