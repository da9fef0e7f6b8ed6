"""`make bench`: the figures of architecture §7 that these parts reach, as ratios.

Each figure is measured against something in the same run, because two shared cores tell
nothing about absolute time. `make bench ARGS=receiving` runs one part. `scale` runs only
when it is asked for, because it fills a database for half an hour and longer.
"""

import os
import sys
import tempfile
from pathlib import Path

PARTS = ("receiving", "sending", "pages", "flows", "broadcasting")


def main(chosen: list[str]) -> None:
    server = os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory(prefix="converge-bench-") as folder:
        if "scale" in chosen:
            _run_scale(Path(folder), server)
        if not chosen or set(chosen) & set(PARTS):
            prepare_and_run(Path(folder), server, chosen or list(PARTS))


def prepare_and_run(folder: Path, server: str, chosen: list[str]) -> None:
    from tests.running import Running, collect_static

    collect_static()
    running = Running(folder, server_url=server, name="bench")
    running.create_database()
    os.environ.update(running.environment)
    try:
        running.start("web")
        login = running.demo()
        _run(running, login, chosen)
    finally:
        running.stop()


def _run_scale(folder: Path, server: str) -> None:
    from tests.benchmarks import report, scale
    from tests.running import collect_static

    collect_static()
    report.title("Scale")
    scale.measure(folder, server)


def _run(running, login: dict, chosen: list[str]) -> None:
    import django

    django.setup()
    from tests.benchmarks import (
        broadcasting,
        flows,
        pages,
        receiving,
        report,
        sending,
    )

    parts = {
        "pages": ("Pages and live updates (the demo's size)", pages),
        "receiving": ("Receiving", receiving),
        "sending": ("Sending", sending),
        "flows": ("Flows", flows),
        "broadcasting": ("Broadcasts", broadcasting),
    }
    running.simulator.control("POST", "settings", {"statuses": False})
    for name, (title, part) in parts.items():
        if name in chosen:
            report.title(title)
            part.measure(running, login)


if __name__ == "__main__":
    main(sys.argv[1:])
