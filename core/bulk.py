"""Many rows of one model in one statement, by columns: where thousands are written at once, making a model of each costs more than the rows."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, models


def insert_columns(model: type[models.Model], columns: dict[str, Any], *, skip_known: bool = False, ids: list[int] | None = None) -> int:
    """Insert rows by columns (attname → a list, one value a row; or one value for all rows); returns how many came in.

    At least one column is a list; `ids` receives the keys of the new rows. `skip_known` leaves rows alone that a unique constraint knows. Columns that are not named must have
    a default in the database.
    """
    by_attname = {field.attname: field for field in model._meta.concrete_fields}
    quoted = connection.ops.quote_name
    names, taken, values, arrays, lists = [], [], [], [], []
    for attname, given in columns.items():
        field = by_attname[attname]
        kind = str(field.db_type(connection))
        # A cast to varchar(n) would cut silently; text lets the column itself refuse what is too long.
        kind = "text" if kind.startswith("varchar") else kind
        packed = (lambda v: json.dumps(v)) if isinstance(field, models.JSONField) else (lambda v: v)
        names.append(quoted(field.column))
        if isinstance(given, list):
            taken.append(f"u.c{len(lists)}")
            arrays.append(f"%s::{kind}[]")
            lists.append([packed(v) for v in given])
        else:
            taken.append(f"%s::{kind}")
            values.append(packed(given))
    listed = ", ".join(f"c{n}" for n in range(len(lists)))
    statement = (
        f"INSERT INTO {quoted(model._meta.db_table)} ({', '.join(names)})"  # noqa: S608 - names from the model
        f" SELECT {', '.join(taken)} FROM unnest({', '.join(arrays)}) AS u({listed})"
    )
    with connection.cursor() as cursor:
        more = (" ON CONFLICT DO NOTHING" if skip_known else "") + (" RETURNING id" if ids is not None else "")
        cursor.execute(statement + more, [*values, *lists])
        if ids is not None:
            ids += [row[0] for row in cursor.fetchall()]
        return int(cursor.rowcount)
