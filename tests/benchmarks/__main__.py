"""`make bench`: the figures of architecture §7 that these parts reach, as ratios.

Each figure is measured against something in the same run, because two shared cores tell
nothing about absolute time. `make bench ARGS=receiving` runs one part.
"""

import os
import sys
import tempfile
from pathlib import Path

PARTS = ("receiving", "sending", "pages", "flows", "broadcasting")


def main(chosen: list[str]) -> None:
    server = os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory(prefix="converge-bench-") as folder:
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

    number, waba = running.simulator.number, running.simulator.waba
    running.simulator.control("POST", "settings", {"statuses": False})
    if "pages" in chosen:
        report.title("Pages and live updates (the demo's size)")
        running.begin("qcluster")
        for name in ("ingest", "deliver"):
            running.begin_and_wait(name)
        pages.weigh_memory(running)
        session = pages.sign_in(running, login["email"], login["password"])
        pages.visit(running, session)
        pages.arrive(running, number, login, session)
        pages.weigh(running, login)
        for name in ("ingest", "deliver", "qcluster"):
            running.end(name)
    if "receiving" in chosen:
        report.title("Receiving")
        receiving.accept(running, number, waba)
        receiving.apply(number, waba)
        running.begin_and_wait("ingest")
        receiving.become_visible(running, number, waba)
        running.end("ingest")
    if "sending" in chosen:
        report.title("Sending")
        sending.prepare(running, number, waba)
        running.begin_and_wait("deliver")
        sending.deliver_fast(running, number)
        sending.keep_pace(running, number)
        sending.reply_among_many(running)
        running.end("deliver")
    if "flows" in chosen:
        report.title("Flows")
        flows.walk_in_memory()
        flows.match_every_message(number, waba)
        flows.drain_due(running, number, waba)
    if "broadcasting" in chosen:
        report.title("Broadcasts")
        session = pages.sign_in(running, login["email"], login["password"])
        broadcasting.prepare(running)
        broadcasting.plan(running, number)
        if "deliver" in running.processes:
            running.end("deliver")
        running.begin_and_wait("deliver")
        broadcasting.send_fast(running, number)
        broadcasting.keep_pace(running, number)
        broadcasting.reply_among_many(running, number)
        running.end("deliver")
        broadcasting.show_results(running, session)


if __name__ == "__main__":
    main(sys.argv[1:])
