"""Flows for tests: small graphs written short, published, and driven like the product does."""

from converge import clock
from flows import reacting, runs
from flows.graph import read, to_json
from flows.models import Flow, FlowTest, Run, Version
from inbox.ingest import ingest_once
from inbox.models import Message
from inbox.states import State
from tests import factories

KEYWORD = {"kind": "keyword", "words": ["menu"], "match": "contains"}
OPTIONS = [
    {"id": "a", "title": "Track order"},
    {"id": "b", "title": "Return"},
]


def step(pk: int, kind: str, edges: dict | None = None, **params) -> dict:
    return {"id": pk, "kind": kind, "params": params, "edges": edges or {}}


def say(pk: int, text: str = "Hello", **edges) -> dict:
    return step(pk, "sendMessage", edges, text=text)


def buttons(pk: int, a: int | None = None, b: int | None = None, **edges) -> dict:
    seconds = edges.pop("seconds", 0)
    own = {"option:a": a, "option:b": b} | edges
    return step(
        pk,
        "sendInteractive",
        {way: to for way, to in own.items() if to},
        text="Choose one:",
        options=OPTIONS,
        save_as="choice",
        timeout=seconds,
    )


def flow_data(*nodes: dict, triggers=(KEYWORD,), **fields) -> dict:
    first = nodes[0]["id"] if nodes else None
    data = {"triggers": list(triggers), "first": first, "nodes": list(nodes)}
    return to_json(read(data | fields))


def graph(*nodes: dict, **fields):
    return read(flow_data(*nodes, **fields))


def create_flow(workspace, *nodes: dict, name: str = "Welcome menu", **fields) -> Flow:
    data = flow_data(*nodes, **fields)
    return Flow.objects.create(
        workspace=workspace, name=name, draft=data, edited_at=clock.now()
    )


def publish(flow: Flow) -> Version:
    version = Version.objects.create(
        workspace=flow.workspace,
        flow=flow,
        number=flow.versions.count() + 1,
        graph=flow.draft,
        published_at=clock.now(),
    )
    flow.live_version = version
    flow.save(update_fields=["live_version"])
    return version


def create_live(workspace, *nodes: dict, **fields) -> Flow:
    flow = create_flow(workspace, *nodes, **fields)
    publish(flow)
    return flow


def work(rounds: int = 50) -> None:
    """What the ingest process does until nothing is left to do now."""
    for _ in range(rounds):
        done = ingest_once((reacting.react,)) + runs.wake_due()
        runs.stop_taken_over()
        if not done:
            return
    raise AssertionError("it never came to rest")


def sent_now(state: State = State.SENT) -> int:
    """Meta took everything that waits in the outbox."""
    return Message.objects.filter(state=State.QUEUED, direction=Message.OUT).update(
        state=state
    )


def settle(rounds: int = 50) -> None:
    """Work and send until nothing moves."""
    for _ in range(rounds):
        work()
        if not sent_now():
            return
    raise AssertionError("it never came to rest")


def write(number, body: str = "menu", **fields) -> dict:
    """A customer writes; everything that follows happens."""
    message = factories.text_message(body=body, **fields)
    factories.store(factories.envelope(number, [message]), number.kind)
    settle()
    return message


def press(number, payload: str, title: str = "Track order", **fields) -> dict:
    reply = {"id": payload, "title": title}
    content = {"type": "button_reply", "button_reply": reply}
    return write(number, type="interactive", interactive=content, **fields)


def bodies() -> list[str]:
    return list(
        Message.objects.filter(direction=Message.OUT)
        .order_by("at", "created_at")
        .values_list("body", flat=True)
    )


def only_run() -> Run:
    return Run.objects.get()


def button_of(message: Message, place: int = 0) -> str:
    return message.payload["content"]["action"]["buttons"][place]["reply"]["id"]


def flow_objects(workspace, conversation) -> dict:
    """One of everything an address of flows may name."""
    flow = create_live(workspace, say(2))
    run = runs.start_by_hand(conversation.id, flow.live_version_id, None)
    test = FlowTest.objects.create(
        workspace=workspace, flow=flow, name="Greets", script=[], expected=[]
    )
    return {
        "flow_id": flow.public_id,
        "run_id": run.public_id,
        "step": 2,
        "number": 1,
        "flow_test": test.id,
    }
