"""The client programs of PostgreSQL on this machine, for backups."""

import shutil
import subprocess
from pathlib import Path

from converge.database.binaries import find_binaries
from converge.database.problems import DatabaseProblem


class NoFittingTool(Exception):
    pass


def find_pg_dump(server_major: int) -> Path:
    """The oldest one that is not older than the server, which pg_dump would refuse."""
    fitting = [(m, p) for p in _candidates() if (m := _major(p)) >= server_major]
    if not fitting:
        raise NoFittingTool(
            f"No pg_dump of PostgreSQL {server_major} or newer is on this machine"
            f" (Debian, Ubuntu: apt-get install postgresql-client-{server_major})."
        )
    return min(fitting)[1]


def _candidates() -> list[Path]:
    found = list(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
    if on_path := shutil.which("pg_dump"):
        found.append(Path(on_path))
    try:
        found.append(find_binaries() / "pg_dump")
    except DatabaseProblem:
        return found  # a server elsewhere needs no embedded one
    return found


def _major(program: Path) -> int:
    shown = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False
    )
    version = shown.stdout.split(")")[-1].split() if shown.returncode == 0 else []
    return int(version[0].split(".")[0]) if version else 0
