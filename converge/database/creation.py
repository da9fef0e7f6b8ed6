"""Making the embedded cluster: initdb, then one database and the role that owns it.

The product's role is no superuser, as on any server it will meet.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from converge.database.account import Account
from converge.database.problems import DatabaseProblem, cannot_write

SUPERUSER = "postgres"
ROLE = "converge"


def create_cluster(binaries: Path, account: Account, data: Path, password: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=data.parent) as file:
        file.write(password)
        file.flush()
        account.own(Path(file.name))
        made = subprocess.run(
            [
                binaries / "initdb",
                *("--pgdata", data, "--username", SUPERUSER, "--pwfile", file.name),
                *("--auth", "scram-sha-256", "--encoding", "UTF8"),
                *("--locale", "C.UTF-8", "--data-checksums"),
            ],
            capture_output=True,
            text=True,
            cwd=data.parent,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            check=False,
            **account.popen,
        )
    if made.returncode:
        raise _explain(made.stderr, data)


def create_database(binaries: Path, socket: Path, password: str) -> None:
    """Both roles share the password: one file to keep, one owner to trust."""
    made = subprocess.run(
        [
            *(binaries / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"),
            f"postgresql://{SUPERUSER}@/postgres?host={quote(str(socket))}",
        ],
        # The password holds no quote (token_urlsafe); stdin keeps it out of `ps`.
        input=f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';\n"
        f"CREATE DATABASE {ROLE} OWNER {ROLE};\n",
        env={"PGPASSWORD": password, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise _explain(made.stderr, socket)


def _explain(errors: str, path: Path) -> DatabaseProblem:
    if "No space left on device" in errors:
        return cannot_write(path, "the disk is full")
    return DatabaseProblem(f"PostgreSQL could not be set up in {path}:\n{errors}")
