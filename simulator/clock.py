"""The simulator's time, and everything that waits for it.

One offset is added to real time; windows, timestamps, lifetimes and delays all read
it, so a jump makes everything due at once, in order.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    def __init__(self) -> None:
        self.offset = 0.0
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def real(self) -> float:
        """Seconds that never jump; for measuring, not for telling the time."""
        return time.monotonic()

    def advance(self, seconds: float) -> None:
        self.offset += seconds
        self._run_due()

    def reset(self) -> None:
        self.offset = 0.0
        self._set_timer()

    def forget_all(self) -> None:
        self._waiting.clear()
        self._cancel_timer()

    def call_after(self, seconds: float, call: Callable[[], object]) -> None:
        """Run `call` when the simulator's clock has moved on by `seconds`."""
        if seconds <= 0:
            call()
            return
        due = self.now() + seconds
        heapq.heappush(self._waiting, (due, next(self._order), call))
        if self._timer is None or due < self._timer_at:
            self._set_timer()

    def _run_due(self) -> None:
        self._cancel_timer()
        now = self.now()
        try:
            while self._waiting and self._waiting[0][0] <= now:
                heapq.heappop(self._waiting)[2]()
        finally:
            self._set_timer()

    def _set_timer(self) -> None:
        self._cancel_timer()
        if self._waiting:
            self._timer_at = self._waiting[0][0]
            delay = max(0.0, self._timer_at - self.now())
            self._timer = asyncio.get_running_loop().call_later(delay, self._run_due)

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
