"""Writes one advance of a run: the walk as it changes, and the actions in order."""

from dataclasses import replace
from datetime import datetime

from flows.graph import Graph, Node
from flows.messages import Content
from flows.walk import (
    FINISHED,
    QUIET_AFTER,
    SENT,
    VALUE_MAX,
    Action,
    Send,
    Step,
    Walk,
    World,
    changed,
)
from inbox.placeholders import render


class Pen:
    """Writes one advance: the walk so far and the actions so far."""

    def __init__(self, graph: Graph, walk: Walk, world: World, now: datetime):
        self.graph, self.walk, self.world, self.now = graph, walk, world, now
        self.actions: list[Action] = []
        self.is_entering = False

    @property
    def node(self) -> Node | None:
        return self.graph.nodes.get(self.walk.node)

    @property
    def values(self) -> dict[str, str]:
        return {**self.world.fields, **self.world.person, **self.walk.variables}

    def render(self, text: str, most: int = VALUE_MAX) -> str:
        return render(text, self.values, most)

    def set(self, **changes) -> None:
        self.walk = replace(self.walk, **changes)

    def keep(self, name: str, value: str) -> None:
        if name:
            kept = {**self.walk.variables, name: str(value)[:VALUE_MAX]}
            self.set(variables=kept)

    def note(self, what: str, edge: str = "", detail: str = "") -> None:
        kind = self.node.kind if self.node else "trigger"
        self.actions.append(Step(self.walk.node, kind, what, edge, detail[:500]))

    def wait(self, what: str, until: datetime | None = None) -> None:
        self.set(waits_for=what, resume_at=until)

    def end(self, state: str, reason: str, detail: str = "") -> None:
        self.note(state, detail=detail)
        self.set(
            state=state, reason=reason, detail=detail[:300],
            waits_for="", resume_at=None,
        )  # fmt: skip
        self.is_entering = False

    def leave(self, *ways: str, detail: str = "", what: str = "left") -> bool:
        """Go on by the first of these ways that leads somewhere."""
        for way in ways:
            target = self.graph.follow(self.node, way)
            if target is not None:
                self.note(what, way, detail)
                self.enter(target)
                return True
        return False

    def enter(self, target: int) -> None:
        """Stand at a step; `engine.advance` walks on from there."""
        self.set(
            node=target,
            tries=0,
            waits_for="",
            resume_at=None,
            steps_count=self.walk.steps_count + 1,
            steps_at_once=self.walk.steps_at_once + 1,
        )
        self.is_entering = True

    def act(self, action: Action) -> None:
        """What it does is so for the steps that follow."""
        self.actions.append(action)
        self.world = changed(self.world, action)

    def send(self, content: Content) -> None:
        """Wait until Meta took it: the next step never overtakes this one."""
        self.wait(SENT)
        self.actions.append(Send(self.node, content))

    def rest(self, seconds: int) -> None:
        """Enough time passed, or the customer spoke: this is no loop."""
        if seconds >= QUIET_AFTER:
            self.set(steps_at_once=0)

    def go_on(self, *ways: str, detail: str = "") -> None:
        """… or finish: a step without a way out ends the flow."""
        if not self.leave(*ways, detail=detail):
            self.end(FINISHED, "END", detail)
