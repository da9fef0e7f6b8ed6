"""Programs that run together: their output, their restarts, and the order of their end."""

import selectors
import signal
import time
from collections.abc import Callable
from pathlib import Path

from converge.processes import Process
from converge.start import output
from converge.start.child import Child
from converge.start.problems import StartProblem

TICK = 0.1
MOST_FAILURES = 3


class Stopped(Exception):
    """Ctrl-C or SIGTERM came while we waited for something."""


class Stack:
    def __init__(self, folder: Path, environment: dict[str, str]):
        self.folder = folder
        self.environment = environment
        self.children: list[Child] = []
        self.stops = 0
        self._selector = selectors.DefaultSelector()

    def listen_for_stops(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note_stop)

    def start(self, child: Child) -> None:
        child.start(self.folder, self.environment)
        self.children.append(child)
        self._selector.register(child.popen.stdout, selectors.EVENT_READ, child)

    def run_to_end(self, child: Child) -> None:
        """A program that does its work and ends, as `migrate` does."""
        self.start(child)
        self.wait_until(child.has_ended)
        self._end(child)
        if child.popen.returncode:
            raise StartProblem(f"{child.name} failed; its reason stands above.")

    def wait_until(self, condition: Callable[[], bool], tend=lambda: None) -> None:
        """Hand on output until the condition holds; `tend` looks after the living."""
        while not condition():
            self.pump()
            tend()
            if self.stops:
                raise Stopped

    def pump(self) -> None:
        for key, _events in self._selector.select(TICK):
            child = key.data
            if not child.read():
                self._selector.unregister(key.fileobj)

    def tend(self) -> bool:
        """Restart what died; give up on what dies at once, again and again."""
        dead = [child for child in self.children if child.has_ended()]
        for child in dead:
            self._restart(child)
        return bool(dead)

    def processes(self) -> list[Process]:
        return [child.process for child in self.children if child.process]

    def stop(self, first: tuple[str, ...]) -> None:
        """Those named first, in that order, then the rest; a second Ctrl-C hurries."""
        rank = {name: place for place, name in enumerate(first)}
        stops = self.stops
        for child in sorted(self.children, key=lambda c: rank.get(c.name, len(rank))):
            child.terminate()
            deadline = time.monotonic() + child.patience
            while self.stops == stops and not child.has_ended():
                if time.monotonic() > deadline:
                    output.say(f"{child.name} does not end; killing it")
                    break
                self.pump()
            self._end(child)

    def _restart(self, child: Child) -> None:
        code = child.popen.returncode
        self._end(child)
        if child.count_failure() >= MOST_FAILURES:
            last = "\n".join(child.lines)
            raise StartProblem(
                f"{child.name} ended at once {MOST_FAILURES} times (exit {code}), so"
                f" everything was stopped. Its last lines:\n{last}"
            )
        output.say(f"{child.name} ended (exit {code}); starting it again")
        self.start(child)

    def _end(self, child: Child) -> None:
        if child.popen.stdout in self._selector.get_map():
            self._selector.unregister(child.popen.stdout)
        child.end()
        self.children.remove(child)

    def _note_stop(self, _number, _frame) -> None:
        self.stops += 1
