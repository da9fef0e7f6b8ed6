"""Runs go on and end: woken by the ingest process between two batches, a few at a time, so
that neither they nor what customers write waits for the other.

Locks in order: the conversation, then its runs. Everything may be called twice.
"""

import logging
import uuid
from collections.abc import Iterable

from django.db import DatabaseError, IntegrityError, transaction

from converge import bulk, clock
from flows.around import look_around
from flows.listening import graph_of, listeners, stopped_workspaces
from flows.models import Run
from flows.ticking import Tick, advance_run
from flows.triggers import Listener
from inbox import outbox
from inbox.apply import tell
from inbox.arrivals import FRESH
from inbox.ingest import DEADLOCK
from inbox.models import Conversation, Event, Message

logger = logging.getLogger(__name__)

TOGETHER = 10  # runs in one transaction
LOOK_BACK = 2000  # events looked at for tags that were added


def begin(
    conversation: Conversation,
    version: int,
    began_with: str,
    *,
    message: Message | None = None,
    by=None,
    at: int | None = None,
    variables: dict | None = None,
) -> Run | None:
    """Start a run, with the conversation locked; None when it may not or did already."""
    graph = graph_of(version)
    alive = Run.objects.filter(conversation=conversation, state=Run.ALIVE)
    if not graph.is_beside and alive.filter(is_beside=False).exists():
        return None
    now = clock.now()
    run = Run(
        workspace_id=conversation.workspace_id,
        version_id=version,
        conversation=conversation,
        contact_id=conversation.contact_id,
        began_with=began_with,
        began_by=by,
        is_beside=graph.is_beside,
        generation=conversation.generation,
        waits_for="start",
        variables=variables or {},
        heard_at=message.at if message else now,
        heard_seq=message.seq if message else 0,
        started_at=now,
    )
    run.flow_id = run.version.flow_id
    if not _insert(run):
        return None
    tick = Tick(run, conversation)
    tick.begin(message.id if message else None, at)
    tick.go()
    tick.save()
    return run


def _insert(run: Run) -> bool:
    """The unique constraint decides: a message starts one run, however often it comes."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def wake_due(limit: int = 25) -> int:
    """Runs that may go on; how many did. People who just wrote come first, then those
    whose message has left, then those whose time has come."""
    rows = bulk.fetch(DUE, [limit, limit, limit])
    due = list(dict.fromkeys(conversation for (conversation,) in rows))
    return _wake_all(due[:limit])


DUE = """
(SELECT conversation_id FROM flows_run
 WHERE state = 'alive' AND is_nudged ORDER BY id LIMIT %s)
UNION ALL
(SELECT r.conversation_id FROM flows_run r JOIN inbox_message m ON m.id = r.message
 WHERE r.state = 'alive' AND r.waits_for = 'sent'
   AND m.state NOT IN ('queued', 'sending')
   AND (m.state <> 'unknown' OR r.resume_at IS NULL) LIMIT %s)
UNION ALL
(SELECT conversation_id FROM flows_run
 WHERE state = 'alive' AND resume_at <= converge_now() ORDER BY resume_at LIMIT %s)
"""


def stop_taken_over(limit: int = 200) -> int:
    """Runs in conversations people took over since; also a switch on and off again."""
    rows = bulk.fetch(TAKEN_OVER, [limit])
    return _wake_all([conversation for (conversation,) in rows])


TAKEN_OVER = """
SELECT DISTINCT r.conversation_id FROM flows_run r
JOIN inbox_conversation c ON c.id = r.conversation_id
WHERE r.state = 'alive' AND (c.takeover OR c.generation > r.generation) LIMIT %s
"""


def _wake_all(conversations: list[int]) -> int:
    """A few to a transaction: their locks are held for moments, and commits cost most."""
    parts = range(0, len(conversations), TOGETHER)
    return sum(_wake_some(conversations[i : i + TOGETHER]) for i in parts)


def _wake_some(conversations: list[int]) -> int:
    try:
        return _wake(conversations)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
            raise
        return 0  # nothing was kept of it; the next round is soon


@transaction.atomic
def _wake(conversations: list[int]) -> int:
    """Not waiting for locks: whoever holds one, the next round comes soon."""
    held = (
        Conversation.objects.select_for_update(
            of=("self",), no_key=True, skip_locked=True
        )
        .select_related(
            "contact", "number__account__portfolio", "number__pace", "workspace"
        )
        .filter(id__in=conversations)
        .order_by("id")
    )
    by_id = {c.id: c for c in held}
    alive = Run.objects.select_for_update().filter(
        conversation__in=by_id, state=Run.ALIVE
    )
    around = look_around(list(by_id.values()), clock.now())
    done = 0
    for run in alive.order_by("id"):
        conversation = by_id[run.conversation_id]
        done += _safely(_advance, run, conversation, around[conversation.id])
    tell(set(by_id) if done else set())
    return done


@transaction.atomic
def _advance(run: Run, conversation: Conversation, around) -> int:
    advance_run(run, conversation, around=around)
    return 1


def start_tagged() -> int:
    """Tags people added since, opt-outs they lifted: flows that wait for it begin."""
    waiting = _event_listeners()
    if not waiting:
        return 0
    rows = bulk.fetch(TAGGED, [sorted(waiting), LOOK_BACK, clock.now() - FRESH])
    events = Event.objects.select_related("conversation__number").in_bulk(
        [pk for (pk,) in rows]
    )
    return sum(
        _safely(_start_tagged, event, waiting[event.conversation.workspace_id])
        for _, event in sorted(events.items())
    )


TAGGED = """
SELECT e.id FROM inbox_event e
WHERE e.kind IN ('tag_added', 'dnd_off') AND e.workspace_id = ANY(%s)
  AND e.id > (SELECT max(id) - %s FROM inbox_event) AND e.at > %s
  AND NOT (e.data ? 'by')
  AND NOT EXISTS (SELECT 1 FROM flows_run r WHERE r.began_with = 'event ' || e.id)
ORDER BY e.id
"""


def _event_listeners() -> dict[int, list[Listener]]:
    rows = bulk.fetch(WITH_EVENTS, [])
    found = listeners({workspace for (workspace,) in rows})
    return {
        workspace: [x for x in ears.all if x.trigger.kind in ("tag", "optin")]
        for workspace, ears in found.items()
    }


WITH_EVENTS = """
SELECT DISTINCT f.workspace_id FROM flows_flow f
JOIN flows_version v ON v.id = f.live_version_id
WHERE f.archived_at IS NULL AND f.paused_at IS NULL
  AND (v.graph -> 'triggers' @> '[{"kind": "tag"}]'
    OR v.graph -> 'triggers' @> '[{"kind": "optin"}]')
"""


@transaction.atomic
def _start_tagged(event: Event, waiting: list[Listener]) -> int:
    conversation = outbox.lock(event.conversation_id)
    kind = conversation.number.kind
    fitting = [x for x in waiting if x.channel in (kind, "both") and _fits(x, event)]
    first = min(fitting, key=lambda x: x.rank, default=None)
    if first is None or conversation.takeover:
        return 0
    version = first.version
    if _was_published_after(version, event.at):
        return 0
    return int(begin(conversation, version, f"event {event.id}") is not None)


def _fits(listener: Listener, event: Event) -> bool:
    if event.kind == "dnd_off":
        return listener.trigger.kind == "optin"
    wanted = listener.trigger.params.get("tag", "")
    return bool(wanted) and wanted.casefold() == str(event.data.get("tag")).casefold()


def _was_published_after(version: int, at) -> bool:
    """A tag added before the flow was published starts nothing."""
    published = bulk.fetch(
        "SELECT published_at FROM flows_version WHERE id = %s", [version]
    )
    return published[0][0] > at


@transaction.atomic
def start_by_hand(conversation_id: int, version: int, by) -> Run | None:
    """A teammate starts a flow in a conversation."""
    conversation = outbox.lock(conversation_id)
    if conversation.takeover or stopped_workspaces({conversation.workspace_id}):
        return None
    run = begin(conversation, version, f"hand {uuid.uuid4().hex}", by=by)
    tell({conversation.id})
    return run


def stop(runs: Iterable[int], *, by, reason: str = "BY_HAND") -> int:
    """End these runs where they are; how many were still under way."""
    rows = Run.objects.filter(id__in=list(runs), state=Run.ALIVE)
    return sum(
        _stop_one(run, conversation, by, reason)
        for run, conversation in rows.values_list("id", "conversation_id")
    )


@transaction.atomic
def _stop_one(run_id: int, conversation_id: int, by, reason: str) -> int:
    conversation = outbox.lock(conversation_id)
    run = Run.objects.select_for_update().filter(id=run_id, state=Run.ALIVE).first()
    if run is None:
        return 0
    tick = Tick(run, conversation)
    tick.stop(reason, by.first_name if by else "", by=by)
    tick.save()
    tell({conversation_id})
    return 1


def _safely(work, *args) -> int:
    """One conversation's trouble is not another's; an outage is everybody's."""
    try:
        return work(*args) or 0
    except DatabaseError:
        raise
    except Exception as error:
        logger.exception("flow broke")
        pk = args[0].conversation_id
        Run.objects.filter(conversation=pk, state=Run.ALIVE).update(
            state=Run.FAILED,
            reason="ERROR",
            detail=type(error).__name__,
            waits_for="",
            resume_at=None,
            ended_at=clock.now(),
        )
        return 0
