"""`make manage ARGS="doctor 123"`: a command with the settings of the running copy."""

import os
import sys
from pathlib import Path

from converge.database import EmbeddedPostgres
from converge.start.environment import chosen_ports, run_environment
from converge.start.problems import StartProblem


def manage(checkout: Path, arguments: list[str]) -> int:
    folder = checkout / "var"
    environment = os.environ | run_environment(folder, *chosen_ports())
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = _embedded_url(folder)
    program = [sys.executable, str(checkout / "manage.py"), *arguments]
    os.execve(program[0], program, environment)  # noqa: S606 - no shell is wanted


def _embedded_url(folder: Path) -> str:
    database = EmbeddedPostgres(folder)
    if not database.exists():
        raise StartProblem("There is no database here yet: call `make run` first.")
    return database.url()
