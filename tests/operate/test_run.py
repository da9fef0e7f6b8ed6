"""`make run` as a person meets it: the whole product, in a copy of the checkout."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from converge.database import EmbeddedPostgres
from tests.operate.unprivileged import AS_NOBODY, NOBODY, find_interpreter
from tests.operate.waiting import PATIENCE, free_port, processes_in, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "tests"
)


class Copy:
    """A checkout in a folder with a space in its name, and the copies started there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.ports = {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}
        self.url = f"http://127.0.0.1:{self.ports['PORT']}"
        self.started: list[subprocess.Popen] = []
        self.home = EmbeddedPostgres(folder / "var").home

    def start(self, program=sys.executable, environment=(), **popen):
        clean = {k: v for k, v in os.environ.items() if k not in SET_BY_TESTS}
        with self.log(len(self.started)).open("w") as log:
            launcher = subprocess.Popen(
                [program, "-m", "converge.start", "run"],
                cwd=self.folder,
                env=clean | self.ports | dict(environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                **popen,
            )
        self.started.append(launcher)
        return launcher

    def log(self, number: int) -> Path:
        return self.folder / f"start-{number}.log"

    def await_box(self) -> str:
        launcher, log = self.started[-1], self.log(len(self.started) - 1)
        wait_until(lambda: launcher.poll() is not None or "Ctrl-C" in log.read_text())
        assert launcher.poll() is None, log.read_text()
        return log.read_text()

    def running(self) -> list[str]:
        return processes_in(self.folder, self.home)


SET_BY_TESTS = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "CONVERGE_ROLE", "PUBLIC_URL")


@pytest.fixture
def copy():
    parent = Path(tempfile.mkdtemp(prefix="converge-test-"))
    parent.chmod(0o755)
    folder = parent / "a checkout"
    shutil.copytree(CHECKOUT, folder, ignore=LEFT_OUT)
    copy = Copy(folder)
    yield copy
    for launcher in copy.started:
        if launcher.poll() is None:
            launcher.terminate()
            launcher.wait(PATIENCE)
    wait_until(lambda: copy.running() == [])
    shutil.rmtree(parent)
    if copy.home.parent != folder:
        shutil.rmtree(copy.home, ignore_errors=True)


def status(port: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_one_command_shows_one_address_and_stops_without_a_trace(copy):
    launcher = copy.start()
    text = copy.await_box()
    second = copy.start()
    second.wait(PATIENCE)

    assert re.search(rf"Converge +{copy.url} ", text)
    assert status(copy.ports["PORT"], "/readyz") == 200
    assert second.returncode == 1
    assert f"already running at {copy.url}" in copy.log(1).read_text()

    launcher.send_signal(signal.SIGINT)

    assert launcher.wait(PATIENCE) == 0
    assert copy.running() == []


def test_a_killed_launcher_leaves_nothing_and_the_next_start_works(copy):
    launcher = copy.start()
    copy.await_box()

    launcher.kill()
    launcher.wait(PATIENCE)
    wait_until(lambda: copy.running() == [])
    copy.start()

    assert "preparing the database" not in copy.await_box()


def test_an_ordinary_user_runs_it_too(copy):
    interpreter = find_interpreter()
    if interpreter is None:
        pytest.skip("needs root and an interpreter that an unprivileged user can reach")
    for path in (copy.folder, *copy.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)

    launcher = copy.start(interpreter.program, interpreter.environment, **AS_NOBODY)
    copy.await_box()
    launcher.terminate()

    assert launcher.wait(PATIENCE) == 0
    assert processes_in(copy.folder) == []
    assert (copy.folder / "var" / "pg18").is_dir()


def test_a_taken_port_is_said_with_its_holder_and_the_way_out(copy):
    with socket.create_server(("127.0.0.1", int(copy.ports["PORT"]))):
        launcher = copy.start()

        assert launcher.wait(PATIENCE) == 1

    text = copy.log(0).read_text()
    assert f"Port {copy.ports['PORT']} is taken by" in text
    assert f"(process {os.getpid()})" in text
    assert "make run PORT=" in text


def test_secrets_are_drawn_once_and_are_for_the_owner_alone(copy):
    with socket.create_server(("127.0.0.1", int(copy.ports["PORT"]))):
        copy.start().wait(PATIENCE)
        path = copy.folder / "var" / "env"
        first = path.read_text()
        copy.start().wait(PATIENCE)

    assert path.stat().st_mode & 0o777 == 0o600
    assert re.search(r"^ENCRYPTION_KEYS=k1:[A-Za-z0-9+/]{43}=$", first, re.M)
    assert path.read_text() == first
