"""Migrations do not hold up a living system: what would is refused by lint unless its reason is written in it."""

from __future__ import annotations

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now

from ops.migrations import BASE, _ours, complaints, every


def noop(_apps, _editor):
    """Stands for work on rows."""


def before():
    """A table that is there, with a short name, a number that may be missing, and a place for a link."""
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)), ("count", models.IntegerField(null=True))]
    state.add_model(ModelState("toy", "Thing", fields))
    return state


def said_of(*operations, **more):
    migration = type("Migration", (migrations.Migration,), {"operations": list(operations), **more})("0099_x", "toy")
    return complaints("toy", migration, before())


INDEX = models.Index(fields=["name"], name="by_name")
POSITIVE = models.CheckConstraint(condition=models.Q(count__gt=0), name="positive")
LOCKING = {
    "index": migrations.AddIndex("thing", INDEX),
    "check": migrations.AddConstraint("thing", POSITIVE),
    "unique": migrations.AddConstraint("thing", models.UniqueConstraint(fields=["name"], name="once")),
    "indexed field": migrations.AddField("thing", "code", models.CharField(max_length=9, db_index=True, default="")),
    "link": migrations.AddField("thing", "other", models.ForeignKey("toy.thing", null=True, on_delete=models.CASCADE)),
    "computed default": migrations.AddField("thing", "at", models.DateTimeField(db_default=Now())),
    "generated": migrations.AddField(
        "thing", "twice", models.GeneratedField(expression=models.F("count") * 2, output_field=models.IntegerField(), db_persist=True)
    ),
    "another type": migrations.AlterField("thing", "count", models.BigIntegerField(null=True)),
    "shorter": migrations.AlterField("thing", "name", models.CharField(max_length=10)),
    "not null": migrations.AlterField("thing", "count", models.IntegerField(default=0)),
    "late index": migrations.AlterField("thing", "name", models.CharField(max_length=20, db_index=True)),
    "program": migrations.RunPython(noop),
    "statement": migrations.RunSQL("UPDATE toy_thing SET count = 0"),
    "statement's index": migrations.RunSQL(["CREATE INDEX a ON toy_thing (name)"]),
    "hidden": migrations.SeparateDatabaseAndState(database_operations=[migrations.AddIndex("thing", INDEX)]),
}  # fmt: skip
HARMLESS = {
    "index beside work": AddIndexConcurrently("thing", INDEX),
    "check later": AddConstraintNotValid("thing", POSITIVE),
    "constant default": migrations.AddField("thing", "kind", models.CharField(max_length=9, default="a")),
    "link without index": migrations.AddField(
        "thing", "other", models.ForeignKey("toy.thing", null=True, db_index=False, on_delete=models.CASCADE)
    ),
    "longer": migrations.AlterField("thing", "name", models.CharField(max_length=40)),
    "may be missing": migrations.AlterField("thing", "name", models.CharField(max_length=20, null=True)),
    "function": migrations.RunSQL("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE x SET y = 1; END $$"),
    "concurrent": migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON toy_thing (name)"),
    "new table": migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True)), ("code", models.SlugField(unique=True))]),
}  # fmt: skip


@pytest.mark.parametrize("operation", LOCKING.values(), ids=LOCKING)
def test_what_locks_or_rewrites_a_table_that_is_there_is_refused(operation):
    assert len(said_of(operation)) == 1


@pytest.mark.parametrize("operation", HARMLESS.values(), ids=HARMLESS)
def test_what_works_beside_people_is_not(operation):
    assert said_of(operation) == []


def test_an_index_on_a_table_that_the_migration_makes_itself_holds_nobody_up():
    made = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9))])
    assert said_of(made, migrations.AddIndex("other", INDEX)) == []


def test_a_reason_written_in_the_migration_lets_it_pass():
    assert said_of(LOCKING["index"], locks_because="agencies are a hundred rows") == []


def test_every_app_of_ours_is_asked_from_its_base_on_and_each_base_is_there():
    from django.db.migrations.loader import MigrationLoader

    there = {(app, name[:4]) for app, name in MigrationLoader(None).graph.nodes}
    assert set(BASE) <= _ours()
    assert set(BASE.items()) <= there
    assert not [one for one, found in every() if found]
