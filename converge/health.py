"""For operators: is this process alive, is it ready, and is anything waiting too long?"""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from accounts.access import public
from converge import bulk

STALE_AFTER = 60

# Each queue's depth and the age of its oldest due row, in seconds. Depth is counted up
# to a bound: a health check must not be what brings a sick database down.
QUEUES = {
    "webhooks": (
        "SELECT count(*), extract(epoch FROM clock_timestamp() - min(received_at))"
        " FROM (SELECT received_at FROM numbers_webhookevent"
        " WHERE state = 'waiting' ORDER BY id LIMIT 10000) AS q"
    ),
    "outbox": (
        "SELECT count(*), extract(epoch FROM converge_now() - min(due_at))"
        " FROM (SELECT due_at FROM inbox_message WHERE state = 'queued'"
        " AND due_at <= converge_now() LIMIT 10000) AS q"
    ),
    # Without those that rest because they keep failing: their page says so.
    "told_outside": (
        "SELECT count(*), extract(epoch FROM converge_now() - min(due_at))"
        " FROM (SELECT d.due_at FROM inbox_outgoingdelivery d"
        " JOIN inbox_outgoingwebhook w ON w.id = d.webhook_id AND w.failures = 0"
        " WHERE d.state = 'waiting' AND d.due_at <= converge_now() LIMIT 10000) AS q"
    ),
    "media": (
        "SELECT count(*), extract(epoch FROM converge_now() - min(due_at))"
        " FROM (SELECT due_at FROM inbox_attachment WHERE state = 'waiting'"
        " AND due_at <= converge_now() LIMIT 10000) AS q"
    ),
    "jobs": (
        "SELECT count(*), extract(epoch FROM now() - min(lock))"
        " FROM django_q_ormq WHERE lock <= now()"
    ),
}
COUNTS = {
    "unknown_messages": "SELECT count(*) FROM inbox_message WHERE state = 'unknown'"
    " AND dismissed_at IS NULL",
    "quarantined_updates": "SELECT count(*) FROM numbers_quarantinedupdate"
    " WHERE replayed_at IS NULL",
    "parked_statuses": "SELECT count(*) FROM inbox_parkedstatus WHERE NOT is_external",
}


@require_GET
@public
def healthz(request):
    """This process answers. Asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@public
def readyz(request):
    """The database answers and has every migration."""
    try:
        plan = MigrationExecutor(connection)
        missing = plan.migration_plan(plan.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse(
            "the database is away", status=503, content_type="text/plain"
        )
    if missing:
        return HttpResponse(
            "migrations are missing", status=503, content_type="text/plain"
        )
    return HttpResponse("ready", content_type="text/plain")


@require_GET
@public
def statusz(request):
    """Heartbeats and queues as JSON; 503 when a process is silent."""
    if not _may_look(request):
        return JsonResponse({"error": "Send the metrics token."}, status=403)
    beats, waiting = heartbeats(), queues()
    is_well = all(b["is_alive"] for b in beats.values()) and bool(beats)
    body = {"is_well": is_well, "processes": beats, "queues": waiting} | _counts()
    return JsonResponse(body, status=200 if is_well else 503)


@require_GET
@public
def metrics(request):
    if not _may_look(request):
        return HttpResponse("Send the metrics token.", status=403)
    registry = CollectorRegistry()
    depth = Gauge("converge_queue_depth", "Rows waiting", ["queue"], registry=registry)
    age = Gauge(
        "converge_queue_oldest_seconds", "Oldest due row", ["queue"], registry=registry
    )
    for name, queue in queues().items():
        depth.labels(name).set(queue["waiting"])
        age.labels(name).set(queue["oldest_seconds"])
    beat = Gauge(
        "converge_heartbeat_age_seconds", "Since a sign of life", ["process"],
        registry=registry,
    )  # fmt: skip
    for name, process in heartbeats().items():
        beat.labels(name).set(process["seconds_ago"])
    for name, value in _counts().items():
        Gauge(f"converge_{name}", name, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_look(request) -> bool:
    """With METRICS_TOKEN set it must be sent; without, a proxy keeps strangers out."""
    if not settings.METRICS_TOKEN:
        return True
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode())


def heartbeats() -> dict:
    rows = bulk.fetch(
        "SELECT name, extract(epoch FROM clock_timestamp() - beat_at)"
        " FROM converge_heartbeat ORDER BY name",
        [],
    )
    return {
        name: {"seconds_ago": round(float(age), 1), "is_alive": age < STALE_AFTER}
        for name, age in rows
    }


def queues() -> dict:
    found = {}
    for name, query in QUEUES.items():
        ((count, age),) = bulk.fetch(query, [])
        oldest = round(max(0.0, float(age or 0)), 1)
        found[name] = {"waiting": count, "oldest_seconds": oldest}
    return found


def _counts() -> dict:
    return {name: bulk.fetch(query, [])[0][0] for name, query in COUNTS.items()}
