"""One run goes as far as it can: under its conversation's lock, in one transaction.

What it hears comes in thread order and once. Everything is read again here, so that a
tick may come twice, late, or from two processes at the same moment.
"""

import uuid
from dataclasses import replace

from django.db import transaction
from django_q.tasks import async_task

from converge import bulk, clock
from flows import acting, engine, walk
from flows.around import Around, look_around
from flows.hearing import said
from flows.listening import graph_of
from flows.models import Heard, Run, RunStep
from inbox import words
from inbox.gate import Refuse
from inbox.models import Conversation, Message
from inbox.outbox import describe
from inbox.reasons import Reason
from inbox.states import State

EVENTS_MAX = 200  # in one tick; the rest comes with the next one
KEPT = (
    "state", "node", "waits_for", "resume_at", "asked_at", "tries", "steps_count",
    "steps_at_once", "variables", "reason", "detail",
)  # fmt: skip
SAVED = (*KEPT, "is_nudged", "message", "ended_at", "stopped_by")
UNSETTLED = (State.QUEUED, State.SENDING)


class Tick:
    """A run, its conversation (locked) and what it knows while it goes on."""

    def __init__(
        self, run: Run, conversation: Conversation, around: Around | None = None
    ):
        self.run, self.conversation = run, conversation
        self.graph = graph_of(run.version_id)
        self.now = clock.now()
        around = around or look_around([conversation], self.now)[conversation.id]
        self.world, self.is_switched_off = around.world, around.is_switched_off
        self.walk = walk.Walk(
            seed=run.public_id.hex, **{name: getattr(run, name) for name in KEPT}
        )
        self.steps: list[dict] = []
        self.heard: list[uuid.UUID] = []
        # Whoever only waits for time is nudged by every message, so there is none.
        is_quiet = run.waits_for == walk.DELAY and not run.is_nudged
        self.unheard: list[Message] | None = [] if is_quiet else None

    def begin(self, message, at: int | None = None) -> None:
        """The message that started it counts as heard."""
        if message:
            self.heard.append(message)
        self.feed(walk.Start(at))

    def go(self) -> None:
        for _ in range(EVENTS_MAX):
            event = self._next()
            if event is None:
                break
            self.feed(event)
            if self.walk.state != walk.ALIVE:
                break

    def feed(self, event: walk.Event) -> None:
        before = self.walk
        self.walk, actions = engine.advance(
            self.graph, before, event, self.world, self.now
        )
        for action in actions:
            self._do(action)

    def stop(self, reason: str, detail: str = "", by=None) -> None:
        self.run.stopped_by = by
        self.feed(walk.Stop(reason, detail))

    def save(self) -> None:
        run = self.run
        for name in KEPT:
            setattr(run, name, getattr(self.walk, name))
        run.is_nudged = False
        if self.walk.waits_for != walk.SENT:
            run.message = None
        run.ended_at = None if self.walk.state == walk.ALIVE else self.now
        run.save(update_fields=SAVED)
        if self.steps:
            recordset = bulk.recordset(RunStep, self.steps[0])
            rows = [step | {"n": n} for n, step in enumerate(self.steps, 1)]
            bulk.execute(
                KEEP_STEPS.format(recordset=recordset), [run.id, bulk.to_json(rows)]
            )
        bulk.insert(
            Heard,
            [
                {"message": pk, "workspace_id": run.workspace_id, "run_id": run.id}
                for pk in self.heard
            ],
            returning="message",
        )

    # --- what comes next ----------------------------------------------------------

    def _next(self) -> walk.Event | None:
        if self.walk.waits_for == walk.SENT:
            return self._report()
        message = self._peek()
        due = self.walk.resume_at
        is_due = due is not None and due <= self.now
        if message and not (is_due and message.at > due):
            self.unheard.pop(0)
            self.heard.append(message.id)
            return said(message, self.run)
        return walk.Woke() if is_due else None

    def _report(self) -> walk.Event | None:
        """What became of the message this run waits for."""
        message = Message.objects.filter(id=self.run.message).first()
        if message is None:
            return walk.Reported(
                "failed", self.now, "The message is not there any more."
            )
        if message.state in UNSETTLED:
            # A person may have sent it again: its ten minutes begin anew.
            self.walk = replace(self.walk, resume_at=None)
            return None
        if message.state == State.UNKNOWN and not self._proves_arrival():
            return self._uncertain(message)
        if message.state in (State.FAILED, State.CANCELLED):
            return self._failed(message)
        return walk.Reported("sent", message.at)

    def _uncertain(self, message: Message) -> walk.Event | None:
        """Held for ten minutes in the hope of a status, then it counts as failed."""
        if self.walk.resume_at is None:
            return walk.Reported("unknown", message.at)
        return walk.Woke() if self.walk.resume_at <= self.now else None

    def _failed(self, message: Message) -> walk.Event:
        """Refused by the gate at the last moment, or by Meta."""
        reason = message.decision.get("reason")
        if message.error_code is None and reason in Reason.__members__:
            name = self.conversation.contact.first_name
            return walk.Refused(reason, words.refusal(message.decision, name, self.now))
        return walk.Reported(
            "failed", self.now, words.failure(message.error_code, message.error_text)
        )

    def _proves_arrival(self) -> bool:
        """A button of this very step was pressed: so the message is there."""
        events = [said(m, self.run) for m in self._pending()]
        return any(e.choice_of == self.walk.node for e in events)

    def _peek(self) -> Message | None:
        pending = self._pending()
        return pending[0] if pending else None

    def _pending(self) -> list[Message]:
        if self.unheard is None:
            self.unheard = unheard(self.run)
        return self.unheard

    # --- what it wants done -------------------------------------------------------

    def _do(self, action: walk.Action) -> None:
        if isinstance(action, walk.Step):
            self._write(action)
        elif isinstance(action, walk.Send):
            self._send(action)
        elif isinstance(action, walk.Call):
            self._call()
        else:
            acting.perform(action, self.conversation)
            self.world = walk.changed(self.world, action)

    def _send(self, action: walk.Send) -> None:
        key = f"{self.walk.steps_count}.{self.walk.tries}"
        outcome = acting.send(self.run, self.conversation, action.content, key)
        decision = describe(outcome.decision, self.now)
        if isinstance(outcome.decision, Refuse):
            node = action.node
            self._write(walk.Step(node.id, node.kind, "asked"), decision=decision)
            self.feed(acting.refusal(outcome.decision, self.conversation))
            return
        self.run.message = outcome.message.id
        step = walk.Step(
            action.node.id, action.node.kind, "sent", detail=action.content.body[:200]
        )
        self._write(step, decision=decision, message=outcome.message.id)

    def _call(self) -> None:
        run = self.run.id
        Run.objects.filter(id=run).update(called_at=None)
        self._write(walk.Step(self.walk.node, "callUrl", "called"))
        transaction.on_commit(lambda: async_task("flows.tasks.call_url", run))

    def _write(self, step: walk.Step, decision: dict | None = None, message=None):
        self.steps.append(
            {
                "workspace_id": self.run.workspace_id,
                "run_id": self.run.id,
                "n": 0,
                "at": self.now,
                "node": step.node,
                "kind": step.kind,
                "what": step.what,
                "edge": step.edge,
                "detail": step.detail,
                "decision": decision or {},
                "message": message,
            }
        )


# Numbered on from what is there; the conversation's lock keeps others away.
KEEP_STEPS = """
INSERT INTO flows_runstep (
  workspace_id, run_id, n, at, node, kind, what, edge, detail, decision, message)
SELECT r.workspace_id, r.run_id, known.n + r.n, r.at, r.node, r.kind, r.what, r.edge,
  r.detail, r.decision, r.message
FROM (SELECT count(*) AS n FROM flows_runstep WHERE run_id = %s) AS known, {recordset}
"""


def advance_run(
    run: Run,
    conversation: Conversation,
    *events: walk.Event,
    around: Around | None = None,
) -> Run:
    """With the conversation locked: everything that has happened, and these events."""
    tick = Tick(run, conversation, around)
    if not _is_ended_by_people(tick):
        if run.waits_for == "start":
            tick.begin(uuid.UUID(run.began_with))
        for event in events:
            tick.feed(event)
        tick.go()
    tick.save()
    return run


def _is_ended_by_people(tick: Tick) -> bool:
    c = tick.conversation
    if c.takeover:
        who = c.takeover_by.first_name if c.takeover_by else "a teammate"
        why = words.TAKEOVER_REASONS.get(c.takeover_reason, "")
        tick.stop("TAKEOVER", f"{who} {why}".strip(), by=c.takeover_by)
    elif tick.run.generation < c.generation:
        tick.stop("GENERATION")
    elif tick.is_switched_off:
        tick.stop("SWITCH")
    else:
        return False
    return True


def unheard(run: Run) -> list[Message]:
    """What the customer wrote since this run listens, in thread order, not heard yet."""
    rows = bulk.fetch(
        UNHEARD, [run.conversation_id, run.heard_at, run.heard_seq, EVENTS_MAX]
    )
    found = Message.objects.in_bulk([pk for (pk,) in rows])
    return [found[pk] for (pk,) in rows]


UNHEARD = """
SELECT m.id FROM inbox_message m
WHERE m.conversation_id = %s AND m.direction = 'in'
  AND (m.at, m.seq) > (%s, %s)
  AND NOT EXISTS (SELECT 1 FROM flows_heard h WHERE h.message = m.id)
ORDER BY m.at, m.seq, m.id LIMIT %s
"""
