"""From the outbox to Meta: throughput, pace, and a person's reply among a hundred thousand."""

import json
import queue
import threading
import time
import uuid

import requests

from tests.benchmarks import report
from tests.running import Running

THREADS = 32
SENDS = 3000
PACE_LIMIT, PACE_FOR = 80, 12
WAITING = 100_000
REPLIES = 40

QUEUE = """
INSERT INTO inbox_message (
  id, workspace_id, conversation_id, contact_id, number_id, direction, origin, kind,
  body, payload, wamid, reply_to, at, seq, created_at, state, decision, error_text,
  priority, generation, due_at, tries)
SELECT gen_random_uuid(), c.workspace_id, c.id, c.contact_id, c.number_id, 'out', %s,
  'text', 'Hello', '{}', '', '', now() + n * interval '1 microsecond', 0, now(),
  'queued', '{}', '', %s, 0, now(), 0
FROM generate_series(1, %s) AS n
JOIN inbox_conversation c ON c.id = (SELECT min(id) FROM inbox_conversation) + n %% %s
"""


def prepare(running: Running, number: str, people: int = SENDS) -> None:
    """People who just wrote, known to both sides, so windows are open."""
    running.sql("TRUNCATE inbox_contact, numbers_webhookevent CASCADE")
    wanted = {"number": number, "customers": people, "messages": people, "batch": 200}
    running.simulator.control("POST", "inbound/bulk", wanted)
    running.begin("ingest")
    running.wait_for("SELECT count(*) = %s FROM inbox_conversation", people)
    running.end("ingest")


def deliver_fast(running: Running, number: str) -> None:
    """`deliver` against a bare loop of the same threads that does nothing but send."""
    running.simulator.control("POST", "numbers/" + number, {"mps": 100_000})
    running.sql("UPDATE numbers_number SET limit_per_second = 100000")
    bare = max(_bare_loop(running, number) for _ in range(2))
    ours = max(_outbox(running) for _ in range(2))
    report.ratio("sends/s, deliver against a bare requests loop", ours, bare, 0.8)


def _bare_loop(running: Running, number: str) -> float:
    token = running.simulator.token
    work: queue.SimpleQueue = queue.SimpleQueue()
    people = [
        row[0]
        for row in running.sql(
            "SELECT value FROM inbox_identity WHERE kind = 'wa_id' LIMIT %s", SENDS
        )
    ]
    for place in range(SENDS):
        work.put(people[place % len(people)])

    def send() -> None:
        with requests.Session() as session:
            session.trust_env = False
            while True:
                try:
                    person = work.get_nowait()
                except queue.Empty:
                    return
                body = {
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    "to": f"+{person}",
                    "type": "text",
                    "text": {"body": "Hello", "preview_url": False},
                    "biz_opaque_callback_data": str(uuid.uuid4()),
                }
                answer = session.post(
                    f"{running.simulator.url}/v23.0/{number}/messages",
                    data=json.dumps(body).encode(),
                    headers={
                        "Authorization": f"Bearer {token}",
                        "Content-Type": "application/json",
                    },
                    timeout=10,
                )
                answer.json()

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    begun_at = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return SENDS / (time.perf_counter() - begun_at)


def _outbox(running: Running) -> float:
    people = running.one("SELECT count(*) FROM inbox_conversation")
    running.end("deliver")
    running.sql(QUEUE, "agent", 0, min(SENDS, people), people)
    waiting = running.one("SELECT count(*) FROM inbox_message WHERE state = 'queued'")
    first = running.simulator.control("GET", "journal/summary")["accepted"]
    running.begin("deliver")
    running.wait_for(
        "SELECT NOT EXISTS (SELECT FROM inbox_message WHERE state IN ('queued','sending'))"
    )
    entries = _journal_since(running, first)
    if len(entries) != waiting:
        raise AssertionError(f"{len(entries)} accepted of {waiting}")
    return len(entries) / (entries[-1]["real_at"] - entries[0]["real_at"])


def keep_pace(running: Running, number: str) -> None:
    """Never above the limit in any second, and close to it all the time."""
    running.sql("UPDATE numbers_number SET limit_per_second = %s", PACE_LIMIT)
    count = PACE_LIMIT * PACE_FOR
    people = running.one("SELECT count(*) FROM inbox_conversation")
    first = running.simulator.control("GET", "journal/summary")["accepted"]
    running.sql(QUEUE, "agent", 0, count, people)
    running.sql("NOTIFY converge_outbox")
    running.wait_for(
        "SELECT NOT EXISTS (SELECT FROM inbox_message WHERE state IN ('queued','sending'))"
    )
    times = [entry["real_at"] for entry in _journal_since(running, first)]
    most = max(_within_a_second(times))
    sustained = (len(times) - 1) / (times[-1] - times[0])
    report.row("most sends of a number in any second", f"{most} of {PACE_LIMIT}",
               f"≤ {PACE_LIMIT}", most <= PACE_LIMIT)  # fmt: skip
    report.row("… and sustained, as a share of the limit", f"{sustained / PACE_LIMIT:.3f}",
               "≥ 0.97", sustained / PACE_LIMIT >= 0.97)  # fmt: skip


def reply_among_many(running: Running) -> None:
    """People first: a reply's way to Meta while a hundred thousand rows wait."""
    people = running.one("SELECT count(*) FROM inbox_conversation")
    running.sql("UPDATE numbers_number SET limit_per_second = %s", PACE_LIMIT)
    running.sql(QUEUE, "api", 2, WAITING, people)
    running.sql("ANALYZE inbox_message")
    waits = []
    for _ in range(REPLIES):
        time.sleep(0.15)
        waits.append(_reply(running))
    report.milliseconds(
        f"a person's reply while {WAITING:,} rows wait: to Meta", waits, None, 1000
    )
    running.sql("UPDATE inbox_message SET state = 'cancelled' WHERE state = 'queued'")


def _reply(running: Running) -> float:
    """One reply from somebody with nothing else in flight, until Meta accepted it."""
    ((message, begun_at),) = running.sql(
        "INSERT INTO inbox_message (id, workspace_id, conversation_id, contact_id,"
        " number_id, direction, origin, kind, body, payload, wamid, reply_to, at, seq,"
        " created_at, state, decision, error_text, priority, generation, due_at, tries)"
        " SELECT gen_random_uuid(), workspace_id, id, contact_id, number_id, 'out',"
        " 'agent', 'text', 'Hello', '{}', '', '', now() - interval '1 hour', 0, now(),"
        " 'queued', '{}', '', 0, 0, now(), 0 FROM inbox_conversation c"
        " WHERE c.last_inbound_at IS NOT NULL ORDER BY random() LIMIT 1 RETURNING id, extract(epoch FROM clock_timestamp())"
    )
    running.sql("NOTIFY converge_outbox")
    running.wait_for(
        "SELECT state <> 'queued' FROM inbox_message WHERE id = %s", message
    )
    running.wait_for(
        "SELECT sent_at IS NOT NULL FROM inbox_attempt WHERE message_id = %s", message
    )
    ended_at = running.one(
        "SELECT extract(epoch FROM sent_at) FROM inbox_attempt WHERE message_id = %s",
        message,
    )
    return float(ended_at) - float(begun_at)


def _within_a_second(times: list[float]):
    first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        yield last - first + 1


def _journal_since(running: Running, first: int) -> list[dict]:
    entries, after = [], first
    while True:
        page = running.simulator.control("GET", f"journal?after={after}&limit=1000")
        if not page["entries"]:
            return sorted(entries, key=lambda e: e["real_at"])
        entries += page["entries"]
        after = page["next"]


def measure(running: Running, login: dict) -> None:
    number = running.simulator.number
    prepare(running, number)
    running.begin_and_wait("deliver")
    deliver_fast(running, number)
    keep_pace(running, number)
    reply_among_many(running)
    running.end("deliver")
