"""Everything a conversation's part of the page shows, as one explicit dict."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from accounts.models import Membership
from business_numbers import phones
from converge import clock
from inbox import (
    bubbles,
    crossing,
    reactions,
    reply_kinds,
    snoozing,
    thread,
    uploads,
    words,
)
from inbox.composer import composer, composing
from inbox.crossing import Seen
from inbox.facts import FactBook, window_of
from inbox.models import (
    Conversation,
    Identity,
    MergeProposal,
    Message,
    Presence,
    Tag,
)
from inbox.status_line import Crossing, Situation, status_line
from inbox.team import team

PRESENT_FOR = timedelta(seconds=60)


def conversation_context(
    conversation: Conversation,
    membership: Membership,
    *,
    mode: str = "reply",
    limit: int = thread.PAGE,
    before: str = "",
    quoting: str = "",
    seen: Seen | None = None,
) -> dict:
    """`seen`: what this page showed when words came into its box."""
    book = composing(conversation, membership)
    tags = book.tagged[conversation.contact_id]
    present = _present(conversation, membership)
    now = clock.now()
    drawn = composer(book, membership, mode)
    situation = replace(
        _situation(conversation, tags, present, now),
        crossing=_crossing(conversation, membership, seen or drawn.begun),
    )
    looked = conversation.seen_seq
    has_new = conversation.last_inbound_seq > looked
    return _names(conversation) | {
        "first_name": situation.name,
        "now": now,
        "thread": thread.load(
            conversation,
            membership,
            seen_seq=looked if has_new else None,
            limit=limit,
            before=before,
        ),
        "files": uploads.TAKEN[conversation.number.kind],
        "usual": reactions.USUAL,
        "reply_kinds": reply_kinds.KINDS.values(),
        "line": status_line(situation),
        "composer": drawn,
        "quoting": quote_of(conversation, membership, quoting),
        "present": present,
        "team": team(membership),
        "snoozes": snoozing.choices(now),
        "panel": panel(conversation, book, now),
        "twin": _twin(conversation),
        "dnd": next((t for t in tags if t.tag.code == Tag.DND), None),
        "do_not_send": next((t for t in tags if t.tag.code == Tag.DO_NOT_SEND), None),
        "tags": [t for t in tags if not t.tag.code],
    }


def _situation(conversation, tags, present, now) -> Situation:
    replying = [p.user.first_name for p in present if p.state == "replying"]
    return Situation(
        conversation=conversation,
        window=window_of(conversation),
        now=now,
        codes=frozenset(t.tag.code for t in tags if t.tag.code),
        replying=next(iter(replying), ""),
    )


def _crossing(conversation, membership, seen: Seen | None) -> Crossing | None:
    """What teammates said since; nothing where no words stand in the box."""
    if seen is None:
        return None
    said = crossing.said_since(conversation, membership.user, seen)
    if not said:
        return None
    told = crossing.told_of(said, seen)
    return Crossing(crossing.sentence(said), said[-1].anchor, str(told))


def _names(conversation: Conversation) -> dict:
    name = words.visible(conversation.contact.title)
    return {
        "conversation": conversation,
        "contact": conversation.contact,
        "number": conversation.number,
        "name": name,
        "initials": words.initials(name),
        "hue": words.hue(conversation.contact_id),
    }


def panel(conversation: Conversation, book: FactBook, now) -> dict:
    """Who this is, in every name there is, and where they are in the day."""
    named = book.identities[conversation.contact_id]
    ids = {kind: value for (kind, _), value in named.items()}
    digits = ids.get(Identity.WA_ID, "")
    username = ids.get(Identity.USERNAME, "")
    return {
        "phone": phones.shown(digits) if digits else "",
        "username": f"@{username}" if username else "",
        "user": f"WhatsApp user …{ids[Identity.USER_ID][-4:]}"
        if Identity.USER_ID in ids and not digits
        else "",
        "instagram": ids.get(Identity.IGSID, ""),
        "there": phones.local_time(digits, now) if digits else "",
        "profile": words.visible(conversation.contact.profile_name),
        "opened": words.clock_time(conversation.opened_at, now),
        "first_response": _first_response(conversation),
    }


def quote_of(conversation, membership, message_id: str) -> dict | None:
    """The message being answered, as it stands above the words."""
    message = quotable(conversation, message_id)
    if message is None:
        return None
    context = bubbles.Context(clock.now(), conversation, membership.user_id)
    return bubbles.quote(message, context) | {"id": message.id}


def quotable(conversation: Conversation, message_id: str) -> Message | None:
    """A message of this conversation that Meta knows, by our id of it."""
    try:
        wanted = uuid.UUID(message_id)
    except ValueError:
        return None
    known = Message.objects.filter(conversation=conversation, deleted_at=None)
    return known.exclude(wamid="").select_related("author").filter(id=wanted).first()


def _twin(conversation: Conversation) -> dict | None:
    """Who is perhaps the same person. Rare, so asked for only when there is one."""
    if conversation.proposal is None:
        return None
    proposal = MergeProposal.objects.select_related("other").get(
        id=conversation.proposal
    )
    theirs = Conversation.objects.filter(contact=proposal.other).newest_first().first()
    return {
        "id": proposal.id,
        "contact": proposal.other.public_id,
        "name": words.visible(proposal.other.title),
        "conversation": theirs,
    }


def _present(conversation, membership) -> list[Presence]:
    recent = timezone.now() - PRESENT_FOR
    return list(
        Presence.objects.filter(conversation=conversation, at__gt=recent)
        .exclude(user=membership.user_id)
        .select_related("user")[:3]
    )


def _first_response(conversation: Conversation) -> str:
    if not conversation.first_response_at:
        return "–"
    span = conversation.first_response_at - conversation.opened_at
    seconds = max(0, int(span.total_seconds()))
    minutes, rest = divmod(seconds, 60)
    return words.left(span) if minutes >= 60 else f"{minutes} min {rest:02} s"
