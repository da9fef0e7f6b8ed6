"""`make run`: everything on this machine, tried with one address and one login."""

import http.client
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from converge import web
from converge.database import EmbeddedPostgres
from converge.start import output, static_files
from converge.start.child import Child
from converge.start.environment import chosen_ports, run_environment
from converge.start.migrations import Migrations
from converge.start.once import Once
from converge.start.ports import require_free
from converge.start.problems import StartProblem
from converge.start.stack import Stack, Stopped
from converge.start.welcome import box, read_login
from converge.supervisor.note import Note

START_PATIENCE = 120.0


def run(checkout: Path, _arguments: list[str]) -> int:
    with Once(checkout / "var") as once:
        trial = Trial(checkout, once)
        trial.require_ports()
        try:
            trial.up()
            trial.watch()
        except Stopped:
            output.say("stopping")
        finally:
            trial.down()
    return 0


class Trial:
    """Web, worker, simulator and database of one checkout."""

    def __init__(self, checkout: Path, once: Once):
        self.checkout = checkout
        self.folder = checkout / "var"
        self.once = once
        self.port, self.simulator_port = chosen_ports()
        ours = run_environment(self.folder, self.port, self.simulator_port)
        environment = os.environ | ours
        # Seven programs that compile every module anew would be a slow start.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.stack = Stack(checkout, environment)
        self.database: EmbeddedPostgres | None = None
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.began_at = time.time()
        # Started without manage.py, which would load Django only to hand over.
        self.simulator = Child("simulator", [sys.executable, "-m", "simulator"])
        self.web = Child(
            "web",
            web.command(host="127.0.0.1", port=self.port),
            environment={"CONVERGE_ROLE": "web"},
        )
        self.worker = Child("worker", _manage("worker"), patience=35.0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def phone_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}/phone/"

    def require_ports(self) -> None:
        require_free(self.port, "PORT")
        require_free(self.simulator_port, "SIMULATOR_PORT")

    def up(self) -> None:
        self.stack.listen_for_stops()
        self._start(self.simulator)
        self._open_database()
        self._migrate()
        self._collect_static_files()
        self._start(self.web)
        self._start(self.worker)
        self._await(self.simulator, self._simulator_answers)
        login = self._seed()
        self._await(self.web, self._web_answers)
        self._await(self.worker, self._worker_answers)
        output.say(f"ready after {time.time() - self.began_at:.1f} s")
        sys.stdout.write(f"\n{box(self.url, self.phone_url, login)}\n\n")
        sys.stdout.flush()

    def watch(self) -> None:
        self.stack.wait_until(lambda: False, self._tend)

    def down(self) -> None:
        self.stack.stop(("web", "worker"))
        if self.database:
            self.database.stop()
        output.say("stopped")

    def _start(self, child: Child) -> None:
        self.stack.start(child)
        self.once.note(self.url, self.stack.processes())

    def _open_database(self) -> None:
        if not self.database_url:
            self.database = EmbeddedPostgres(self.folder)
            self.database_url = self.database.start()
        self.stack.environment["DATABASE_URL"] = self.database_url

    def _migrate(self) -> None:
        migrations = Migrations(self.checkout, self.stack.environment)
        if not migrations.are_applied():
            output.say("preparing the database")
            migrate = Child("migrate", _manage("migrate", "--verbosity", "0"))
            self.stack.run_to_end(migrate)
            migrations.remember_applied()

    def _collect_static_files(self) -> None:
        if not static_files.are_collected(self.checkout, self.folder / "static"):
            collect = _manage("collectstatic", "--noinput", "--verbosity", "0")
            self.stack.run_to_end(Child("static files", collect))

    def _seed(self) -> dict[str, str]:
        demo = Child("demo", _manage("demo"))
        self.stack.run_to_end(demo)
        return read_login(demo.lines)

    def _await(self, child: Child, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_PATIENCE

        def has_answered() -> bool:
            if time.monotonic() > deadline:
                last = "\n".join(child.lines)
                raise StartProblem(
                    f"{child.name} did not answer within {START_PATIENCE:.0f} s."
                    f" Its last lines:\n{last}"
                )
            return answers()

        self.stack.wait_until(has_answered, self._tend)

    def _tend(self) -> None:
        if self.database and not self.database.server.is_running():
            output.say("PostgreSQL ended; starting it again")
            self.database.server.start()
        if self.stack.tend():
            self.once.note(self.url, self.stack.processes())

    def _web_answers(self) -> bool:
        return _status(self.port, "/readyz") == 200

    def _simulator_answers(self) -> bool:
        return _status(self.simulator_port, "/_/clock") == 200

    def _worker_answers(self) -> bool:
        return Note(self.folder / "worker.json").says_ready(self.worker.process)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _status(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
