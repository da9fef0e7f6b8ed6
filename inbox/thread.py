"""A thread as it is drawn: messages, notes and events in one order, grouped, with days.

Pages by key (at, seq, id), oldest first, in a fixed number of queries.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership
from converge import asked, clock
from inbox import bubbles, crossing, mentions, words
from inbox.models import (
    Attachment,
    Conversation,
    Event,
    Message,
    Note,
    Reaction,
)
from inbox.team import team

PAGE = 50
LATER = 15  # shown after a message that was looked for
TOGETHER = timedelta(minutes=5)
JUST_NOW = timedelta(minutes=10)
MISSED_WINDOW = timedelta(hours=24)


@dataclass
class Item:
    """One `<li>` of a thread. `kind`: day, divider, bubble, note, event."""

    kind: str
    id: str
    at: datetime
    text: str = ""
    icon: str = ""
    cont: bool = False
    bubble: object = None
    note: object = None
    pieces: list = field(default_factory=list)  # of a note: (text, is a name)


@dataclass(frozen=True)
class Thread:
    items: list[Item] = field(default_factory=list)
    older: str = ""  # the key earlier messages continue from, "" at the beginning
    newest_seq: int = 0
    is_past: bool = False  # there are later messages than these
    seen: crossing.Seen | None = None  # of what the team said; goes with a reply


def load(
    conversation: Conversation,
    membership: Membership,
    *,
    before: str = "",
    seen_seq: int | None = None,
    limit: int = PAGE,
) -> Thread:
    """The newest `limit` messages (before a key), with what happened among them."""
    now = clock.now()
    messages, older = _messages(conversation, before, limit)
    since = messages[0].at if messages and older else None
    until = _time_of(before)
    notes = list(_between(Note, conversation, since, until).select_related("author"))
    events = _between(Event, conversation, since, until).select_related("actor")
    context = _context(conversation, membership, messages, now)
    found = [_bubble_item(m, context) for m in messages]
    found += [_note_item(n, team(membership)) for n in notes]
    found += [_event_item(e, now) for e in events]
    found.sort(key=lambda item: item.at)
    newest = max((m.seq for m in messages if m.direction == Message.IN), default=0)
    seen = crossing.shown(messages, notes, since)
    if before:
        seen = crossing.everything(conversation)
    return Thread(_arrange(found, seen_seq, now), older, newest, bool(before), seen)


def reacted_lately(
    conversation: Conversation, membership: Membership, shown: Thread
) -> list[Item]:
    """Older messages than `shown` that a teammate reacted to a moment ago: they change
    where they stand."""
    now = clock.now()
    sends = Message.objects.filter(
        conversation=conversation, kind="reaction", at__gt=now - JUST_NOW
    )
    targets = set(sends.values_list("reply_to", flat=True)) - {""}
    if not targets or not shown.older:
        return []
    own = Message.objects.filter(
        number=conversation.number_id, conversation=conversation, wamid__in=targets
    ).exclude(wamid="")  # the number leads the index of wamids, which has no empty ones
    older = own.filter(at__lt=shown.items[0].at).select_related("author", "template")
    messages = list(older.order_by("-at")[:PAGE])
    context = _context(conversation, membership, messages, now)
    return [_bubble_item(m, context) for m in messages]


def _context(conversation, membership, messages: list[Message], now):
    return bubbles.Context(
        now=now,
        conversation=conversation,
        viewer=membership.user_id,
        attachments=_attachments(messages),
        reactions=_reactions(conversation, messages),
        quoted=_quoted(conversation, messages),
    )


def key_around(conversation: Conversation, wanted: str) -> str:
    """`before` of the page that shows a message or note with some later messages; "" for
    the newest page, where it is or where one looks for what is not here."""
    own = Message.objects.filter(conversation=conversation)
    here = _find(own, wanted) or _find(conversation.notes, wanted)
    if here is None:
        return ""
    at, seq = here.at, getattr(here, "seq", 0)
    later = own.filter(Q(at__gt=at) | Q(at=at, seq__gt=seq)).order_by("at", "seq", "id")
    last = later[LATER : LATER + 1]
    return _key(last[0]) if last else ""


def _find(rows, wanted: str):
    try:
        return rows.filter(id=uuid.UUID(wanted)).first()
    except ValueError:
        return None


def _messages(conversation, before: str, limit: int) -> tuple[list[Message], str]:
    found = (
        Message.objects.filter(conversation=conversation)
        .exclude(kind="reaction")  # they stand at what they are about
        .select_related("author", "template")
        .order_by("-at", "-seq", "-id")
    )
    if before:
        found = found.extra(
            where=["(inbox_message.at, inbox_message.seq) < (to_timestamp(%s), %s)"],
            params=_parse(before),
        )
    page = list(found[: limit + 1])
    older = _key(page[limit - 1]) if len(page) > limit else ""
    return page[:limit][::-1], older


def _key(message: Message) -> str:
    return f"{message.at.timestamp():.6f}_{message.seq}"


def _parse(key: str) -> tuple[float, int]:
    at, _, seq = key.partition("_")
    return asked.seconds(at) or 0.0, asked.number(seq, 0)


def _time_of(key: str) -> datetime | None:
    return datetime.fromtimestamp(_parse(key)[0], UTC) if key else None


def _between(model, conversation, since, until):
    found = model.objects.filter(conversation=conversation).order_by("at", "id")
    if since:
        found = found.filter(at__gte=since)
    return found.filter(at__lt=until) if until else found


def _attachments(messages: list[Message]) -> dict:
    found = defaultdict(list)
    ids = [m.id for m in messages if m.kind not in ("text", "template")]
    for attachment in Attachment.objects.filter(message__in=ids).order_by("position"):
        found[attachment.message_id].append(attachment)
    return found


def _reactions(conversation, messages: list[Message]) -> dict:
    found = defaultdict(list)
    wamids = [m.wamid for m in messages if m.wamid]
    rows = Reaction.objects.filter(
        number=conversation.number_id, target__in=wamids
    ).exclude(emoji="", is_ours=False)
    for reaction in rows.select_related("author", "message").order_by("at"):
        found[reaction.target].append(reaction)
    return found


def _quoted(conversation, messages: list[Message]) -> dict:
    wamids = {m.reply_to for m in messages if m.reply_to}
    here = {m.wamid: m for m in messages if m.wamid in wamids}
    missing = wamids - here.keys()
    if missing:
        rows = Message.objects.filter(
            conversation=conversation, wamid__in=missing
        ).select_related("author")
        here |= {m.wamid: m for m in rows}
    return here


def _bubble_item(message: Message, context) -> Item:
    return Item(
        "bubble",
        f"m-{message.id}",
        message.at,
        bubble=bubbles.draw(message, context),
    )


def _note_item(note: Note, members: list) -> Item:
    pieces = mentions.pieces(note.body, members)
    return Item("note", f"n-{note.id}", note.at, note=note, pieces=pieces)


def _event_item(event: Event, now: datetime) -> Item:
    icon, sentence = words.EVENTS.get(event.kind, ("info", event.kind))
    said = {key: words.visible(str(value)) for key, value in event.data.items()}
    said["actor"] = str(event.actor.first_name) if event.actor else "Converge"
    said["reason"] = words.TAKEOVER_REASONS.get(said.get("reason", ""), "")
    said["until"] = _until(event, now)
    text = sentence.format_map(defaultdict(str, said))
    return Item("event", f"e-{event.id}", event.at, text=text, icon=icon)


def _until(event: Event, now: datetime) -> str:
    until = event.data.get("until")
    return words.clock_time(datetime.fromisoformat(until), now) if until else ""


def _arrange(found: list[Item], seen_seq: int | None, now: datetime) -> list[Item]:
    """Put in the days, the line before what is new, and join what belongs together."""
    items: list[Item] = []
    new = _count_new(found, seen_seq)
    previous, last_day, is_divided = None, None, not new
    for item in found:
        day = timezone.localtime(item.at).date()
        if day != last_day:
            items.append(Item("day", f"d-{day}", item.at, text=words.day(item.at, now)))
            last_day, previous = day, None
        if not is_divided and _is_new(item, seen_seq):
            noun = "new since you last looked"
            items.append(Item("divider", "unread", item.at, text=f"{new} {noun}"))
            is_divided, previous = True, None
        _join(item, previous)
        items.append(item)
        previous = item
    return items


def _is_new(item: Item, seen_seq: int | None) -> bool:
    return (
        seen_seq is not None
        and item.bubble is not None
        and item.bubble.side == "in"
        and item.bubble.seq > seen_seq
    )


def _count_new(found: list[Item], seen_seq: int | None) -> int:
    return sum(_is_new(item, seen_seq) for item in found)


def _join(item: Item, previous: Item | None) -> None:
    """Consecutive bubbles of one author within five minutes share a header."""
    if previous is None:
        return
    if item.kind == previous.kind == "event":
        item.cont = True
    if item.kind == previous.kind == "bubble":
        same = item.bubble.group == previous.bubble.group
        item.cont = same and item.at - previous.at <= TOGETHER
        if item.cont:
            item.bubble.author = None
