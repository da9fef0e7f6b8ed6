"""Broadcasts: planning a hundred thousand, the pace they keep, a reply among them, and
the results of a million."""

import time

import requests

from tests.benchmarks import pages, report, sending
from tests.running import Running

PEOPLE = 100_000
PACES = (20, 80, 500)
PACE_FOR = 8
FAST = 3_000
RESULTS = 1_000_000
VISITS = 25
REPLIES = 30

CONTACTS = """
WITH made AS (
  INSERT INTO inbox_contact (public_id, workspace_id, name, profile_name, country,
    fields, refuses_marketing, created_at)
  SELECT gen_random_uuid(), w.id, '', 'Person ' || n, 'GB', '{}', false, now()
  FROM generate_series(1, %s) AS n, accounts_workspace w WHERE w.slug = 'northwind'
  RETURNING id, workspace_id)
INSERT INTO inbox_identity (workspace_id, contact_id, kind, scope, value, created_at)
SELECT workspace_id, id, 'wa_id', '', '4478' || lpad(id::text, 8, '0'), now() FROM made
"""
DRAFT = """
INSERT INTO broadcasts_broadcast (public_id, workspace_id, name, state, number_id,
  template_id, variables, include, exclude, timing, zone, starts_at, has_agreed,
  created_at, saved_at, cause, accepts_red, rests_for, forecast, tally, only_first)
SELECT gen_random_uuid(), n.workspace_id, 'Bench', %s, n.id, t.id, '{}',
  '[{"kind": "everyone"}]', '[]', 'at', 'UTC', now(), true, now(), now(), '', false,
  '', '{}', '[]', %s
FROM numbers_number n JOIN numbers_template t ON t.account_id = n.account_id
WHERE n.meta_id = %s AND t.name = 'hello_world' RETURNING id, public_id::text
"""
MILLION = """
INSERT INTO inbox_message (id, workspace_id, conversation_id, contact_id, number_id,
  direction, origin, kind, body, payload, wamid, reply_to, at, seq, created_at, state,
  decision, error_text, error_code, priority, generation, tries)
SELECT gen_random_uuid(), b.workspace_id, v.id, v.contact_id, b.number_id, 'out',
  'broadcast', 'template', '', '{}', 'wamid.bench' || n, '', now(), 0, now(),
  (ARRAY['read', 'delivered', 'delivered', 'sent', 'failed'])[1 + n %% 5], '{}', '',
  CASE WHEN n %% 5 = 4 THEN 131026 END, 2, 0, 1
FROM generate_series(1, %s) AS n
JOIN broadcasts_broadcast b ON b.id = %s
CROSS JOIN LATERAL (
  SELECT c.id, c.contact_id FROM inbox_conversation c
  WHERE c.number_id = b.number_id ORDER BY c.id LIMIT 1) AS v
"""
RECIPIENTS = """
INSERT INTO broadcasts_recipient (workspace_id, broadcast_id, contact_id, state, reason,
  detail, message_id, given_at, cap_retries, hour_retries)
SELECT c.workspace_id, b.id, c.id, 'ended', '', '', m.id, now(), 0, 0
FROM broadcasts_broadcast b
JOIN (SELECT id, workspace_id, row_number() OVER (ORDER BY id) AS n
  FROM inbox_contact) AS c ON true
JOIN (SELECT id, row_number() OVER () AS n FROM inbox_message
  WHERE wamid LIKE 'wamid.bench%%') AS m ON m.n = c.n
WHERE b.id = %s
"""


def prepare(running: Running) -> None:
    sending.prepare(running, running.simulator.number, people=REPLIES)
    running.sql("TRUNCATE broadcasts_broadcast CASCADE")
    running.sql('UPDATE numbers_portfolio SET "limit" = NULL')
    running.simulator.control("POST", "settings", {"portfolio_limit": False})
    running.sql(CONTACTS, PEOPLE)
    running.sql("ANALYZE")


def plan(running: Running, number: str) -> None:
    """One INSERT over the query that forecasts it."""
    from django.db import transaction

    from broadcasts import handing, planning, preflight
    from converge import clock

    ((pk, _),) = running.sql(DRAFT, "draft", None, number)
    for what, act in (
        ("forecast for a hundred thousand people", preflight.count),
        (
            "plan a broadcast to a hundred thousand people",
            lambda b: planning.plan(b, starts_at=clock.now()),
        ),
    ):
        with transaction.atomic():
            broadcast = handing.lock(pk)
            begun_at = time.perf_counter()
            act(broadcast)
            took = time.perf_counter() - begun_at
        report.row(what, f"{took:.2f} s", "≤ 5 s", took <= 5)
    running.sql("TRUNCATE broadcasts_broadcast CASCADE")


def _send(running: Running, number: str, people: int) -> list[float]:
    """A broadcast to some of them, through feeder and outbox; when Meta took each."""
    first = running.simulator.control("GET", "journal/summary")["accepted"]
    ((pk, _),) = running.sql(DRAFT, "scheduled", people, number)
    running.wait_for(
        "SELECT state = 'done' FROM broadcasts_broadcast WHERE id = %s", pk, guard=300
    )
    entries = sending._journal_since(running, first)
    if len(entries) != people:
        raise AssertionError(f"{len(entries)} accepted of {people}")
    running.sql("TRUNCATE broadcasts_broadcast CASCADE")
    return [entry["real_at"] for entry in entries]


def send_fast(running: Running, number: str) -> None:
    running.simulator.control("POST", "numbers/" + number, {"mps": 100_000})
    running.sql("UPDATE numbers_number SET limit_per_second = 10000")
    bare = sending._bare_loop(running, number)
    times = _send(running, number, FAST)
    ours = (len(times) - 1) / (times[-1] - times[0])
    report.ratio("sends/s of a broadcast against a bare requests loop", ours, bare, 0.8)


def keep_pace(running: Running, number: str) -> None:
    for limit in PACES:
        running.sql("UPDATE numbers_number SET limit_per_second = %s", limit)
        times = _send(running, number, limit * PACE_FOR)
        most = max(sending._within_a_second(times))
        share = (len(times) - 1) / (times[-1] - times[0]) / limit
        what = f"broadcast at {limit}/s: most in any second"
        report.row(what, f"{most}", f"≤ {limit}", most <= limit)
        report.row("… and sustained", f"{share:.3f}", "≥ 0.97", share >= 0.97)


def reply_among_many(running: Running, number: str) -> None:
    running.sql("UPDATE numbers_number SET limit_per_second = 80")
    running.sql(DRAFT, "scheduled", None, number)
    running.wait_for("SELECT count(*) > 100 FROM inbox_attempt")
    waits = []
    for _ in range(REPLIES):
        time.sleep(0.15)
        waits.append(sending._reply(running))
    report.milliseconds(
        f"a person's reply while a broadcast to {PEOPLE:,} runs", waits, None, 1000
    )


def show_results(running: Running, session: requests.Session) -> None:
    from broadcasts import outcomes
    from broadcasts.models import Broadcast

    running.sql("UPDATE broadcasts_broadcast SET state = 'cancelled'")
    running.sql(CONTACTS, RESULTS - PEOPLE)
    ((pk, public_id),) = running.sql(DRAFT, "draft", None, running.simulator.number)
    running.sql(MILLION, RESULTS, pk)
    running.sql(RECIPIENTS, pk)
    running.sql(
        "UPDATE broadcasts_broadcast SET state = 'done', planned_at = now(),"
        ' forecast = \'{"match": 1000000, "will_go": 1000000}\' WHERE id = %s',
        pk,
    )
    running.sql("ANALYZE")
    begun_at = time.perf_counter()
    outcomes.tally(Broadcast.objects.get(id=pk))
    took = time.perf_counter() - begun_at
    report.row("counting a million recipients (in the background)", f"{took:.1f} s")
    url = f"{running.url}/w/northwind/broadcasts/{public_id}/"
    for what, path in (("results page", url), ("its people", f"{url}people/")):
        waits = []
        for _ in range(VISITS):
            begun_at = time.perf_counter()
            session.get(path).raise_for_status()
            waits.append(time.perf_counter() - begun_at)
        report.milliseconds(f"{what} at 1,000,000 recipients", waits, None, 120)


def measure(running: Running, login: dict) -> None:
    number = running.simulator.number
    session = pages.sign_in(running, login["email"], login["password"])
    prepare(running)
    plan(running, number)
    running.begin_and_wait("deliver")
    send_fast(running, number)
    keep_pace(running, number)
    reply_among_many(running, number)
    running.end("deliver")
    show_results(running, session)
