"""`manage.py worker`: supervises `ingest`, `deliver` and `qcluster`."""

import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_q.tasks import async_task

from converge.supervisor.loop import Supervisor
from converge.supervisor.note import AlreadyRunning, Note
from converge.supervisor.pulse import Pulse, read_beats
from converge.supervisor.verdict import Kind

ALIVE_WITHIN = 30.0


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Drain webhooks and the outbox and run scheduled jobs, under supervision."

    def add_arguments(self, parser):
        parser.add_argument(
            "--pid-file",
            type=Path,
            default=settings.BASE_DIR / "var" / "worker.json",
            help="where the children are noted; one for each worker of a machine",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="only say whether this machine's worker is alive (exit 0) or not (1)",
        )

    def handle(self, *, pid_file, check, **options):
        if check:
            return _require_life()
        kinds = (
            Kind("ingest", _manage("ingest"), silent_limit=20.0),
            Kind("deliver", _manage("deliver"), silent_limit=20.0),
            Kind("qcluster", _manage("qcluster"), silent_limit=45.0, start_limit=90.0),
        )
        supervisor = Supervisor(
            kinds, Pulse(_ask_for_sign), Note(pid_file), settings.BASE_DIR
        )
        try:
            supervisor.run()
        except (AlreadyRunning, OSError) as problem:
            raise CommandError(str(problem)) from problem
        return None


def _require_life() -> None:
    beat = read_beats().get("worker")
    if beat is None or time.monotonic() - beat.heard_at > ALIVE_WITHIN:
        raise CommandError(f"No sign of the worker for {ALIVE_WITHIN:.0f} s.")


def _manage(command: str) -> tuple[str, ...]:
    # Checks load every page of the product, which these never show.
    return (sys.executable, "manage.py", command, "--skip-checks")


def _ask_for_sign() -> None:
    async_task("converge.schedule.heartbeat")
