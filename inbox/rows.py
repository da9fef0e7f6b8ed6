"""The list's rows: a page of conversations and everything their rows show, in few queries."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Membership
from converge import asked, clock
from inbox import reading, row_facts, words
from inbox.facts import window_of
from inbox.filters import ConversationFilter
from inbox.models import Conversation, Message, Tag
from inbox.row_facts import RowFacts
from inbox.states import State

PAGE = 50
FLAGS_MAX = 3


@dataclass(frozen=True)
class Row:
    """One row, ready to be drawn."""

    id: str
    version: int
    rank: str
    name: str
    initials: str
    hue: int
    badge: str
    channel: str
    at: datetime
    time: str
    who: str
    preview: str
    count: int
    window: dict
    assignee: object
    flags: list
    sentence: str


def own(membership: Membership):
    """Every conversation of the workspace, with what this person has seen."""
    conversations = Conversation.objects.filter(workspace_id=membership.workspace_id)
    return reading.with_seen(conversations.with_people(), membership)


def page(
    form: ConversationFilter, membership: Membership, after: str = ""
) -> tuple[list[Row], str]:
    """One page of rows and the key of the next one ("" when there is none)."""
    found = form.filter(own(membership))
    if after:
        found = _after(found, form.order, after)
    conversations = list(found[: PAGE + 1])
    following = (
        _key(conversations[PAGE - 1], form.order) if len(conversations) > PAGE else ""
    )
    return draw(conversations[:PAGE], membership), following


def draw(conversations: list[Conversation], membership: Membership) -> list[Row]:
    now = clock.now()
    facts = row_facts.load(conversations, membership)
    return [_row(c, membership, facts[c.id], now) for c in conversations]


def _row(c, membership, facts: RowFacts, now) -> Row:
    who, preview = _who(c, membership), words.preview(c.last_kind, c.last_text)
    if facts.draft:
        who, preview = "Draft", words.preview("text", facts.draft[:160])
    flags = _flags(c, facts)
    window = words.window_chip(window_of(c), now)
    name = words.visible(c.contact.title)
    row = {
        "id": str(c.public_id),
        "version": c.version,
        "rank": _key(c, "newest"),
        "name": name,
        "initials": words.initials(name),
        "hue": words.hue(c.contact_id),
        "badge": c.number.badge,
        "channel": "WhatsApp" if c.number.is_whatsapp else "Instagram",
        "at": c.last_at,
        "time": words.short_time(c.last_at, now),
        "who": who,
        "preview": preview,
        "count": facts.unread,
        "window": window,
        "assignee": c.assignee,
        "flags": flags[:FLAGS_MAX],
    }
    return Row(**row, sentence=_sentence(row, flags, now))


def _who(c: Conversation, membership: Membership) -> str:
    """Who spoke last, as the preview's prefix; nothing for the customer."""
    if c.last_kind == "note":
        return "Note"
    if c.last_kind == "template":
        return "Template"
    if c.last_origin == Message.AGENT:
        is_me = c.last_author_id == membership.user_id
        return "You" if is_me or not c.last_author else c.last_author.first_name
    return {
        Message.FLOW: "Bot",
        Message.BROADCAST: "Broadcast",
        Message.API: "API",
        Message.PHONE_APP: "Phone",
        Message.ELSEWHERE: "Elsewhere",
    }.get(c.last_origin, "")


def _flags(c: Conversation, facts: RowFacts) -> list[tuple]:
    """(icon, kind, words) in order of weight: trouble, hand, opt-outs, snooze."""
    return [flag for is_on, flag in _possible(c, facts.trouble, facts.codes) if is_on]


def _possible(c: Conversation, trouble: str, codes: frozenset) -> list[tuple]:
    is_unknown = trouble == State.UNKNOWN
    return [
        (is_unknown, ("help", "unknown", "we do not know if a message was sent")),
        (trouble and not is_unknown, ("alert", "fail", "a message failed")),
        (c.takeover, ("hand", "hand", "human takeover is on")),
        (Tag.DND in codes, ("bell-off", "off", "opted out")),
        (Tag.DO_NOT_SEND in codes, ("number-off", "off", "unreachable")),
        (c.state == Conversation.SNOOZED, ("alarm", "off", "snoozed")),
    ]


def _sentence(row: dict, flags: list, now: datetime) -> str:
    """The row's accessible name: everything it shows, as one sentence."""
    parts = [row["name"], row["channel"]]
    if row["count"]:
        parts.append(f"{row['count']} unread")
    spoke = row["who"] or "customer"
    parts.append(f"{spoke} at {row['time']}: {row['preview'][:120]}")
    window = row["window"]
    if window["phase"] == "closed":
        parts.append("window is closed")
    else:
        parts.append(f"window closes in {words.spoken_left(window['until'] - now)}")
    assignee = row["assignee"]
    parts.append(f"assigned to {assignee.first_name}" if assignee else "unassigned")
    return ", ".join(parts + [text for _, _, text in flags])


def _key(c: Conversation, sort: str) -> str:
    """Where a row stands in its order; `_after` continues from it."""
    column = {"waiting": "waiting_since", "closing": "last_inbound_at"}.get(
        sort, "last_at"
    )
    return f"{getattr(c, column).timestamp():.6f}_{c.id}"


def _after(found, sort: str, key: str):
    """Keyset paging: a row comparison, so that page 1,000 costs what page 1 does."""
    at, _, pk = key.partition("_")
    params = [asked.seconds(at), asked.number(pk)]
    if None in params:
        return found
    column, sign = {
        "waiting": ("waiting_since", ">"),
        "closing": ("last_inbound_at", ">"),
    }.get(sort, ("last_at", "<"))
    return found.extra(  # noqa: S610
        where=[
            f"(inbox_conversation.{column}, inbox_conversation.id) {sign}"
            " (to_timestamp(%s), %s)"
        ],
        params=params,
    )
