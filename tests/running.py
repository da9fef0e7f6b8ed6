"""The product as it really runs: processes of its own, a database of its own, a simulator.

Tests that need it talk to it as the world does, over HTTP, and look into its database.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import requests

from tests.simulator.simulated import Simulated, find_free_port, wait_until

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
SERVER = "uvicorn converge.asgi:application --host 127.0.0.1 --lifespan on"
COMMANDS = {
    "web": [PYTHON, "-m", *SERVER.split(), "--timeout-graceful-shutdown", "2"],
    "ingest": [PYTHON, "manage.py", "ingest"],
    "deliver": [PYTHON, "manage.py", "deliver"],
    "qcluster": [PYTHON, "manage.py", "qcluster"],
}
START_GUARD = 60


class Running:
    """Start with `start`, stop with `stop`; processes may be killed and begun again."""

    def __init__(
        self, folder: Path, *, server_url: str, name: str = "running", **settings
    ):
        self.folder = folder
        self.server_url = server_url
        self.name = name
        self.port, self.simulator_port = find_free_port(), find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.simulator = Simulated(f"http://127.0.0.1:{self.simulator_port}", folder)
        self.processes: dict[str, subprocess.Popen] = {}
        self.environment = self._environment(settings)

    def _environment(self, settings: dict) -> dict:
        simulator = self.simulator.url
        return (
            os.environ
            | {
                "DATABASE_URL": self.database_url,
                "DEMO": "1",
                "PUBLIC_URL": self.url,
                "ALLOWED_HOSTS": "127.0.0.1",
                "GRAPH_URL": simulator,
                "INSTAGRAM_GRAPH_URL": simulator,
                "FACEBOOK_DIALOG_URL": simulator,
                "FACEBOOK_SDK_URL": f"{simulator}/en_US/sdk.js",
                "INSTAGRAM_AUTH_URL": simulator,
                "INSTAGRAM_TOKEN_URL": simulator,
                "META_APP_ID": "simulated-app",
                "META_APP_SECRET": "simulated-secret",
                "META_VERIFY_TOKEN": "simulated-verify-token",
                "SIMULATOR_PORT": str(self.simulator_port),
                "STATIC_ROOT": str(ROOT / "var" / "test" / "static"),
                "MEDIA_ROOT": str(self.folder / "media"),
                "PYTHONUNBUFFERED": "1",
                "DJANGO_SETTINGS_MODULE": "converge.settings",
                "TZ": "Europe/London",
            }
            | {key: str(value) for key, value in settings.items()}
        )

    @property
    def database_url(self) -> str:
        head, _, query = self.server_url.partition("?")
        base = head.rsplit("/", 1)[0]
        return f"{base}/{self.name}" + (f"?{query}" if query else "")

    # --- life ---------------------------------------------------------------------

    def create_database(self) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self.name} TEMPLATE template0")
        self.manage("migrate", "--verbosity", "0")

    def start(self, *names: str) -> None:
        self.start_simulator()
        for name in names or COMMANDS:
            self.begin(name)
        if not names or "web" in names:
            self.wait_for_web()

    def start_simulator(self) -> None:
        command = [
            *(PYTHON, "-m", "simulator", "--quiet"),
            *("--port", str(self.simulator_port), "--product", self.url),
        ]
        self.processes["simulator"] = self._spawn("simulator", command)
        wait_until(self.simulator.is_listening)
        self.simulator.reset()

    def begin(self, name: str) -> subprocess.Popen:
        command = COMMANDS[name] + (["--port", str(self.port)] if name == "web" else [])
        self.processes[name] = self._spawn(name, command)
        return self.processes[name]

    def begin_and_wait(self, name: str) -> None:
        """… until it gave its first sign of life."""
        self.sql("DELETE FROM converge_heartbeat WHERE name LIKE %s", f"{name}@%")
        self.begin(name)
        self.wait_for(
            "SELECT EXISTS (SELECT FROM converge_heartbeat WHERE name LIKE %s)",
            f"{name}@%",
        )

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | {"CONVERGE_ROLE": name},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_for_web(self) -> None:
        def answers():
            try:
                return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
            except requests.RequestException:
                return False

        wait_until(answers, START_GUARD)

    def kill(self, name: str) -> None:
        """The process and everything it started, at once, without a word."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def end(self, name: str) -> None:
        """Asked to end, and given the time (only the first process is told)."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(60)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for name, process in self.processes.items():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
                raise AssertionError(f"{name} did not end") from None
        self.processes.clear()

    # --- its tools and rows ---------------------------------------------------------

    def manage(self, *arguments: str, guard: float = 300) -> str:
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=guard,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def demo(self) -> dict:
        """Seed the demo workspace; how to sign in."""
        return json.loads(self.manage("demo").strip().splitlines()[-1])

    def synth(self, conversations: int, messages: int) -> dict:
        """Fill an empty database for tests of scale; how to sign in."""
        size = ["--conversations", str(conversations), "--messages", str(messages)]
        return json.loads(self.manage("synth", *size, guard=4 * 3600).splitlines()[-1])

    def sql(self, query: str, *params) -> list[tuple]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, params)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *params):
        """The single value a query gives."""
        return self.sql(query, *params)[0][0]

    def wait_for(self, query: str, *params, guard: float = 60):
        """Until the query's single value is true."""
        return wait_until(lambda: self.one(query, *params), guard)

    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def wait_until_quiet(self, guard: float = 60) -> None:
        """Everything received is applied and nothing waits to leave."""
        self.wait_for(
            "SELECT NOT EXISTS (SELECT FROM numbers_webhookevent WHERE state = 'waiting')"
            " AND NOT EXISTS (SELECT FROM inbox_message"
            " WHERE state IN ('queued', 'sending'))",
            guard=guard,
        )


def collect_static() -> None:
    """Once a session: the hashed files the real server hands out."""
    folder = ROOT / "var" / "test" / "static"
    newest = max(p.stat().st_mtime for p in (ROOT / "static").rglob("*"))
    manifest = folder / "staticfiles.json"
    if manifest.exists() and manifest.stat().st_mtime > newest:
        return
    environment = os.environ | {"STATIC_ROOT": str(folder)}
    subprocess.run(
        [PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    manifest.touch()
