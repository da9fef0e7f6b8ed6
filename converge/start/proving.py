"""`make test`, `make bench`, `make faults`: against a database made for them alone."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from converge import processes
from converge.database import EmbeddedPostgres
from converge.database.binaries import find_older_servers
from converge.start import output
from converge.start.environment import test_environment
from converge.start.problems import StartProblem

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
PYTEST = (sys.executable, "-m", "pytest")


def test(checkout: Path, arguments: list[str]) -> int:
    with _database(checkout / "var" / "test") as url:
        return _prove(checkout, url, *PYTEST, *arguments)


def faults(checkout: Path, arguments: list[str]) -> int:
    with _database(checkout / "var" / "faults") as url:
        return _prove(checkout, url, *PYTEST, "tests/faults", *arguments)


def bench(checkout: Path, arguments: list[str]) -> int:
    with _database(checkout / "var" / "bench") as url:
        return _prove(
            checkout, url, sys.executable, "-m", "tests.benchmarks", *arguments
        )


def servers(checkout: Path, arguments: list[str]) -> int:
    """Everything without a browser, on each older PostgreSQL this machine has."""
    worst = 0
    for version, binaries in find_older_servers():
        output.say(f"PostgreSQL {version}")
        folder = checkout / "var" / f"test-{version}"
        with EmbeddedPostgres(folder, binaries=binaries, throwaway=True) as url:
            chosen = arguments or ["--ignore=tests/browser", "--ignore=tests/operate"]
            worst = max(worst, _prove(checkout, url, *PYTEST, *chosen))
    return worst


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[str]:
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with EmbeddedPostgres(folder, throwaway=True) as url:
        yield url


def _prove(checkout: Path, database_url: str, *command: str) -> int:
    environment = (
        os.environ
        | test_environment(checkout / "var" / "test")
        | {"DATABASE_URL": database_url, "CHROMIUM": find_chromium()}
    )
    # pytest shares our terminal and hears Ctrl-C itself; we wait for its last words.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        command,
        cwd=checkout,
        env=environment,
        preexec_fn=_with_default_interrupt(processes.die_with_parent(signal.SIGTERM)),
    )
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def find_chromium() -> str:
    names = (os.environ.get("CHROMIUM", ""), *CHROMIUM)
    for name in filter(None, names):
        if path := shutil.which(name):
            return path
    raise StartProblem(
        "The browser tests need Chromium, which is not on this machine: install it"
        " (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM to its path."
    )


def _with_default_interrupt(then):
    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        then()

    return prepare
