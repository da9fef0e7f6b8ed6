"""What rings for one person: a mention, and a customer who wrote in a conversation of theirs.

It names people and never says what was said, for a desktop shows it to whoever passes by.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox import reading, words
from inbox.models import Conversation, Mention

# What is older is no news (a backlog after an outage would ring for hours).
NEWS_FOR = timedelta(hours=1)
RINGS_MAX = 20


@dataclass(frozen=True)
class Ring:
    """`key` is new with every message; `about` is the conversation it is in."""

    key: str
    about: str
    title: str
    text: str
    path: str


def rings(membership: Membership) -> list[Ring]:
    """As their settings have it, and only what they have not read."""
    since, user, found = clock.now() - NEWS_FOR, membership.user, []
    if user.rings_for_mentions:
        found += _mentions(membership, since)
    if user.rings_for_messages:
        found += _messages(membership, since)
    return found


def _mentions(membership: Membership, since: datetime) -> list[Ring]:
    new = Mention.objects.of(membership).unread().filter(at__gt=since)
    new = new.select_related("note__author", "note__conversation__contact")
    return [
        _mention(mention, membership) for mention in new.order_by("-id")[:RINGS_MAX]
    ]


def _mention(mention: Mention, membership: Membership) -> Ring:
    note = mention.note
    who = note.author.first_name if note.author else "Somebody who left"
    about = words.visible(note.conversation.contact.title)
    path = reverse("inbox:open_mention", args=[membership.workspace.slug, mention.id])
    return Ring(
        f"mention {mention.id}",
        str(note.conversation.public_id),
        f"{who} mentioned you",
        f"In a note about {about}",
        path,
    )


def _messages(membership: Membership, since: datetime) -> list[Ring]:
    own = Conversation.objects.filter(
        workspace_id=membership.workspace_id,
        assignee_id=membership.user_id,
        state=Conversation.OPEN,
        last_inbound_at__gt=since,
    ).select_related("contact", "number")
    new = reading.with_seen(own, membership).filter(last_inbound_seq__gt=F("seen_seq"))
    return [
        _message(c, membership) for c in new.order_by("-last_inbound_at")[:RINGS_MAX]
    ]


def _message(conversation: Conversation, membership: Membership) -> Ring:
    public_id = conversation.public_id
    path = reverse("inbox:conversation", args=[membership.workspace.slug, public_id])
    return Ring(
        f"{public_id} {conversation.last_inbound_seq}",
        str(public_id),
        words.visible(conversation.contact.title),
        f"Wrote to {conversation.number.label}. The conversation is yours.",
        path,
    )
