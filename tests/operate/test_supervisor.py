"""The supervisor with real processes: tiny programs stand in for its children."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from converge import processes
from converge.supervisor.loop import Supervisor
from converge.supervisor.note import AlreadyRunning, Note
from converge.supervisor.pulse import Beat
from converge.supervisor.verdict import Kind
from tests.operate.waiting import PATIENCE, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
LOOK = 2.0

# Has a child of its own, as the job cluster does; both write down what they are told.
STUBBORN = """
import os, signal, sys, time
folder, patient = sys.argv[1], sys.argv[2] == "patient"
name = "main" if os.fork() else "grandchild"
def told(*_):
    open(f"{folder}/{name}-told", "w").close()
    if not patient:
        os._exit(0)
signal.signal(signal.SIGTERM, told)
open(f"{folder}/{name}-{os.getpid()}", "w").close()
while True:
    time.sleep(60)
"""


class FakePulse:
    """The database as the test wishes it; beats are given by hand."""

    def __init__(self):
        self.answers = True
        self.beats = {}
        self.status = {}

    def start(self):
        pass

    def is_answered(self):
        return self.answers

    def hear(self, name: str):
        at = datetime.now(UTC) + timedelta(seconds=len(self.beats))
        self.beats[name] = Beat(at, time.monotonic())


@pytest.fixture
def make_supervisor(tmp_path):
    made = []

    def make(*arguments: str, program: str = STUBBORN) -> Supervisor:
        command = (sys.executable, "-c", program, str(tmp_path), *arguments)
        kind = Kind("stub", command, silent_limit=10.0, start_limit=20.0)
        note = Note(tmp_path / "worker.json")
        supervisor = Supervisor((kind,), FakePulse(), note, CHECKOUT)
        made.append(supervisor)
        return supervisor

    yield make
    for supervisor in made:
        for child in supervisor.children:
            child.kill()


def pids(folder: Path, name: str) -> list[int]:
    return [int(path.name.split("-")[1]) for path in folder.glob(f"{name}-[0-9]*")]


def start(supervisor: Supervisor, folder: Path) -> processes.Process:
    supervisor.look(0.0)
    wait_until(lambda: pids(folder, "main") and pids(folder, "grandchild"))
    return supervisor.children[0].process


def test_a_child_that_dies_is_started_again_and_its_orphans_end(
    make_supervisor, tmp_path
):
    supervisor = make_supervisor("patient")
    first = start(supervisor, tmp_path)
    orphan = processes.find(pids(tmp_path, "grandchild")[0])

    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: not processes.is_alive(first))
    wait_until(lambda: supervisor.look(0.0) or supervisor.children[0].process != first)

    assert supervisor.children[0].starts == 2
    assert not processes.is_alive(orphan)


def test_a_wedged_child_is_killed_with_its_whole_session(make_supervisor, tmp_path):
    supervisor = make_supervisor("patient")
    first = start(supervisor, tmp_path)
    grandchild = processes.find(pids(tmp_path, "grandchild")[0])
    supervisor.pulse.hear("stub")
    supervisor.look(0.0)

    for _ in range(6):
        supervisor.look(LOOK)

    assert not processes.is_alive(first)
    assert not processes.is_alive(grandchild)
    assert processes.is_alive(supervisor.children[0].process)


def test_a_child_that_beats_is_left_alone(make_supervisor, tmp_path):
    supervisor = make_supervisor("patient")
    first = start(supervisor, tmp_path)

    for _ in range(30):
        supervisor.pulse.beats.clear()
        supervisor.pulse.hear("stub")
        supervisor.look(LOOK)

    assert processes.is_alive(first)
    assert supervisor.note.says_ready(processes.own())


def test_nobody_is_killed_while_the_database_is_away(make_supervisor, tmp_path):
    supervisor = make_supervisor("patient")
    first = start(supervisor, tmp_path)
    supervisor.pulse.hear("stub")
    for _ in range(5):
        supervisor.look(LOOK)
    supervisor.pulse.answers = False

    for _ in range(100):
        supervisor.look(LOOK)
    supervisor.pulse.answers = True
    for _ in range(4):
        supervisor.look(LOOK)

    assert processes.is_alive(first)


def test_a_machine_that_slept_does_not_take_its_sleep_for_silence(
    make_supervisor, tmp_path
):
    supervisor = make_supervisor("patient")
    first = start(supervisor, tmp_path)

    supervisor.look(8 * 3600.0)

    assert processes.is_alive(first)


def test_a_heartbeat_of_the_predecessor_does_not_count(make_supervisor, tmp_path):
    supervisor = make_supervisor("patient")
    supervisor.pulse.hear("stub")

    start(supervisor, tmp_path)
    supervisor.look(0.0)

    assert not supervisor.children[0].has_beaten


def test_only_the_first_process_of_a_child_is_told_to_stop(make_supervisor, tmp_path):
    supervisor = make_supervisor("obedient")
    first = start(supervisor, tmp_path)
    grandchild = processes.find(pids(tmp_path, "grandchild")[0])

    supervisor.stop()

    assert (tmp_path / "main-told").exists()
    assert not (tmp_path / "grandchild-told").exists()
    assert not processes.is_alive(first)
    assert not processes.is_alive(grandchild)


def test_a_child_that_dies_at_once_is_not_started_without_a_pause(make_supervisor):
    supervisor = make_supervisor(program="raise SystemExit(3)")

    supervisor.look(0.0)
    supervisor.children[0].popen.wait(PATIENCE)
    supervisor.look(0.0)

    assert supervisor.children[0].popen is None
    assert supervisor.children[0].starts == 1


SUPERVISOR = """
import sys
from pathlib import Path
from converge.supervisor.loop import Supervisor
from converge.supervisor.note import Note
from converge.supervisor.verdict import Kind
from tests.operate.test_supervisor import STUBBORN, FakePulse
folder = sys.argv[1]
kind = Kind("stub", (sys.executable, "-c", STUBBORN, folder, sys.argv[2]), 1000.0, 1000.0)
note = Note(Path(folder) / "worker.json")
Supervisor((kind,), FakePulse(), note, Path.cwd()).run()
"""


def run_supervisor(folder: Path, temper: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder), temper], cwd=CHECKOUT
    )


def is_noted(folder: Path) -> bool:
    return '"children": [{' in (folder / "worker.json").read_text()


def test_a_new_supervisor_ends_what_a_killed_one_left_behind(tmp_path):
    first = run_supervisor(tmp_path, "patient")
    wait_until(lambda: pids(tmp_path, "main") and pids(tmp_path, "grandchild"))
    wait_until(lambda: is_noted(tmp_path))
    orphans = [
        processes.find(pid)
        for name in ("main", "grandchild")
        for pid in pids(tmp_path, name)
    ]
    first.kill()
    first.wait(PATIENCE)
    survivors = [processes.is_alive(orphan) for orphan in orphans]

    second = run_supervisor(tmp_path, "obedient")
    wait_until(lambda: len(pids(tmp_path, "main")) == 2)

    try:
        assert survivors == [True, True]
        assert not any(processes.is_alive(orphan) for orphan in orphans)
    finally:
        second.terminate()
        assert second.wait(PATIENCE) == 0


def test_children_of_a_killed_supervisor_are_told_to_stop(tmp_path):
    supervisor = run_supervisor(tmp_path, "obedient")
    wait_until(lambda: pids(tmp_path, "main") and is_noted(tmp_path))

    supervisor.kill()
    supervisor.wait(PATIENCE)

    wait_until((tmp_path / "main-told").exists)
    Note(tmp_path / "worker.json").end_leftovers()  # the grandchild nobody told


def test_a_second_supervisor_leaves_the_first_alone(tmp_path):
    path = tmp_path / "worker.json"
    Note(path).write(())

    with pytest.raises(AlreadyRunning):
        Note(path).end_leftovers()


def test_a_stranger_with_a_recycled_process_id_is_never_killed(tmp_path):
    path = tmp_path / "worker.json"
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        known = processes.find(stranger.pid)
        Note(path).write([processes.Process(known.pid, known.started - 1)])
        of_a_dead_one = path.read_text().replace(f'"pid": {os.getpid()}', '"pid": 0', 1)
        path.write_text(of_a_dead_one)

        Note(path).end_leftovers()

        assert processes.is_alive(known)
    finally:
        stranger.kill()
        stranger.wait(PATIENCE)
