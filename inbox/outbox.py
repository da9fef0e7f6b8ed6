"""Everything that sends comes through `queue`: the gate is asked, the row is the job.

`Message` rows are made here, in `bulk_outbox` (for broadcasts) and in ingest, nowhere
else. Nothing is sent here; the deliver process is woken and asks the gate again.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from business_numbers.models import Template
from converge import clock
from inbox import crossing, takeover
from inbox.apply import tell
from inbox.facts import Ask, FactBook
from inbox.gate import Allow, Decision, Refuse, Sender, Wait, decide
from inbox.models import Attachment, Conversation, Message
from inbox.states import TROUBLED, State

WAKE = "converge_outbox"
PRIORITY = {Sender.AGENT: 0, Sender.API: 1, Sender.FLOW: 1}
BROADCAST_PRIORITY = 2
# What silences the bot when a person sends it; media is everything but words and forms.
TAKES_OVER = frozenset({
    "text", "image", "video", "audio", "document", "sticker", "location", "contacts",
    "interactive",
})  # fmt: skip

# A customer who gets one still waits, and the list goes on showing their words.
ANSWERS_NOBODY = frozenset({"reaction"})


class SameIdOtherText(Exception):
    """The browser's id was used before, for something else."""


@dataclass(frozen=True)
class Draught:
    """What somebody wants to send. `id` is the browser's, so a second click is the first.

    `content` is Meta's JSON for every kind but text (of a file: all but its id); `shown`
    what the thread draws.
    """

    kind: str
    body: str
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    content: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    reply_to: str = ""
    template: Template | None = None
    values: dict | None = None
    attachment: Attachment | None = None  # stored, its row not yet saved


@dataclass(frozen=True)
class Outcome:
    """`message` is None when the gate refused: nothing was written."""

    decision: Decision
    message: Message | None = None
    is_new: bool = False
    took_over: bool = False


@transaction.atomic
def queue(
    conversation_id: int,
    draught: Draught,
    *,
    sender: Sender = Sender.AGENT,
    author: User | None = None,
    may_send: bool = True,
    generation: int | None = None,
    seen: crossing.Seen | None = None,
) -> Outcome:
    """Ask the gate and, unless it refuses, put the message into the outbox.

    With `seen`, what the author's page showed, `Crossed` when a colleague was first.
    """
    conversation = lock(conversation_id)
    earlier = Message.objects.filter(id=draught.id).first()
    if earlier:
        return _same_again(earlier, conversation, draught)
    ask = Ask(
        conversation,
        sender,
        draught.kind,
        draught.template,
        draught.values,
        may_send,
        generation,
    )
    decision = decide(FactBook([ask]).facts(ask))
    if isinstance(decision, Refuse):
        return Outcome(decision)
    crossing.check(conversation, author, seen)
    message = _write(conversation, draught, sender, author, decision, generation)
    if draught.attachment:
        draught.attachment.message = message
        draught.attachment.save(force_insert=True)
    took_over = sender is Sender.AGENT and draught.kind in TAKES_OVER
    took_over = took_over and takeover.turn_on(
        conversation, by=author, reason=Conversation.BY_REPLY
    )
    if draught.kind not in ANSWERS_NOBODY:
        _touch(conversation, message)
    tell({conversation.id})
    wake()
    return Outcome(decision, message, is_new=True, took_over=took_over)


@transaction.atomic
def queue_again(message_id, *, may_send: bool) -> Refuse | None:
    """A person sends a failed or unknown message once more: a new attempt, and theirs,
    also when automation wrote it (automation never repeats what may have arrived)."""
    message = Message.objects.select_related("template").get(id=message_id)
    conversation = lock(message.conversation_id)
    message.refresh_from_db(fields=["state"])
    if message.state not in TROUBLED:
        return None  # it arrived meanwhile, or is already on its way
    ask = Ask(
        conversation,
        Sender.AGENT,
        message.kind,
        message.template,
        may_send=may_send,
    )
    decision = decide(FactBook([ask]).facts(ask))
    if isinstance(decision, Refuse):
        return decision
    now = clock.now()
    message.state, message.due_at, message.dismissed_at = State.QUEUED, now, None
    message.decision = describe(decision, now) | {
        "since": now.isoformat(),
        "by_hand": True,
    }
    message.priority = PRIORITY[Sender.AGENT]
    message.error_code, message.error_text = None, ""
    message.save(
        update_fields=[
            "state", "due_at", "dismissed_at", "decision", "priority", "error_code",
            "error_text",
        ]
    )  # fmt: skip
    tell({conversation.id})
    wake()
    return None


def lock(conversation_id: int) -> Conversation:
    return (
        Conversation.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "contact", "number__account__portfolio", "number__pace", "workspace"
        )
        .get(id=conversation_id)
    )


def wake() -> None:
    """Tell the deliver process, once this is committed."""
    transaction.on_commit(_notify)


def describe(decision: Decision, at: datetime) -> dict:
    """The decision as it is kept on the message."""
    told = {"at": at.isoformat(), "verdict": type(decision).__name__.lower()}
    if isinstance(decision, Allow):
        return told | {"warnings": [reason.name for reason in decision.warnings]}
    return told | {"reason": decision.reason.name}


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE}")


def _same_again(earlier: Message, conversation, draught: Draught) -> Outcome:
    is_same = (
        earlier.conversation_id == conversation.id
        and earlier.kind == draught.kind
        and earlier.body == draught.body
        and earlier.direction == Message.OUT
    )
    if not is_same:
        raise SameIdOtherText
    return Outcome(Allow(), earlier)


def _write(conversation, draught, sender, author, decision, generation) -> Message:
    now = clock.now()
    return Message.objects.create(
        id=draught.id,
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        contact_id=conversation.contact_id,
        number_id=conversation.number_id,
        direction=Message.OUT,
        origin=Message.BROADCAST if sender.is_broadcast else sender.value,
        author=author,
        kind=draught.kind,
        body=draught.body,
        payload={"content": draught.content, "shown": draught.shown}
        if draught.content
        else {},
        reply_to=draught.reply_to,
        template=draught.template,
        at=now,
        state=State.QUEUED,
        decision=describe(decision, now),
        priority=PRIORITY.get(sender, BROADCAST_PRIORITY),
        generation=conversation.generation if generation is None else generation,
        due_at=decision.until if isinstance(decision, Wait) else now,
    )


def _touch(conversation: Conversation, message: Message) -> None:
    """The list's row, and who waits for whom."""
    c = conversation
    c.last_at, c.last_seq = message.at, message.seq
    c.last_kind, c.last_text = message.kind, message.body[:160]
    c.last_origin, c.last_author = message.origin, message.author
    if message.origin == Message.AGENT:
        c.waiting_since, c.last_reply_at = None, message.at
        c.first_response_at = c.first_response_at or message.at
    c.save(
        update_fields=[
            "last_at", "last_seq", "last_kind", "last_text", "last_origin",
            "last_author", "waiting_since", "last_reply_at", "first_response_at",
        ]
    )  # fmt: skip
