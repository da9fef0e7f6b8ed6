"""Two teammates answer one customer: what a page had not shown when Send was pressed.

What the team writes here is in order of time, because each write holds the conversation's
lock; what was typed on the phone comes later by itself, so there the order of arrival counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from accounts.models import User
from converge import clock
from inbox import words
from inbox.models import Conversation, Draft, Message, Note
from inbox.states import State

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# A reply on the phone that is told later than this is no news to who answers now.
TOLD_WITHIN = timedelta(hours=1)
SHOWN_MAX = 4
SEQ_MAX = 2**63 - 1
BY_PHONE = "Somebody on the phone"


@dataclass(frozen=True)
class Seen:
    """How far a page showed what the team said. As text it travels with the form."""

    at: datetime
    seq: int

    def __str__(self):
        return f"{(self.at - BEGINNING) // MICROSECOND}_{self.seq}"


@dataclass(frozen=True)
class Said:
    """Something a teammate wrote, as it is told to who writes the next."""

    who: str
    is_note: bool
    text: str
    at: datetime
    seq: int = 0
    anchor: str = ""  # where it stands in the thread

    @property
    def time(self) -> str:
        return words.clock_time(self.at, clock.now())


class Crossed(Exception):
    """Nothing was sent: others said something first, newest last. Whoever has been told of
    it has `seen` more than before."""

    def __init__(self, said: list[Said], before: Seen):
        super().__init__()
        self.said, self.before = said, before
        self.seen = told_of(said, before)


def told_of(said: list[Said], before: Seen) -> Seen:
    return Seen(
        max([before.at, *(s.at for s in said)]),
        max([before.seq, *(s.seq for s in said)]),
    )


def parse(text: str) -> Seen | None:
    """None for what no page of ours carries: then nothing is asked."""
    try:
        at, seq = map(int, text.split("_"))
        return Seen(BEGINNING + at * MICROSECOND, seq)
    except (ValueError, OverflowError):
        return None


def shown(messages: list[Message], notes: list[Note], since: datetime | None) -> Seen:
    """By the newest part of a thread, which begins at `since` (None: at its beginning)."""
    team = [m.at for m in messages if m.origin == Message.AGENT]
    team += [note.at for note in notes]
    newest = max(team, default=BEGINNING)
    return Seen(
        max(newest, since or BEGINNING), max((m.seq for m in messages), default=0)
    )


def everything(conversation: Conversation) -> Seen:
    """By a page about the past, which shows nothing of now."""
    return Seen(clock.now(), conversation.last_inbound_seq)


def since_draft(draft: Draft | None) -> Seen | None:
    """By words somebody left in the box: what was there when they were last kept. Replies on
    the phone are ordered otherwise and left out."""
    return Seen(draft.saved_at, SEQ_MAX) if draft and draft.body else None


def check(conversation: Conversation, user: User | None, seen: Seen | None) -> None:
    """`Crossed` when others wrote since. Ask with the conversation locked."""
    if seen and (said := said_since(conversation, user, seen)):
        raise Crossed(said, seen)


def said_since(conversation: Conversation, user: User | None, seen: Seen) -> list[Said]:
    replies = _replies(conversation, user, seen)
    notes = (
        Note.objects.filter(conversation=conversation, at__gt=seen.at)
        .exclude(author=user)
        .select_related("author")
        .order_by("-at")
    )
    said = [_reply(m) for m in replies[:SHOWN_MAX]] + [
        _note(n) for n in notes[:SHOWN_MAX]
    ]
    return sorted(said, key=lambda s: s.at)[-SHOWN_MAX:]


def _replies(conversation, user, seen: Seen):
    here = Q(origin=Message.AGENT, at__gt=seen.at)
    on_the_phone = Q(origin=Message.PHONE_APP, seq__gt=seen.seq)
    earliest = max(seen.at, BEGINNING + TOLD_WITHIN) - TOLD_WITHIN
    return (
        Message.objects.filter(
            here | on_the_phone,
            conversation=conversation,
            direction=Message.OUT,
            at__gt=earliest,
        )
        .exclude(author=user)
        .exclude(state=State.CANCELLED)
        .exclude(kind="reaction")
        .select_related("author", "template")
        .order_by("-at", "-seq", "-id")
    )


def _reply(message: Message) -> Said:
    is_phone = message.origin == Message.PHONE_APP
    who = BY_PHONE if is_phone else _name(message.author)
    text = words.preview(message.kind, message.body)
    if message.template:
        text = f"Template {message.template.name}: {text}"
    return Said(who, False, text, message.at, message.seq, f"m-{message.id}")


def _note(note: Note) -> Said:
    text = words.preview("text", note.body)
    return Said(_name(note.author), True, text, note.at, anchor=f"n-{note.id}")


def _name(author: User | None) -> str:
    return author.first_name if author else "A teammate"


def sentence(said: list[Said]) -> str:
    """Who did what first: `Ana replied`, `Ana and Marc wrote`."""
    names = list(dict.fromkeys(s.who for s in said))
    act = "added a note" if all(s.is_note for s in said) else "replied"
    who = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return f"{who} {act} while you were writing"
