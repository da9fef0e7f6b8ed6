"""`python -m converge.start <command> [arguments]`; the Makefile calls it."""

import sys
from pathlib import Path

from converge.database import DatabaseProblem
from converge.start.managing import manage
from converge.start.problems import StartProblem
from converge.start.proving import bench, faults, servers, test
from converge.start.running import run

CHECKOUT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "run": run,
    "manage": manage,
    "test": test,
    "servers": servers,
    "bench": bench,
    "faults": faults,
}


def main(arguments: list[str]) -> int:
    sys.stdout.reconfigure(errors="replace")
    if not arguments or arguments[0] not in COMMANDS:
        sys.stderr.write(f"usage: python -m converge.start {'|'.join(COMMANDS)}\n")
        return 2
    try:
        return COMMANDS[arguments[0]](CHECKOUT, arguments[1:])
    except (StartProblem, DatabaseProblem) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
