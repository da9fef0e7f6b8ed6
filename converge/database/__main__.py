"""`python -m converge.database [folder]`: a database for development, until Ctrl-C."""

import signal
import sys
from pathlib import Path

from converge.database import DatabaseProblem, EmbeddedPostgres

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "var"
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        with EmbeddedPostgres(folder) as url:
            sys.stdout.write(f"{url}\n")
            sys.stdout.flush()
            signal.sigwait(stops)
    except DatabaseProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
