"""What a run does next: pure. `advance(graph, walk, event, world, now) → walk, actions`.

Nothing is asked and nothing is done here. Who calls it performs the actions, and tells
what became of a send or a call as the next event. The simulator calls the same function.
"""

from datetime import datetime, timedelta

from flows import answers, messages
from flows.graph import Graph, Node
from flows.nodes import ANSWERS, ERROR, NEXT, OPTION, OTHERWISE, TIMEOUT
from flows.pen import Pen
from flows.steps import enter, hand_over
from flows.walk import (
    ALIVE,
    ANSWER,
    AT_ONCE_MAX,
    CALL,
    DELAY,
    FAILED,
    FINISHED,
    SENT,
    STEPS_MAX,
    STOPPED,
    UNCERTAIN_FOR,
    Action,
    Called,
    Event,
    Refused,
    Reported,
    Said,
    Start,
    Stop,
    Walk,
    Woke,
    World,
)
from inbox.gate import Effect


def advance(
    graph: Graph, walk: Walk, event: Event, world: World, now: datetime
) -> tuple[Walk, tuple[Action, ...]]:
    """One event; the run as it is then, and what is to be done, in order."""
    if walk.state != ALIVE:
        return walk, ()
    pen = Pen(graph, walk, world, now)
    HEAR[type(event)](pen, event)
    while pen.is_entering:
        at_once, count = pen.walk.steps_at_once, pen.walk.steps_count
        if at_once > AT_ONCE_MAX or count > STEPS_MAX:
            pen.end(FAILED, "LOOP")
        elif pen.node is None:
            pen.end(FAILED, "BROKEN")
        else:
            enter(pen)
    return pen.walk, tuple(pen.actions)


def _hear_start(pen: Pen, event: Start) -> None:
    target = pen.graph.first if event.at is None else event.at
    if target is None:
        pen.end(FINISHED, "END")
        return
    pen.note("started", NEXT)
    pen.enter(target)


def _hear_said(pen: Pen, event: Said) -> None:
    node = pen.node
    if pen.walk.waits_for != ANSWER or node is None:
        return
    is_about_another = event.choice_of is not None and event.choice_of != node.id
    if is_about_another or (pen.walk.asked_at and event.at < pen.walk.asked_at):
        return
    pen.set(steps_at_once=0)
    HEAR_ANSWER[node.kind](pen, node, event)


def _hear_choice(pen: Pen, node: Node, event: Said) -> None:
    options = node.params["options"]
    place = next((i for i, o in enumerate(options) if o["id"] == event.choice), None)
    if place is None:
        place = answers.pick(event.text, [o["title"] for o in options])
    if place is None:
        pen.leave(OTHERWISE, detail=f"wrote “{event.text[:80]}”", what="otherwise")
        return
    chosen = options[place]
    pen.keep(node.params["save_as"], chosen["title"])
    pen.go_on(OPTION + chosen["id"], OTHERWISE, detail=f"chose {chosen['title']}")


def _hear_asked(pen: Pen, node: Node, event: Said) -> None:
    p = node.params
    value = answers.check(p["expects"], event.text, p["choices"])
    if value is not None:
        pen.keep(p["save_as"], value)
        pen.go_on(NEXT, detail=f"answered “{value[:80]}”")
    elif pen.walk.tries < p["tries"]:
        pen.set(tries=pen.walk.tries + 1)
        pen.note(
            "again",
            detail=f"“{event.text[:80]}” is not {ANSWERS[p['expects']].lower()}",
        )
        pen.send(messages.retry(node, pen.values))
    else:
        pen.leave(OTHERWISE, detail=f"wrote “{event.text[:80]}”", what="otherwise")


def _hear_form(pen: Pen, node: Node, event: Said) -> None:
    if event.form is None:
        pen.leave(OTHERWISE, detail=f"wrote “{event.text[:80]}”", what="otherwise")
        return
    prefix = node.params["save_as"] or "form"
    for key, value in list(event.form.items())[:30]:
        pen.keep(f"{prefix}_{key}"[:40], value)
    pen.go_on(NEXT, detail="sent the form")


def _hear_woke(pen: Pen, event: Woke) -> None:
    due = pen.walk.resume_at
    if due is None or due > pen.now or pen.node is None:
        return
    if pen.walk.waits_for == DELAY:
        pen.rest(pen.node.params["seconds"])
        pen.go_on(NEXT)
    elif pen.walk.waits_for == ANSWER:
        pen.rest(pen.node.params["timeout"])
        pen.go_on(TIMEOUT, OTHERWISE, detail="no answer in time")
    elif pen.walk.waits_for == SENT:
        _fail(pen, "UNKNOWN", "We do not know if this was sent.")
    elif pen.walk.waits_for == CALL:
        _fail(pen, "URL", "The URL did not answer in time.")


def _hear_refused(pen: Pen, event: Refused) -> None:
    if pen.walk.waits_for != SENT:
        return
    if event.effect is Effect.END_RUN:
        pen.end(STOPPED, event.reason, event.sentence)
        return
    _fail(pen, event.reason, event.sentence, what="refused")


def _hear_reported(pen: Pen, event: Reported) -> None:
    if pen.walk.waits_for != SENT:
        return
    if event.state == "unknown":
        if pen.walk.resume_at is None:
            pen.wait(SENT, pen.now + UNCERTAIN_FOR)
        return
    if event.state == "failed":
        _fail(pen, "FAILED", event.sentence)
        return
    node = pen.node
    if node.asks:
        timeout = node.params["timeout"]
        until = pen.now + timedelta(seconds=timeout) if timeout else None
        pen.set(asked_at=event.at.replace(microsecond=0))
        pen.wait(ANSWER, until)
    elif node.kind == "handOver":
        hand_over(pen, node)
    else:
        pen.go_on(NEXT)


def _hear_called(pen: Pen, event: Called) -> None:
    if pen.walk.waits_for != CALL:
        return
    if not event.is_fine:
        _fail(pen, "URL", event.sentence)
        return
    pen.keep(pen.node.params["save_as"], event.value)
    pen.go_on(NEXT, detail=event.sentence)


def _hear_stop(pen: Pen, event: Stop) -> None:
    pen.end(STOPPED, event.reason, event.detail)


def _fail(pen: Pen, reason: str, sentence: str, what: str = "failed") -> None:
    """By the error edge, else otherwise; what a channel cannot show is skipped."""
    node = pen.node
    if node.kind == "handOver":
        pen.note(what, detail=sentence)
        hand_over(pen, node)
        return
    ways = [ERROR, OTHERWISE] + ([NEXT] if reason == "CHANNEL" else [])
    kind = "skipped" if reason == "CHANNEL" else what
    if not pen.leave(*ways, detail=sentence, what=kind):
        pen.note(kind, detail=sentence)
        pen.end(FAILED, reason, sentence)


HEAR = {
    Start: _hear_start,
    Said: _hear_said,
    Woke: _hear_woke,
    Refused: _hear_refused,
    Reported: _hear_reported,
    Called: _hear_called,
    Stop: _hear_stop,
}
HEAR_ANSWER = {
    "sendInteractive": _hear_choice,
    "ask": _hear_asked,
    "sendWaFlow": _hear_form,
}
