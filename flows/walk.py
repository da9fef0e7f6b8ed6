"""The words the engine speaks: where a run is, what can happen to it, what it wants done."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flows.graph import Node
from flows.messages import Content
from inbox.gate import Effect

# What a run may do without hearing from the customer, and in its whole life.
AT_ONCE_MAX, STEPS_MAX = 50, 1000
UNCERTAIN_FOR = timedelta(minutes=10)
CALL_FOR = timedelta(seconds=60)
VALUE_MAX = 500
# Seconds after which what a run did before no longer makes a loop.
QUIET_AFTER = 3600
ALIVE, FINISHED, STOPPED, FAILED = "alive", "finished", "stopped", "failed"
ANSWER, DELAY, SENT, CALL = "answer", "delay", "sent", "call"


@dataclass(frozen=True)
class World:
    """What a step may ask about: loaded before, never while advancing."""

    channel: str = "whatsapp"
    person: Mapping[str, str] = field(default_factory=dict)  # name, first_name, phone
    fields: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    is_open_hours: bool = True
    window_open: bool = True


@dataclass(frozen=True)
class Walk:
    """Where a run is. Nothing else is needed to go on."""

    seed: str = ""
    state: str = ALIVE
    node: int = 0
    waits_for: str = ""
    resume_at: datetime | None = None
    asked_at: datetime | None = None
    tries: int = 0
    steps_count: int = 0
    steps_at_once: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    detail: str = ""


# --- what can happen to a run ----------------------------------------------------


@dataclass(frozen=True)
class Start:
    """`at`: the step to begin with, when it is not the first one."""

    at: int | None = None


@dataclass(frozen=True)
class Said:
    """`choice` is the id of a button or row of ours: "o1" of step `choice_of`."""

    text: str
    at: datetime
    choice_of: int | None = None
    choice: str = ""
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Woke:
    pass


@dataclass(frozen=True)
class Refused:
    """The gate said no to what the run wanted to send."""

    reason: str
    sentence: str
    effect: Effect = Effect.ERROR_EDGE


@dataclass(frozen=True)
class Reported:
    """What became of the message: sent, failed or unknown."""

    state: str
    at: datetime
    sentence: str = ""


@dataclass(frozen=True)
class Called:
    is_fine: bool
    value: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Stop:
    """Somebody or something ends the run, whatever it waits for."""

    reason: str
    detail: str = ""


Event = Start | Said | Woke | Refused | Reported | Called | Stop

# --- what it wants done ------------------------------------------------------------


@dataclass(frozen=True)
class Send:
    node: Node
    content: Content


@dataclass(frozen=True)
class Tag:
    name: str
    is_set: bool


@dataclass(frozen=True)
class SetField:
    name: str
    value: str


@dataclass(frozen=True)
class Assign:
    to: str


@dataclass(frozen=True)
class HandOver:
    to: str


@dataclass(frozen=True)
class Call:
    method: str
    url: str
    body: str
    path: str


@dataclass(frozen=True)
class Step:
    """One line of the run's history."""

    node: int
    kind: str
    what: str
    edge: str = ""
    detail: str = ""


Action = Send | Tag | SetField | Assign | HandOver | Call | Step


def changed(world: World, action: Action) -> World:
    """What a step did is what the next one sees."""
    if isinstance(action, Tag):
        name = action.name.casefold()
        others = frozenset(t for t in world.tags if t.casefold() != name)
        return replace(world, tags=others | {action.name} if action.is_set else others)
    if isinstance(action, SetField):
        return replace(world, fields={**world.fields, action.name: action.value})
    return world
