"""How root runs Python as a user without rights, if this machine allows it."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
AS_NOBODY = {"user": NOBODY, "group": NOBODY, "extra_groups": []}


@dataclass(frozen=True)
class Interpreter:
    """The tests' own may lie where only root may look."""

    program: str
    environment: dict[str, str]


def find_interpreter() -> Interpreter | None:
    if os.geteuid() != 0:
        return None
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = {
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
    }
    for program in (sys.executable, f"/usr/bin/{version}"):
        interpreter = Interpreter(program, environment)
        if Path(program).exists() and _works(interpreter):
            return interpreter
    return None


def _works(interpreter: Interpreter) -> bool:
    try:
        subprocess.run(
            [interpreter.program, "-c", "import django, psycopg"],
            env=os.environ | interpreter.environment,
            cwd="/",
            capture_output=True,
            check=True,
            **AS_NOBODY,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
