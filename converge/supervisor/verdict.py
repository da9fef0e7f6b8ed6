"""The decision about one supervised child: pure, facts in and an action out."""

import enum
from dataclasses import dataclass

LONGEST_BACKOFF = 30.0


@dataclass(frozen=True)
class Kind:
    name: str
    command: tuple[str, ...]
    silent_limit: float
    """Seconds without a heartbeat after which the child is taken for wedged."""
    start_limit: float = 60.0
    """The same for a child that has not had its first heartbeat yet."""


@dataclass(frozen=True)
class Facts:
    kind: Kind
    is_running: bool
    database_answers: bool
    has_beaten: bool
    silent_for: float
    """Seconds of silence we watched, with the database answering all the while."""
    dead_for: float
    deaths: int
    """Deaths in a row, each within seconds of its start."""


class Action(enum.Enum):
    LEAVE = "leave"
    START = "start"
    KILL = "kill"


def verdict(facts: Facts) -> Action:
    if not facts.is_running:
        is_due = facts.dead_for >= backoff(facts.deaths)
        return Action.START if is_due else Action.LEAVE
    if not facts.database_answers:
        return Action.LEAVE
    kind = facts.kind
    limit = kind.silent_limit if facts.has_beaten else kind.start_limit
    return Action.KILL if facts.silent_for > limit else Action.LEAVE


def backoff(deaths: int) -> float:
    """Seconds to wait before the next start: none after a long life, then 1, 2, 4 …"""
    return min(LONGEST_BACKOFF, 2.0 ** (deaths - 1)) if deaths else 0.0
