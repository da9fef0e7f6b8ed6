"""One run goes as far as it can: under its conversation's lock, in one transaction.

What it hears comes in thread order and once. Everything is read again here, so that a
tick may come twice, late, or from two processes at the same moment.
"""

import uuid

from django.db import transaction
from django_q.tasks import async_task

from business_numbers.models import Number
from converge import bulk, clock
from flows import acting, engine, walk
from flows.hearing import said
from flows.hours import is_open
from flows.listening import graph_of, stopped_workspaces
from flows.models import FlowSettings, Heard, Run, RunStep
from inbox import words
from inbox.facts import window_of
from inbox.gate import Refuse
from inbox.models import ContactTag, Conversation, Identity, Message
from inbox.outbox import describe
from inbox.reasons import Reason
from inbox.states import State
from inbox.window import AUTOMATION_MARGIN

EVENTS_MAX = 200  # in one tick; the rest comes with the next one
KEPT = (
    "state", "node", "waits_for", "resume_at", "asked_at", "tries", "steps_count",
    "steps_at_once", "variables", "reason", "detail",
)  # fmt: skip
SAVED = (*KEPT, "is_nudged", "message", "ended_at", "stopped_by")
UNSETTLED = (State.QUEUED, State.SENDING)


class Tick:
    """A run, its conversation (locked) and what it knows while it goes on."""

    def __init__(self, run: Run, conversation: Conversation, graph=None):
        self.run, self.conversation = run, conversation
        self.graph = graph or graph_of(run.version_id)
        self.now = clock.now()
        self.walk = walk.Walk(
            seed=run.public_id.hex, **{name: getattr(run, name) for name in KEPT}
        )
        self.world = world_of(conversation, self.now)
        self.steps: list[RunStep] = []
        self.heard: list[uuid.UUID] = []
        self.unheard: list[Message] | None = None

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
        first = run.steps.count() + 1 if self.steps else 0
        for n, step in enumerate(self.steps, first):
            step.n = n
        RunStep.objects.bulk_create(self.steps)
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
            self.world = world_of(self.conversation, self.now)

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

    def _write(self, step: walk.Step, **more) -> None:
        self.steps.append(
            RunStep(
                workspace_id=self.run.workspace_id,
                run=self.run,
                at=self.now,
                node=step.node,
                kind=step.kind,
                what=step.what,
                edge=step.edge,
                detail=step.detail,
                **more,
            )
        )


def advance_run(run: Run, conversation: Conversation, *events: walk.Event) -> Run:
    """With the conversation locked: everything that has happened, and these events."""
    tick = Tick(run, conversation)
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
    elif stopped_workspaces({tick.run.workspace_id}):
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


def world_of(conversation: Conversation, now) -> walk.World:
    contact = conversation.contact
    tags = ContactTag.objects.filter(contact=contact).select_related("tag")
    settings = FlowSettings.objects.filter(workspace=conversation.workspace_id).first()
    hours = settings.hours if settings else []
    number: Number = conversation.number
    phone = (
        Identity.objects.filter(contact=contact, kind=Identity.WA_ID)
        .values_list("value", flat=True)
        .first()
    )
    margin = now + AUTOMATION_MARGIN
    return walk.World(
        channel=number.kind,
        person={
            "name": contact.title,
            "first_name": contact.first_name,
            "phone": f"+{phone}" if phone else "",
        },
        fields={k: str(v) for k, v in contact.fields.items()},
        tags=frozenset(t.tag.name for t in tags),
        is_open_hours=is_open(hours, conversation.workspace.time_zone, now),
        window_open=window_of(conversation).is_open(margin),
    )
