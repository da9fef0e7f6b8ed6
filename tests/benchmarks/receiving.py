"""From Meta's POST to a visible row."""

import asyncio
import socket
import subprocess
import sys
import threading
import time

import psycopg
from django.db import connection

from inbox.ingest import ingest_once
from tests.benchmarks import report, row_by_row
from tests.benchmarks.load import signed_post, throw, throw_at_rate, webhook
from tests.running import ROOT, Running
from tests.simulator.simulated import find_free_port, wait_until

PATH = "/webhooks/whatsapp"
ACCEPTED = 6000
BASELINE, SINGLE, BATCHED = 1000, 6000, 200
RATE, RATE_FOR = 300, 10


def accept(running: Running, number: str, waba: str) -> None:
    """The raw lane against the floor, each a server process of its own, in turns."""
    requests = [signed_post(PATH, webhook(number, waba)[1]) for _ in range(ACCEPTED)]
    floor_port = find_free_port()
    floor = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "tests.benchmarks.floor:application"),
            *("--port", str(floor_port), "--lifespan", "on", "--log-level", "warning"),
        ],
        cwd=ROOT,
        env=running.environment,
    )
    try:
        wait_until(lambda: _listens(floor_port))
        figures = {"floor": [], "ours": []}
        for _ in range(3):
            figures["floor"].append(asyncio.run(throw(floor_port, requests)))
            figures["ours"].append(asyncio.run(throw(running.port, requests)))
        best = {name: max(found) for name, found in figures.items()}
        report.ratio("webhooks accepted durably, against the bare floor",
                     best["ours"], best["floor"], 0.7)  # fmt: skip
    finally:
        floor.terminate()
        floor.wait(10)
    running.sql("TRUNCATE numbers_webhookevent CASCADE")


def apply(number: str, waba: str) -> None:
    """Stored events → rows, one process: row by row, set-based, and set-based in bulk."""
    baseline = _timed(number, waba, BASELINE, 1, row_by_row.apply_all)
    single = _timed(number, waba, SINGLE, 1, _ingest_all)
    batched = _timed(number, waba, BATCHED, 100, _ingest_all)
    report.ratio("rows/s, one message a POST, against row by row", single, baseline, 5)
    report.ratio(
        "rows/s, 100 messages a POST, against row by row", batched, baseline, 20
    )


def _timed(number: str, waba: str, posts: int, each: int, work) -> float:
    bodies = [webhook(number, waba, each)[1] for _ in range(posts)]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE inbox_contact, numbers_webhookevent CASCADE")
        cursor.executemany(
            "INSERT INTO numbers_webhookevent (channel, body) VALUES ('whatsapp', %s)",
            [[body] for body in bodies],
        )
        cursor.execute("ANALYZE")
    begun_at = time.perf_counter()
    work()
    took = time.perf_counter() - begun_at
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbox_message")
        (found,) = cursor.fetchone()
    if found != posts * each:
        raise AssertionError(f"{found} rows of {posts * each}")
    return found / took


def _ingest_all() -> None:
    while ingest_once():
        pass


def become_visible(running: Running, number: str, waba: str) -> None:
    """At a steady rate: from the POST to the row another connection can see."""
    running.sql("TRUNCATE inbox_contact, numbers_webhookevent CASCADE")
    made = [webhook(number, waba) for _ in range(RATE * RATE_FOR)]
    seen_at: dict[str, float] = {}
    stop = threading.Event()
    watcher = threading.Thread(
        target=_watch, args=(running.database_url, seen_at, stop), daemon=True
    )
    watcher.start()
    requests = [signed_post(PATH, body) for _, body in made]
    sent_at = asyncio.run(throw_at_rate(running.port, requests, RATE))
    wait_until(lambda: len(seen_at) == len(made), 30)
    stop.set()
    watcher.join()
    waits = [
        seen_at[wamids[0]] - at for (wamids, _), at in zip(made, sent_at, strict=True)
    ]
    report.milliseconds(f"at {RATE} webhooks/s: POST → visible row", waits, 60, 250)


def _watch(url: str, seen_at: dict, stop: threading.Event) -> None:
    last = 0
    with psycopg.connect(url, autocommit=True) as watching:
        while not stop.is_set():
            rows = watching.execute(
                "SELECT wamid, seq FROM inbox_message WHERE seq > %s",
                [last - 4096 * 200],
            ).fetchall()
            now = time.time()
            for wamid, seq in rows:
                seen_at.setdefault(wamid, now)
                last = max(last, seq)
            time.sleep(0.003)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure(running: Running, login: dict) -> None:
    number, waba = running.simulator.number, running.simulator.waba
    accept(running, number, waba)
    apply(number, waba)
    running.begin_and_wait("ingest")
    become_visible(running, number, waba)
    running.end("ingest")
