"""Programs that run together, with tiny stand-ins: restarts, giving up, and the end."""

import sys

import pytest

from converge import processes
from converge.start.child import Child
from converge.start.problems import StartProblem
from converge.start.stack import Stack
from tests.operate.waiting import wait_until

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)"
)
REPORTING = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit());"
    "\ntry:\n    print('up', flush=True); time.sleep(600)\n"
    "finally: open('ends', 'a').write(sys.argv[1])"
)


@pytest.fixture
def stack(tmp_path):
    stack = Stack(tmp_path, {"PATH": "/usr/bin:/bin"})
    yield stack
    stack.stop(())


def program(name: str, text: str, **options) -> Child:
    return Child(name, [sys.executable, "-c", text, name], **options)


def start(stack: Stack, *children: Child) -> None:
    for child in children:
        stack.start(child)
    stack.wait_until(lambda: all("up" in child.lines for child in children))


def test_every_line_carries_the_name_of_its_program(stack, capsys):
    start(stack, program("web", SLEEPER))

    assert capsys.readouterr().out == "web       │ up\n"


def test_a_program_that_dies_is_started_again_and_that_is_said(stack, capsys):
    web = program("web", SLEEPER)
    start(stack, web)
    first = web.process

    processes.send(first, 9)
    wait_until(web.has_ended)
    was_restarted = stack.tend()

    assert was_restarted
    assert web.process != first
    assert "web ended (exit -9); starting it again" in capsys.readouterr().out


def test_a_program_that_dies_at_once_three_times_stops_everything(stack):
    web = program("web", "raise SystemExit('no such port')")
    stack.start(web)

    with pytest.raises(StartProblem, match=r"(?s)3 times \(exit 1\).*no such port"):
        stack.wait_until(lambda: False, stack.tend)


def test_a_program_that_fails_its_one_task_stops_the_start(stack):
    with pytest.raises(StartProblem, match="migrate failed"):
        stack.run_to_end(program("migrate", "raise SystemExit(1)"))


def test_programs_end_in_the_order_asked_for(stack, tmp_path):
    start(stack, *(program(name, REPORTING) for name in ("c", "b", "a")))

    stack.stop(("a", "b"))

    assert (tmp_path / "ends").read_text() == "abc"


def test_a_program_that_does_not_end_is_killed_after_its_patience(stack):
    web = program("web", STUBBORN, patience=0.1)
    start(stack, web)

    stack.stop(("web",))

    assert web.popen.returncode == -9


def test_the_second_interrupt_hurries_the_end(stack):
    web = program("web", STUBBORN, patience=3600.0)
    start(stack, web)
    pump, stack.pump = stack.pump, lambda: stack._note_stop(2, None) or pump()

    stack.stop(("web",))

    assert web.popen.returncode == -9


def test_a_program_that_closes_its_output_and_lives_is_no_busy_loop(stack):
    text = "import os, time; print('up', flush=True); os.close(1); os.close(2);"
    start(stack, program("web", text + "time.sleep(600)"))

    stack.wait_until(lambda: not stack._selector.get_map())

    assert not stack.tend()
