"""When claimed calls begin: at their slots, and so that never too many of a number arrive
within a second.

One thread lets them through, so that the threads which make the calls never wait for a
turn. What a stall held up is made up for: faster than the slots, within the limit.
"""

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable

from inbox.claims import PEOPLE, Job
from inbox.pacing import CATCH_UP, SECOND

# Seconds by which the quickest call is forgotten, with every call.
FORGETS = 0.0005


class Line:
    """The calls of one number: those that wait, are under way, ended a moment ago.

    Pure; times are seconds of one clock. A slot belongs to the number, not to the job it
    was given out for: whoever is first in line takes the earliest.

    A call arrives somewhere between its beginning and its end, and only the way there
    and back of the quickest is certain. So a call keeps its place in the limit until a
    second after the latest moment it can have arrived, seen from the quickest.
    """

    def __init__(self, limit: int):
        self.limit = limit
        self.jobs: list[tuple] = []
        self.slots: list[float] = []
        self.order = itertools.count()
        self.last = -math.inf
        self.under_way: dict = {}  # attempt → when it began
        self.free_at: list[float] = []  # when the place of each ended call is free
        self.quickest = 0.0

    def __len__(self) -> int:
        return len(self.jobs)

    def add(self, job: Job, grant) -> None:
        self.limit = job.limit
        rank = (job.priority > PEOPLE, next(self.order))
        heapq.heappush(self.jobs, (rank, job, grant))
        heapq.heappush(self.slots, job.starts_at)

    def ready_at(self) -> float:
        """When its first may begin; never, before a call under way ends or one comes."""
        if not self.slots:
            return math.inf
        ready = max(self.slots[0], self.last + 1 / (self.limit * CATCH_UP))
        too_many = len(self.under_way) + len(self.free_at) - self.limit + 1
        if too_many <= 0:
            return ready
        if too_many > len(self.free_at):
            return math.inf
        return max(ready, heapq.nsmallest(too_many, self.free_at)[-1])

    def take(self, now: float) -> tuple:
        """The first job and its grant; they begin `now`."""
        while self.free_at and self.free_at[0] <= now:
            heapq.heappop(self.free_at)
        _, job, grant = heapq.heappop(self.jobs)
        heapq.heappop(self.slots)
        self.last = self.under_way[job.attempt] = now
        return job, grant

    def end(self, job: Job, now: float, *, has_called: bool) -> None:
        begun_at = self.under_way.pop(job.attempt)
        if not has_called:
            return
        self.quickest = min(now - begun_at, self.quickest + FORGETS)
        heapq.heappush(self.free_at, now - self.quickest + SECOND)


class Turnstile:
    """Gives jobs on to `let_through(job, grant)`, people's first, each when it may begin.

    Whoever makes the call says `end` afterwards.
    """

    def __init__(self, let_through: Callable):
        self.let_through = let_through
        self.lines: dict[int, Line] = {}
        self.plan: dict[int, float] = {}  # when each line is to be looked at
        self.next: list[
            tuple[float, int]
        ] = []  # heap; what is not in the plan is stale
        self.changed = threading.Condition()
        self.is_stopping = self.is_closed = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def add(self, jobs: list[tuple]) -> None:
        """Queue `(job, grant)` pairs."""
        with self.changed:
            for job, grant in jobs:
                line = self.lines.setdefault(job.number, Line(job.limit))
                line.add(job, grant)
            for number in {job.number for job, _ in jobs}:
                self._plan(number)

    def end(self, job: Job, *, has_called: bool) -> None:
        with self.changed:
            self.lines[job.number].end(job, time.monotonic(), has_called=has_called)
            self._plan(job.number)

    def waiting(self) -> dict[int, int]:
        """Number id → how many of its jobs have not begun."""
        with self.changed:
            return {number: len(line) for number, line in self.lines.items() if line}

    def stop(self) -> None:
        """Let everything through at once: from now on nothing begins, all is given back."""
        with self.changed:
            self.is_stopping = True
            for number in self.lines:
                self._plan(number)

    def close(self) -> None:
        """Let through what was added, then end the thread."""
        with self.changed:
            self.is_closed = True
            self.changed.notify()
        self.thread.join()

    def _plan(self, number: int) -> None:
        line = self.lines[number]
        at = 0.0 if line and self.is_stopping else line.ready_at()
        if at == self.plan.get(number):
            return
        self.plan[number] = at
        heapq.heappush(self.next, (at, number))
        if self.next[0] == (at, number):
            self.changed.notify()

    def _serve(self) -> None:
        while taken := self._take():
            self.let_through(*taken)

    def _take(self) -> tuple | None:
        """The next job whose time has come; None when there will be no more."""
        with self.changed:
            while (at := self._first()) > time.monotonic():
                if self.is_closed and not any(self.lines.values()):
                    return None
                self.changed.wait(_seconds_until(at))
            _, number = heapq.heappop(self.next)
            del self.plan[number]
            taken = self.lines[number].take(time.monotonic())
            self._plan(number)
            return taken

    def _first(self) -> float:
        """When the first line may let one through."""
        while self.next and self.plan.get(self.next[0][1]) != self.next[0][0]:
            heapq.heappop(self.next)
        return self.next[0][0] if self.next else math.inf


def _seconds_until(at: float) -> float | None:
    return None if at == math.inf else max(0.0, at - time.monotonic())
