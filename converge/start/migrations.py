"""Is the database as the code expects it? Asked in a moment, so that a warm start need
not load Django only to hear "no migrations to apply"."""

import subprocess
import sys
from pathlib import Path

from converge.start.problems import StartProblem


class Migrations:
    def __init__(self, checkout: Path, environment: dict[str, str]):
        self.checkout = checkout
        self.environment = environment
        self._stamp = checkout / "var" / "migrated"

    def are_applied(self) -> bool:
        state = self._ask()
        return self._stamp.exists() and self._stamp.read_text() == state

    def remember_applied(self) -> None:
        self._stamp.write_text(self._ask())

    def _ask(self) -> str:
        asked = subprocess.run(
            [sys.executable, "-m", "converge.start.database_state", self.checkout],
            cwd=self.checkout,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode:
            raise StartProblem(asked.stderr.strip())
        return asked.stdout
