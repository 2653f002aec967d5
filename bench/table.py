"""Rows on their way into COPY."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from psycopg import sql
from psycopg.types.json import Jsonb


class Table:
    """Rows of one model on their way into COPY: every column, with the model's own defaults."""

    def __init__(self, label: str, *, own_id: bool = False) -> None:
        model = apps.get_model(label)
        fields = [f for f in model._meta.concrete_fields if own_id or not f.primary_key]
        self.name, self.columns, self.rows = model._meta.db_table, [f.column for f in fields], []
        self.at = {f.column: n for n, f in enumerate(fields)}
        self.template = [self._default(f) for f in fields]

    @staticmethod
    def _default(field: models.Field) -> Any:
        if field.has_default():
            value = field.get_default()
            return Jsonb(value) if isinstance(field, models.JSONField) else value
        return None if field.null else "" if isinstance(field, models.CharField | models.TextField | models.FileField) else None

    def add(self, **values: Any) -> None:
        row = self.template.copy()
        for column, value in values.items():
            row[self.at[column]] = value
        self.rows.append(row)

    def copy(self, cursor: Any) -> int:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), sql.SQL(",").join(map(sql.Identifier, self.columns)))
        with cursor.copy(statement) as copy:
            for row in self.rows:
                copy.write_row(row)
        count = len(self.rows)
        self.rows = []
        return count
