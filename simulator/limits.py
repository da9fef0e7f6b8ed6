"""Meta's rates: throughput of a number, pair rate, people per day of a portfolio."""

import time
from collections import defaultdict, deque

from simulator.clock import Clock

PAIR_GAP = 6.0  # seconds per message to one person
PAIR_BURST = 45
DAY = 86_400


class Limits:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._second: dict[str, deque[float]] = defaultdict(deque)
        self._pair_free_at: dict[tuple[str, str], float] = {}
        self._reached: dict[str, float] = {}  # person id → conversation opened at
        self._marketing: dict[str, deque[float]] = defaultdict(deque)

    def take_throughput(self, number_id: str, limit: int) -> bool:
        """Room in the last real second? Clock jumps do not count here."""
        now = time.monotonic()
        second = self._second[number_id]
        while second and now - second[0] >= 1:
            second.popleft()
        if len(second) >= limit:
            return False
        second.append(now)
        return True

    def count_inbound(self, number_id: str) -> None:
        self._second[number_id].append(time.monotonic())

    def take_pair(self, number_id: str, person_id: str) -> bool:
        """A burst of 45, each message borrowing six seconds from the future."""
        now = self.clock.now()
        key = (number_id, person_id)
        free_at = max(self._pair_free_at.get(key, 0.0), now)
        if free_at - now > PAIR_GAP * (PAIR_BURST - 1):
            return False
        self._pair_free_at[key] = free_at + PAIR_GAP
        return True

    def take_portfolio(self, person_id: str, limit: int | None) -> bool:
        """One place per person and rolling day; whoever has one needs no other."""
        now = self.clock.now()
        if now - self._reached.get(person_id, -DAY) < DAY:
            return True
        if limit is not None and self.count_reached() >= limit:
            return False
        self._reached.pop(person_id, None)
        self._reached[person_id] = now
        return True

    def count_reached(self) -> int:
        """People reached in the last day; entries lie in order of time."""
        oldest = self.clock.now() - DAY
        while self._reached:
            person_id, at = next(iter(self._reached.items()))
            if at > oldest:
                break
            del self._reached[person_id]
        return len(self._reached)

    def take_marketing(self, person_id: str, cap: int) -> bool:
        now = self.clock.now()
        week = self._marketing[person_id]
        while week and now - week[0] >= 7 * DAY:
            week.popleft()
        if len(week) >= cap:
            return False
        week.append(now)
        return True
