"""What flows cost: the engine alone, a crowd that is due at once, and every message."""

import statistics
import time
import uuid
from datetime import UTC, datetime

from django.db import connection

from business_numbers.models import Number
from converge import clock
from flows import reacting, runs
from flows.engine import advance
from flows.graph import read
from flows.models import Flow, Run, Version
from flows.walk import Reported, Said, Start, Walk, World
from inbox import outbox
from inbox.gate import Sender
from inbox.ingest import ingest_once
from inbox.models import Conversation
from tests.benchmarks import report
from tests.benchmarks.load import webhook
from tests.running import Running

DUE, LIVE = 10_000, 200
BATCHES, SINGLES = 5, 300
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
DELAY_MAX = 1.3


def node(pk: int, kind: str, edges: dict | None = None, **params) -> dict:
    return {"id": pk, "kind": kind, "params": params, "edges": edges or {}}


MENU = {
    "triggers": [{"kind": "keyword", "words": ["menu"], "match": "contains"}],
    "first": 2,
    "nodes": [
        node(2, "sendMessage", {"next": 3}, text="Hi {{first_name}}"),
        node(3, "ask", {"next": 4}, text="Which order?", save_as="order"),
        node(4, "condition", {"yes": 5, "otherwise": 5}, about="tag", name="vip"),
        node(5, "setTag", {"next": 6}, tag="asked"),
        node(6, "sendMessage", {}, text="Order {{order}}"),
    ],
}


def walk_in_memory() -> None:
    """Steps a second of the pure engine, in one process."""
    graph, world = read(MENU), World(person={"first_name": "Amina"})
    steps, begun_at = 0, time.perf_counter()
    while time.perf_counter() - begun_at < 2:
        walk = Walk(seed="s", waits_for="start")
        for event in (Start(), SENT, SENT, Said("47790", NOW), SENT):
            walk, _ = advance(graph, walk, event, world, NOW)
        steps += walk.steps_count
    report.row("engine steps in memory", f"{steps / 2:,.0f} steps/s")


SENT = Reported("sent", NOW)


def match_every_message(number: str, waba: str) -> None:
    """Ingest with 200 live flows that do not fit, against ingest alone, in turns."""
    _forget_flows()
    workspace = _workspace(number)
    for n in range(LIVE):
        _make_live(workspace, f"Flow {n}", _listening_for(f"word{n}"))
    without, having = [], []
    for _ in range(3):
        without.append(_ingest(number, waba, ()))
        having.append(_ingest(number, waba, (reacting.react,)))
    for name, place in (("one message a batch", 0), ("100 messages a batch", 1)):
        alone = statistics.median(found[place] for found in without)
        beside = statistics.median(found[place] for found in having)
        added = (beside - alone) * 1000
        report.row(
            f"200 live flows: ingest against ingest alone, {name}",
            f"{beside / alone:.2f} × (+{added:.2f} ms)",
            f"≤ {DELAY_MAX}",
            beside / alone <= DELAY_MAX,
        )
    _forget_flows()


def _listening_for(word: str) -> dict:
    trigger = {"kind": "keyword", "words": [word], "match": "contains"}
    return MENU | {"triggers": [trigger]}


def _ingest(number: str, waba: str, reactions) -> tuple[float, float]:
    """Median seconds a message, alone and in a batch."""
    singles = [_timed(number, waba, 1, reactions) for _ in range(SINGLES)]
    batches = [_timed(number, waba, 100, reactions) / 100 for _ in range(BATCHES)]
    return statistics.median(singles), statistics.median(batches)


def _timed(number: str, waba: str, each: int, reactions) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO numbers_webhookevent (channel, body) VALUES ('whatsapp', %s)",
            [webhook(number, waba, each)[1]],
        )
    begun_at = time.perf_counter()
    ingest_once(reactions)
    return time.perf_counter() - begun_at


def drain_due(running, number: str, waba: str) -> None:
    """10,000 runs due at once, while agents keep answering."""
    _forget_flows()
    running.sql("TRUNCATE inbox_contact, numbers_webhookevent CASCADE")
    _fill(number, waba)
    workspace = _workspace(number)
    data = MENU | {
        "nodes": [
            node(2, "delay", {"next": 3}, seconds=60),
            node(3, "setTag", tag="due"),
        ]
    }
    version = _make_live(workspace, "Due", data)
    _write_due(version)
    waits, begun_at, took = [], time.perf_counter(), 0.0
    conversations = list(Conversation.objects.values_list("id", flat=True)[:50])
    while Run.objects.filter(state=Run.ALIVE).exists():
        pause = time.perf_counter()
        if conversations:
            _answer(conversations.pop())
            waits.append(time.perf_counter() - pause)
        round_at = time.perf_counter()
        for _ in range(10):
            runs.wake_due(25)
        took += time.perf_counter() - round_at
    report.row(
        f"{DUE:,} runs due at once, drained",
        f"{took / DUE * 1000:.1f} ms a run",
        f"{time.perf_counter() - begun_at:.0f} s, one process",
    )
    report.milliseconds("an agent’s reply queued meanwhile", waits, most_p95=250)
    _forget_flows()


def _fill(number: str, waba: str) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO numbers_webhookevent (channel, body) VALUES ('whatsapp', %s)",
            [[webhook(number, waba, 100, people=10**8)[1]] for _ in range(DUE // 99)],
        )
    while ingest_once():
        pass


def _write_due(version: Version) -> None:
    now = clock.now()
    made = [
        Run(
            workspace_id=version.workspace_id,
            flow_id=version.flow_id,
            version=version,
            conversation_id=pk,
            contact_id=contact,
            began_with=str(uuid.uuid4()),
            generation=0,
            node=2,
            waits_for="delay",
            resume_at=now,
            heard_at=now,
            started_at=now,
        )
        for pk, contact in Conversation.objects.values_list("id", "contact_id")[:DUE]
    ]
    Run.objects.bulk_create(made, batch_size=1000)
    if len(made) != DUE:
        raise AssertionError(f"{len(made)} people of {DUE}")


def _answer(conversation: int) -> None:
    outbox.queue(conversation, outbox.Draught("text", "Here I am"), sender=Sender.AGENT)


def _workspace(number: str) -> int:
    return Number.objects.get(meta_id=number).workspace_id


def _make_live(workspace: int, name: str, data: dict) -> Version:
    now = clock.now()
    flow = Flow.objects.create(
        workspace_id=workspace, name=name, draft=data, edited_at=now
    )
    version = Version.objects.create(
        workspace_id=workspace, flow=flow, number=1, graph=data, published_at=now
    )
    flow.live_version = version
    flow.save(update_fields=["live_version"])
    return version


def _forget_flows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE flows_flow CASCADE")


def measure(running: Running, login: dict) -> None:
    number, waba = running.simulator.number, running.simulator.waba
    walk_in_memory()
    match_every_message(number, waba)
    drain_due(running, number, waba)
