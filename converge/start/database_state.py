"""`python -m converge.start.database_state <checkout>` prints a digest of the code's
migrations and of those the database says it has.

A process of its own, so that the launcher, which stays, does not keep the memory of
a database driver for ever.
"""

import hashlib
import os
import sys
from pathlib import Path

import psycopg

QUERY = "SELECT app, name FROM django_migrations ORDER BY app, name"


def main(checkout: Path) -> int:
    try:
        sys.stdout.write(_state(checkout, os.environ["DATABASE_URL"]))
    except psycopg.OperationalError as error:
        sys.stderr.write(f"The database does not answer: {error}\n")
        return 1
    return 0


def _state(checkout: Path, database_url: str) -> str:
    """The code's migrations and pinned packages, and what this database says it has."""
    digest = hashlib.sha256()
    for path in sorted(checkout.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(checkout)).encode() + path.read_bytes())
    digest.update((checkout / "requirements.txt").read_bytes())
    digest.update(repr(_applied(database_url)).encode())
    return digest.hexdigest()


def _applied(database_url: str) -> list[tuple[str, str]]:
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        try:
            return connection.execute(QUERY).fetchall()
        except psycopg.errors.UndefinedTable:
            return []


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
