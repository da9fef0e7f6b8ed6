"""Many rows in one statement: rows travel as one JSON parameter, whatever their number.

(A list of bind parameters ends at 65,535, and a batch of a thousand rows gets there.)
"""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

TYPES = {
    "AutoField": "integer",
    "BigAutoField": "bigint",
    "BigIntegerField": "bigint",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateTimeField": "timestamptz",
    "IntegerField": "integer",
    "JSONField": "jsonb",
    "PositiveBigIntegerField": "bigint",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint",
    "TextField": "text",
    "UUIDField": "uuid",
}


def insert(model, rows: list[dict], *, conflict="DO NOTHING", returning="id") -> list:
    """INSERT … ON CONFLICT … RETURNING; keys of the first row name the columns."""
    if not rows:
        return []
    columns = ", ".join(rows[0])
    query = (
        f"INSERT INTO {model._meta.db_table} ({columns})"
        f" SELECT {columns} FROM {recordset(model, rows[0])}"
        f" ON CONFLICT {conflict} RETURNING {returning}"
    )
    return fetch(query, [to_json(rows)])


def update(model, rows: list[dict], setting: str, *, key: str = "id") -> None:
    """UPDATE … SET `setting` FROM the rows (as `r`) where the keys are equal (as `t`)."""
    if not rows:
        return
    query = (
        f"UPDATE {model._meta.db_table} t SET {setting}"
        f" FROM {recordset(model, rows[0])} WHERE t.{key} = r.{key}"
    )
    execute(query, [to_json(rows)])


def recordset(model, sample: dict, **types: str) -> str:
    """`jsonb_to_recordset(%s) AS r(…)` with the types of the model's columns.

    Keys that are no columns need their SQL type in `types`.
    """
    known = {field.column: _type(field) for field in model._meta.local_fields}
    parts = ", ".join(f"{name} {types.get(name) or known[name]}" for name in sample)
    return f"jsonb_to_recordset(%s::jsonb) AS r({parts})"


def fetch(query: str, params: list) -> list:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def execute(query: str, params: list) -> int:
    """Run it; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.rowcount


def to_json(rows: Iterable[dict]) -> str:
    return json.dumps(list(rows), default=_plain, ensure_ascii=False)


def _type(field) -> str:
    target = field.target_field if field.is_relation else field
    return TYPES.get(target.get_internal_type(), "text")


def _plain(value):
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"cannot send {type(value).__name__} to the database")
