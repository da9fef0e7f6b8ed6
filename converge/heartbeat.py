"""Signs of life. Every process writes one row; what is stale is not alive."""

import json

from django.db import connection


def beat(name: str, **data) -> None:
    """Note that `name` is alive now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO converge_heartbeat (name, beat_at, data)"
            " VALUES (%s, clock_timestamp(), %s)"
            " ON CONFLICT (name) DO UPDATE"
            " SET beat_at = excluded.beat_at, data = excluded.data",
            [name, json.dumps(data)],
        )
