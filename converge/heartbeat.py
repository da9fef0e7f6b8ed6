"""Signs of life. Every process of every machine writes one row; what is stale is not alive."""

import json
import socket

from django.db import connection

FORGOTTEN_AFTER = "1 day"  # a machine that was retired


def beat(name: str, **data) -> None:
    """Note that `name` is alive on this machine, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO converge_heartbeat (name, beat_at, data)"
            " VALUES (%s, clock_timestamp(), %s)"
            " ON CONFLICT (name) DO UPDATE"
            " SET beat_at = excluded.beat_at, data = excluded.data",
            [f"{name}@{socket.gethostname()}", json.dumps(data)],
        )


def forget_retired() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM converge_heartbeat WHERE beat_at < clock_timestamp()"
            f" - interval '{FORGOTTEN_AFTER}'"
        )
