"""What looks a message up by its wamid uses the index of wamids, however many are kept."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from business_numbers.models import WebhookEvent
from converge import finding
from inbox import ingest, statuses
from tests import factories
from tests.factories import envelope, store, text_message

pytestmark = pytest.mark.django_db
KEPT = 10_000
INDEXES = {
    "inbox_message": "message_wamid_once",
    "inbox_attempt": "attempt_wamid_once",
}
OURS = """
WITH copies AS (
  INSERT INTO inbox_message SELECT (jsonb_populate_record(m, jsonb_build_object(
    'id', gen_random_uuid(), 'wamid', 'wamid.kept' || n, 'seq', n))).*
  FROM inbox_message m, generate_series(1, %s) n WHERE m.id = %s RETURNING id, wamid)
INSERT INTO inbox_attempt SELECT (jsonb_populate_record(a, jsonb_build_object(
  'id', gen_random_uuid(), 'message_id', c.id, 'wamid', c.wamid))).*
FROM inbox_attempt a, copies c WHERE a.message_id = %s
"""
THEIRS = """
INSERT INTO inbox_message SELECT (jsonb_populate_record(m, jsonb_build_object(
  'id', gen_random_uuid(), 'wamid', 'wamid.came' || n, 'seq', n,
  'direction', 'in', 'state', 'received'))).*
FROM inbox_message m, generate_series(1, %s) n WHERE m.id = %s
"""


@pytest.fixture
def kept(conversation):
    """A number with thousands of messages, as the planner knows."""
    attempt = factories.create_sent(conversation)
    with connection.cursor() as cursor:
        message = attempt.message_id
        cursor.execute(OURS, [KEPT, message, message])
        cursor.execute(THEIRS, [KEPT, message])
        cursor.execute(
            "ANALYZE inbox_message, inbox_attempt, inbox_conversation, numbers_number"
        )
    return conversation.number


def test_whatever_looks_a_message_up_by_its_wamid_uses_the_index_of_wamids(kept):
    asked = _asked(_receive_twice, kept)
    asked += _asked(statuses.collect_parked)
    asked += _asked(finding.search, "wamid.kept77")

    assert any("wamid.new149" in sql and "IN (" in sql for sql in asked)
    assert any("wamid.kept77" in sql for sql in asked)
    assert not _scans(asked)


def _receive_twice(number) -> None:
    """A batch, and the same once more as if whoever reacts to it had died."""
    event = store(
        envelope(number, [text_message(id=f"wamid.new{n}") for n in range(150)])
    )
    ingest.ingest_once()
    WebhookEvent.objects.filter(id=event.id).update(state="waiting", attempts=1)
    ingest.ingest_once()


def _asked(act, *given) -> list[str]:
    """The statements that compare wamids of messages or attempts."""
    with CaptureQueriesContext(connection) as queries:
        act(*given)
    return [
        q["sql"]
        for q in queries
        if "wamid" in q["sql"]
        and any(table in q["sql"] for table in INDEXES)
        and q["sql"].lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE"))
    ]


def _scans(asked: list[str]) -> list[str]:
    """Where a table is read otherwise than by wamid or by the row's own id."""
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in asked:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            (found,) = cursor.fetchone()
            plans += json.loads(found) if isinstance(found, str) else found
    nodes = [node for plan in plans for node in _nodes(plan["Plan"])]
    return [_told(node) for node in nodes if _is_scan(node)]


def _nodes(plan: dict):
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _is_scan(node: dict) -> bool:
    if node["Node Type"] not in ("Seq Scan", "Index Scan", "Bitmap Heap Scan"):
        return False
    table = node.get("Relation Name")
    told = _told(node)
    return table in INDEXES and INDEXES[table] not in told and "_pkey" not in told


def _told(node: dict) -> str:
    used = [part["Index Name"] for part in _nodes(node) if "Index Name" in part]
    return f"{node['Node Type']} {node['Relation Name']} {used}"
