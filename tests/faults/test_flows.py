"""Faults while flows are under way: every run ends in the state the journal implies."""

import json
import random

import pytest

from tests.faults.conftest import SENDS

STEPS = [
    ("sendMessage", {"text": "Hello"}, {"next": 3}),
    ("delay", {"seconds": 1}, {"next": 4}),
    ("sendMessage", {"text": "Still there?"}, {"next": 5}),
    ("setTag", {"tag": "greeted"}, {}),
]
GRAPH = {
    "format": 1,
    "channel": "whatsapp",
    "triggers": [{"kind": "any"}],
    "first": 2,
    "nodes": [
        {"id": pk, "kind": kind, "params": params, "edges": edges}
        for pk, (kind, params, edges) in enumerate(STEPS, 2)
    ],
}
INSTALL = """
WITH flow AS (
  INSERT INTO flows_flow (public_id, workspace_id, name, draft, revision, edited_at, created_at)
  SELECT gen_random_uuid(), id, 'Fault', %s, 1, now(), now() FROM accounts_workspace
  WHERE slug = 'northwind' RETURNING id, workspace_id),
version AS (
  INSERT INTO flows_version (workspace_id, flow_id, number, graph, note, published_at)
  SELECT workspace_id, id, 1, %s, '', now() FROM flow RETURNING id, flow_id)
SELECT flow_id, id FROM version
"""
LEFT = """
SELECT NOT EXISTS (
  SELECT FROM flows_run r LEFT JOIN inbox_message m ON m.id = r.message
  WHERE r.state = 'alive' AND m.state IS DISTINCT FROM 'unknown')
"""
MINUTES_LATER = """
INSERT INTO converge_clock (id, seconds) VALUES (true, %s)
ON CONFLICT (id) DO UPDATE SET seconds = excluded.seconds
"""


@pytest.fixture
def flow(running):
    """Live for every customer who writes, with every process that may work on it."""
    running.begin("qcluster")
    data = json.dumps(GRAPH)
    ((flow, version),) = running.sql(INSTALL, data, data)
    running.sql(
        "UPDATE flows_flow SET live_version_id = %s WHERE id = %s", version, flow
    )
    yield flow
    running.kill("qcluster")
    running.sql("TRUNCATE flows_flow CASCADE")
    running.sql(MINUTES_LATER, 0)


def test_killing_processes_leaves_every_run_where_the_journal_says(
    running, flow, judge
):
    wanted = {
        "number": running.simulator.number,
        "customers": SENDS,
        "messages": SENDS,
        "batch": 20,
    }
    running.simulator.control("POST", "inbound/bulk", wanted)
    rng = random.Random(11)
    for _ in range(12):
        began = running.one("SELECT count(*) FROM flows_runstep")
        running.wait_for(
            "SELECT count(*) > %s OR (SELECT count(*) = %s FROM flows_run"
            " WHERE state <> 'alive') FROM flows_runstep",
            began + rng.randint(20, 150),
            SENDS,
        )
        name = rng.choice(["ingest", "deliver", "qcluster"])
        running.kill(name)
        running.begin(name)

    judge.wait_until_reported(120)
    running.wait_for("SELECT count(*) = %s FROM flows_run", SENDS, guard=120)
    running.wait_for(LEFT, guard=180)
    judge.wait_until_reported(120)
    # What was claimed by a killed process and never left asks a person; its run gives up.
    running.sql(MINUTES_LATER, 11 * 60)
    running.wait_for(
        "SELECT NOT EXISTS (SELECT FROM flows_run WHERE state = 'alive')", guard=120
    )

    judge.nothing_doubled()
    _every_run_says_what_the_journal_says(running, judge.accepted())
    judge.logs_hold_no_secret()


def _every_run_says_what_the_journal_says(running, accepted: dict) -> None:
    rows = running.sql(
        "SELECT r.id, r.state, r.reason, array_agg(s.message::text ORDER BY s.n)"
        " FROM flows_run r JOIN flows_runstep s ON s.run_id = r.id AND s.what = 'sent'"
        " GROUP BY r.id"
    )
    assert len(rows) == SENDS
    for run, state, reason, messages in rows:
        taken = [message in accepted for message in messages]
        assert len(messages) == len(set(messages)) <= 2
        if state == "finished":
            assert taken == [True, True], run
        else:
            assert (state, reason, taken[-1]) == ("failed", "UNKNOWN", False), run
            assert all(taken[:-1]), run
    texts = running.one(
        "SELECT count(*) FROM inbox_message WHERE origin = 'flow' AND direction = 'out'"
    )
    assert texts == sum(len(messages) for *_, messages in rows)
