"""`manage.py backup`: the database, a list of the media files, and the names of the keys.

Never the keys themselves: keep those apart, for a backup with its keys beside it
protects nothing. The media files are copied by whatever copies files where you are.
"""

import hashlib
import json
import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from converge.database.tools import NoFittingTool, find_pg_dump

BLOCK = 1024 * 1024


class Command(BaseCommand):
    help = "Write a backup (pg_dump -Fc, media manifest, key names) into a new folder."

    def add_arguments(self, parser):
        default = settings.BASE_DIR / "var" / "backups"
        parser.add_argument("--to", type=Path, default=default, help="parent folder")

    def handle(self, *, to, **options):
        folder = to / f"{timezone.now():%Y%m%dT%H%M%SZ}"
        unfinished = folder.with_name(folder.name + ".unfinished")
        unfinished.mkdir(parents=True, mode=0o700)
        self._dump_database(unfinished / "database.dump")
        _write(unfinished / "media.json", list(_media_files(settings.MEDIA_ROOT)))
        _write(unfinished / "keys.json", list(settings.ENCRYPTION_KEYS))
        unfinished.rename(folder)
        self.stdout.write(str(folder))

    def _dump_database(self, target: Path) -> None:
        connection.ensure_connection()
        try:
            program = find_pg_dump(connection.pg_version // 10000)
        except NoFittingTool as problem:
            raise CommandError(str(problem)) from problem
        dumped = subprocess.run(
            [program, "--format=custom", "--no-owner", f"--file={target}"],
            env=os.environ | _libpq_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if dumped.returncode:
            raise CommandError(f"pg_dump failed: {dumped.stderr.strip()}")


def _libpq_environment() -> dict[str, str]:
    """In the environment the password does not show in the list of processes."""
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE"}
    parameters = connection.get_connection_params()
    return {v: str(parameters[k]) for k, v in names.items() if parameters.get(k)}


def _media_files(root: Path):
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        yield {
            "path": str(path.relative_to(root)),
            "bytes": path.stat().st_size,
            "sha256": _digest(path),
        }


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _write(path: Path, content) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
