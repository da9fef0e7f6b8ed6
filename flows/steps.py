"""What happens when a run comes to a step. Pure; one function a kind."""

import hashlib
from datetime import timedelta

from flows import messages
from flows.graph import Node
from flows.nodes import NEXT, OTHERWISE, SHARE, YES
from flows.pen import Pen
from flows.walk import (
    ANSWER,
    CALL,
    CALL_FOR,
    DELAY,
    FINISHED,
    Assign,
    Call,
    HandOver,
    SetField,
    Tag,
)


def enter(pen: Pen) -> None:
    pen.is_entering = False
    ENTER[pen.node.kind](pen, pen.node)


def _enter_send(pen: Pen, node: Node) -> None:
    pen.send(messages.build(node, pen.walk.seed, pen.values))


def _enter_ask(pen: Pen, node: Node) -> None:
    if node.params["text"].strip():
        _enter_send(pen, node)
        return
    timeout = node.params["timeout"]
    pen.set(asked_at=pen.now.replace(microsecond=0))
    pen.wait(ANSWER, pen.now + timedelta(seconds=timeout) if timeout else None)
    pen.note("waits")


def _enter_hand_over(pen: Pen, node: Node) -> None:
    if node.params["text"].strip():
        _enter_send(pen, node)
    else:
        hand_over(pen, node)


def hand_over(pen: Pen, node: Node) -> None:
    pen.actions.append(HandOver(node.params["to"]))
    pen.end(FINISHED, "HANDED_OVER")


def _enter_condition(pen: Pen, node: Node) -> None:
    is_so = _holds(pen, node.params)
    pen.go_on(YES if is_so else OTHERWISE)


def _holds(pen: Pen, p: dict) -> bool:
    world, value = pen.world, pen.render(p["value"]).casefold()
    if p["about"] == "hours":
        return world.is_open_hours
    if p["about"] == "window":
        return world.window_open
    if p["about"] == "tag":
        return p["name"].casefold() in {t.casefold() for t in world.tags}
    found = world.channel if p["about"] == "channel" else ""
    if p["about"] in ("variable", "field"):
        source = world.fields if p["about"] == "field" else pen.values
        found = str(source.get(p["name"], ""))
    return COMPARE[p["op"]](found.casefold(), value)


def _numbers(a: str, b: str) -> tuple[float, float] | None:
    try:
        return float(a), float(b)
    except ValueError:
        return None


def _is_greater(a: str, b: str) -> bool:
    both = _numbers(a, b)
    return both[0] > both[1] if both else a > b


COMPARE = {
    "is": lambda a, b: a == b,
    "is_not": lambda a, b: a != b,
    "contains": lambda a, b: bool(b) and b in a,
    "exists": lambda a, b: a != "",
    "greater": _is_greater,
    "less": lambda a, b: _is_greater(b, a),
}


def _enter_split(pen: Pen, node: Node) -> None:
    """The same run always goes the same way at the same step."""
    shares = node.params["shares"]
    total = sum(share["percent"] for share in shares)
    if not total:
        pen.end(FINISHED, "END")
        return
    key = f"{pen.walk.seed}/{node.id}/{pen.walk.steps_count}"
    roll = int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") % total
    for share in shares:
        roll -= share["percent"]
        if roll < 0:
            pen.go_on(SHARE + share["id"], detail=share.get("name", ""))
            return


def _enter_delay(pen: Pen, node: Node) -> None:
    seconds = node.params["seconds"]
    pen.wait(DELAY, pen.now + timedelta(seconds=seconds))
    pen.note("waits")


def _enter_tag(pen: Pen, node: Node) -> None:
    name, is_set = pen.render(node.params["tag"], 40), node.kind == "setTag"
    if name:
        pen.act(Tag(name, is_set))
    pen.go_on(NEXT)


def _enter_field(pen: Pen, node: Node) -> None:
    name, value = node.params["field"], pen.render(node.params["value"])
    if name:
        pen.act(SetField(name, value))
    pen.go_on(NEXT)


def _enter_assign(pen: Pen, node: Node) -> None:
    pen.actions.append(Assign(node.params["to"]))
    pen.go_on(NEXT)


def _enter_call(pen: Pen, node: Node) -> None:
    p = node.params
    pen.wait(CALL, pen.now + CALL_FOR)
    body = messages.fill_body(p["body"], pen.values)
    url = messages.fill_url(p["url"], pen.values)
    pen.actions.append(Call(p["method"], url, body, p["path"]))


def _enter_go_to(pen: Pen, node: Node) -> None:
    pen.go_on(NEXT)


def _enter_end(pen: Pen, node: Node) -> None:
    pen.end(FINISHED, "END")


ENTER = {
    "sendMessage": _enter_send,
    "sendTemplate": _enter_send,
    "sendInteractive": _enter_send,
    "sendWaFlow": _enter_send,
    "ask": _enter_ask,
    "condition": _enter_condition,
    "split": _enter_split,
    "delay": _enter_delay,
    "setTag": _enter_tag,
    "removeTag": _enter_tag,
    "setField": _enter_field,
    "assign": _enter_assign,
    "callUrl": _enter_call,
    "handOver": _enter_hand_over,
    "goTo": _enter_go_to,
    "end": _enter_end,
}
