"""Rows that point at one row, made to point at another, whoever's tables they are.

A lower step cannot name the models of a higher one; the relations of a model know them.
"""

import json

from django.apps import apps
from django.db import connection
from django.db.models import Exists, OuterRef, Q, UniqueConstraint

from converge import bulk


def relations(model, *, without: tuple = ()) -> list[tuple]:
    """(model, foreign key) of everything that points at `model`."""
    found = [
        (relation.related_model, relation.field)
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created
    ]
    return sorted((r for r in found if r[0] not in without), key=lambda r: label(*r))


def label(model, field) -> str:
    return f"{model._meta.label}.{field.name}"


def clashing(model, field, old: int, new: int) -> list:
    """Keys of rows of `old` that cannot move: `new` has their like, and may have one."""
    found = set()
    for constraint in _uniques(model, field):
        condition = constraint.condition or Q()
        same = {
            name: OuterRef(name) for name in constraint.fields if name != field.name
        }
        twins = model.objects.filter(condition, **{field.name: new}, **same)
        rows = model.objects.filter(condition, Exists(twins), **{field.name: old})
        found |= set(rows.values_list("pk", flat=True))
    return sorted(found)


def _uniques(model, field) -> list[UniqueConstraint]:
    if field.unique:
        return [UniqueConstraint(fields=[field.name], name="of_the_column")]
    return [
        c
        for c in model._meta.constraints
        if isinstance(c, UniqueConstraint) and field.name in c.fields
    ]


def move(model, field, old: int, new: int) -> tuple[list[str], list]:
    """Keys of what moved, and of what could not."""
    staying = clashing(model, field, old, new)
    key = model._meta.pk.column
    rows = bulk.fetch(
        f"UPDATE {model._meta.db_table} SET {field.column} = %s"
        f" WHERE {field.column} = %s AND NOT {key} = ANY(%s::{_type(model)}[])"
        f" RETURNING {key}",
        [new, old, staying],
    )
    return sorted(str(pk) for (pk,) in rows), staying


def move_back(name: str, keys: list[str], old: int, new: int) -> None:
    """Those of `keys` that still point at `old`."""
    model_label, field_name = name.rsplit(".", 1)
    model = apps.get_model(model_label)
    column = model._meta.get_field(field_name).column
    bulk.execute(
        f"UPDATE {model._meta.db_table} SET {column} = %s WHERE {column} = %s"
        f" AND {model._meta.pk.column} = ANY(%s::{_type(model)}[])",
        [new, old, keys],
    )


def _type(model) -> str:
    return model._meta.pk.rel_db_type(connection)


def take_out(model, keys: list) -> list[dict]:
    """Delete rows nothing points at; what they were."""
    table, key = model._meta.db_table, model._meta.pk.column
    rows = bulk.fetch(
        f"DELETE FROM {table} WHERE {key} = ANY(%s::{_type(model)}[])"
        f" RETURNING to_jsonb({table}.*)",
        [keys],
    )
    return [_read(row) for (row,) in rows]


def put_back(model, rows: list[dict]) -> None:
    """As `take_out` gave them; without people who are gone by now."""
    made = [model(**values) for row in rows if (values := _with_living(model, row))]
    model.objects.bulk_create(made, ignore_conflicts=True)


def _with_living(model, row: dict) -> dict | None:
    values = {}
    for field in model._meta.local_concrete_fields:
        if field.column not in row:
            continue  # a column that is gone
        value = field.to_python(row[field.column])
        is_lost = value is not None and field.is_relation and not _lives(field, value)
        if is_lost and not field.null:
            return None
        values[field.attname] = None if is_lost else value
    return values


def _lives(field, key) -> bool:
    return field.related_model.objects.filter(pk=key).exists()


def has_dependants(model) -> bool:
    return bool(relations(model))


def snapshot(model, pk: int) -> dict:
    table = model._meta.db_table
    rows = bulk.fetch(f"SELECT to_jsonb(t.*) FROM {table} t WHERE id = %s", [pk])
    return _read(rows[0][0])


def _read(row) -> dict:
    return json.loads(row) if isinstance(row, str) else row
