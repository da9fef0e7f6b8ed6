"""Which messages leave now: claimed, decided on again, and set to `sending`, then committed.

Locks in order: the number's pace, then conversations. The conversation's lock is held
from the decision to `sending`, so a takeover cannot slip between. Each process takes
only what nobody else holds.
"""

import json
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from business_numbers.models import Number, Pace
from converge import bulk, clock
from inbox import bodies, outgoing, pacing
from inbox.apply import tell
from inbox.facts import Ask, FactBook
from inbox.gate import Allow, Refuse, Sender, decide
from inbox.models import Attachment, Attempt, Conversation, Message
from inbox.outbox import describe
from inbox.states import State

# Below this priority number are people; the rest may use three quarters of the threads.
PEOPLE = 0
# Under way at once for one number, so that a slow one does not take all there is.
PER_NUMBER = 384
META_KEEPS = timedelta(days=29)  # 30, and a day for doubt


@dataclass(frozen=True)
class Upload:
    """A file to hand to Meta first. In the body its `id` stands where Meta's will;
    `media_id` is Meta's when an earlier try got that far."""

    id: uuid.UUID
    file: str
    name: str
    media_type: str
    media_id: str = ""


@dataclass(frozen=True)
class Job:
    """One call to make: everything it needs, nothing secret in it."""

    attempt: uuid.UUID
    message: uuid.UUID
    conversation: int
    number: int
    account: uuid.UUID
    is_whatsapp: bool
    kind: str
    path: str
    body: bytes
    starts_at: float  # time.monotonic() of its slot
    deadline: float  # not begun by then: given back
    limit: int  # sends a second of this number
    priority: int
    was_slow: bool = False
    person: str = ""  # tier slot taken for it, to be released on a refusal
    upload: Upload | None = None


@dataclass(frozen=True)
class Room:
    """How many calls may begin: for anybody, and for automation."""

    free: int
    automation: int
    in_flight: dict = field(default_factory=dict)  # number id → calls under way
    waiting: dict = field(default_factory=dict)  # … and how many of them have not begun
    ahead: float = pacing.HORIZON
    # Number id → where this process stopped giving out slots although more was waiting.
    left_at: dict = field(default_factory=dict)

    def most(self, pace: Pace) -> int:
        """How many more calls this number may have."""
        number, limit = pace.number_id, pace.number.limit_per_second
        may_wait = pacing.most_waiting(limit, self.ahead) - self.waiting.get(number, 0)
        return min(PER_NUMBER - self.in_flight.get(number, 0), may_wait)

    def is_behind(self, pace: Pace) -> bool:
        """Whether it is this process that could not keep up: nobody served the number in
        between, and more was waiting all the time."""
        return self.left_at.get(pace.number_id) == pace.next_at

    def rest_all_but(self, numbers: list[int]) -> None:
        """What nobody waits for is not behind."""
        for number in self.left_at.keys() - set(numbers):
            del self.left_at[number]

    def leave(self, pace: Pace, *, is_used_up: bool) -> None:
        if is_used_up:
            self.left_at[pace.number_id] = pace.next_at
        else:
            self.left_at.pop(pace.number_id, None)


def claim(room: Room) -> list[Job]:
    """Everything that may leave within the next slots, as jobs."""
    numbers = _numbers_due()
    room.rest_all_but(numbers)
    if not numbers or room.free <= 0:
        return []
    with transaction.atomic():
        return _claim(numbers, room)


def _claim(numbers: list[int], room: Room) -> list[Job]:
    paces, db_now, here = _lock_paces(numbers)
    picked: list[tuple[Message, datetime]] = []
    begins = here - db_now.timestamp()  # from the database's clock to ours
    free, automation, offered = room.free, room.automation, {}
    for pace in paces:
        slots = offered[pace] = _slots(pace, db_now, min(free, room.most(pace)), room)
        messages = _pick(pace.number_id, len(slots), automation)
        picked += zip(messages, slots, strict=False)
        free -= len(messages)
        automation -= sum(m.priority > PEOPLE for m in messages)
    jobs = _decide(picked, {p.number_id: p for p in paces}, begins)
    taken = Counter(job.number for job in jobs)
    for pace, slots in offered.items():
        room.leave(pace, is_used_up=taken[pace.number_id] == len(slots))
    return jobs


def _slots(pace: Pace, now: datetime, most: int, room: Room) -> list[datetime]:
    first = pacing.first_slot(pace.next_at, now, is_behind=room.is_behind(pace))
    spacing = pacing.Spacing(pace.number.limit_per_second)
    return pacing.slots(spacing, first, now + timedelta(seconds=room.ahead), most)


def _numbers_due() -> list[int]:
    return [number for (number,) in bulk.fetch(DUE, [])]


# Per priority, because the index finds the first due row of one at once.
DUE = """
SELECT n.id FROM numbers_number n WHERE EXISTS (
  SELECT 1 FROM generate_series(0, 2) AS p(priority)
  CROSS JOIN LATERAL (
    SELECT m.id FROM inbox_message m
    WHERE m.number_id = n.id AND m.priority = p.priority AND m.state = 'queued'
      AND m.due_at <= converge_now() LIMIT 1) AS first)
"""


def _lock_paces(numbers: list[int]) -> tuple[list[Pace], datetime, float]:
    """Paces nobody else serves right now; the database's clock and ours at one moment."""
    paces = list(
        Pace.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(number__in=numbers)
        .select_related("number__account__portfolio")
        .order_by("number_id")
    )
    ((db_now,),) = bulk.fetch("SELECT clock_timestamp()", [])
    return paces, db_now, time.monotonic()


def _pick(number: int, most: int, automation: int) -> list[Message]:
    """Oldest first per conversation, people first; their conversations get locked."""
    if most <= 0:
        return []
    rows = bulk.fetch(PICK, [number, 2 if automation > 0 else PEOPLE, most])
    locked = bulk.fetch(LOCK, [sorted({conversation for _, conversation in rows})])
    held = {pk for (pk,) in locked}
    wanted = [message for message, conversation in rows if conversation in held]
    still = Message.objects.filter(id__in=wanted, state=State.QUEUED).order_by(
        "priority", "due_at", "at", "seq"
    )
    return list(still)


PICK = """
SELECT m.id, m.conversation_id FROM inbox_message m
WHERE m.number_id = %s AND m.state = 'queued' AND m.priority <= %s
  AND m.due_at <= converge_now()
  AND NOT EXISTS (
    SELECT 1 FROM inbox_message e
    WHERE e.conversation_id = m.conversation_id AND e.state IN ('queued', 'sending')
      AND (e.at, e.seq, e.id) < (m.at, m.seq, m.id))
ORDER BY m.priority, m.due_at LIMIT %s
"""
LOCK = """
SELECT id FROM inbox_conversation WHERE id = ANY(%s::bigint[])
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""


def _decide(picked, paces: dict[int, Pace], begins: float) -> list[Job]:
    """Ask the gate again. What is allowed becomes an attempt; slots go to it alone."""
    if not picked:
        return []
    asks = _asks([message for message, _ in picked], paces)
    book = FactBook(list(asks.values()), lock_tiers=True)
    uploads = _uploads([message for message, _ in picked])
    slots: dict[int, list[datetime]] = defaultdict(list)
    for message, slot in picked:
        slots[message.number_id].append(slot)
    jobs, others, used = [], [], defaultdict(int)
    for message, _ in picked:
        facts = book.facts(asks[message.id])
        decision = decide(facts)
        if not isinstance(decision, Allow):
            others.append((message, decision))
            continue
        conversation = asks[message.id].conversation
        book.reserve_tier(facts, conversation)
        number = message.number_id
        slot = slots[number][used[number]]
        used[number] += 1
        starts_at = begins + slot.timestamp()
        job = _job(message, conversation, book, facts, starts_at)
        jobs.append(replace(job, upload=uploads.get(message.id)))
    book.save_tiers()
    _begin(jobs, {m.id: m for m, _ in picked})
    _put_off(others)
    for number, count in used.items():
        last = slots[number][count - 1]
        paces[number].next_at = (
            last + pacing.Spacing(paces[number].number.limit_per_second).gap
        )
        paces[number].save(update_fields=["next_at"])
    tell({m.conversation_id for m, _ in others})
    return jobs


# Of a conversation, and no more: every field costs where hundreds leave a second.
DECIDED_BY = (
    *("contact_id", "number_id", "takeover", "generation", "last_inbound_at"),
    *("contact__blocked_at", "contact__refuses_marketing"),
)


def _asks(messages: list[Message], paces: dict[int, Pace]) -> dict:
    conversations = (
        Conversation.objects.filter(id__in={m.conversation_id for m in messages})
        .select_related("contact")
        .only(*DECIDED_BY)
        .in_bulk()
    )
    for conversation in conversations.values():
        pace = paces[conversation.number_id]
        conversation.number, pace.number.pace = pace.number, pace
    templates = {m.template_id: m for m in messages if m.template_id}
    if templates:
        loaded = Message.template.field.related_model.objects.in_bulk(list(templates))
    return {
        m.id: Ask(
            conversation=conversations[m.conversation_id],
            sender=_sender(m),
            kind=m.kind,
            template=loaded.get(m.template_id) if m.template_id else None,
            generation=m.generation if m.is_automatic else None,
            queued_at=_queued_at(m),
            message=m.id,
        )
        for m in messages
    }


def _queued_at(message: Message) -> datetime:
    """Since when it has waited: sending again by hand begins anew."""
    since = message.decision.get("since")
    return datetime.fromisoformat(since) if since else message.at


def _sender(message: Message) -> Sender:
    if message.is_sent_by_hand:
        return Sender.AGENT
    if message.origin == Message.BROADCAST:
        return Sender.RETRY if message.tries else Sender.BROADCAST
    return Sender(message.origin)


def _job(message, conversation, book: FactBook, facts, starts_at: float) -> Job:
    number: Number = conversation.number
    attempt = uuid.uuid4()
    starts = facts.starts_conversation and number.account.portfolio_id
    return Job(
        attempt=attempt,
        message=message.id,
        conversation=conversation.id,
        number=number.id,
        account=number.account_id,
        is_whatsapp=number.is_whatsapp,
        kind=message.kind,
        path=f"{number.meta_id}/messages",
        body=json.dumps(
            bodies.body(message, conversation, book.address(conversation), attempt),
            ensure_ascii=False,
        ).encode(),
        starts_at=starts_at,
        deadline=time.monotonic() + settings.SEND_LEASE / 2,
        limit=number.limit_per_second,
        was_slow=number.pace.slow_count > 0,
        priority=message.priority,
        person=book.person(conversation) if starts else "",
    )


def _uploads(messages: list[Message]) -> dict[uuid.UUID, Upload]:
    """Files that travel with messages. What Meta got in an earlier try it still has.
    Instagram fetches them itself."""
    at = {m.id: m.at for m in messages if m.kind in bodies.WITH_FILE}
    if not at:
        return {}
    is_kept_since = clock.now() - META_KEEPS
    return {
        a.message_id: Upload(
            id=a.id,
            file=a.file,
            name=a.name or a.kind,
            media_type=a.media_type,
            media_id=a.media_id if at[a.message_id] > is_kept_since else "",
        )
        for a in Attachment.objects.filter(message__in=at, number__kind=Number.WHATSAPP)
    }


def _begin(jobs: list[Job], messages: dict) -> None:
    """The attempt is committed before the call: a crash leaves a trace, never a secret."""
    now = clock.now()
    rows = [
        {
            "id": job.attempt,
            "message_id": job.message,
            "workspace_id": messages[job.message].workspace_id,
            "number_id": job.number,
            "contact_id": messages[job.message].contact_id,
            "n": messages[job.message].tries + 1,
            "started_at": now,
            "state": State.SENDING,
            "wamid": "",
            "error": {},
        }
        for job in jobs
    ]
    bulk.insert(Attempt, rows)
    bulk.update(
        Message,
        [{"id": job.message, "tries": messages[job.message].tries + 1} for job in jobs],
        "state = 'sending', tries = r.tries, lease_until = clock_timestamp()"
        f" + make_interval(secs => {settings.SEND_LEASE})",
    )


def _put_off(others: list) -> None:
    """Waits get a new time; refusals end the message, and its words say why."""
    now = clock.now()
    for message, decision in others:
        message.decision |= describe(decision, now)
        if isinstance(decision, Refuse):
            message.state = State.FAILED
            message.error_text = decision.reason.name
        else:
            message.due_at = decision.until
        message.save(update_fields=["decision", "state", "error_text", "due_at"])
    outgoing.moved(m.id for m, decision in others if isinstance(decision, Refuse))
