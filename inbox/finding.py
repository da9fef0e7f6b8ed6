"""What a search finds: people, and messages newest first, in a fixed number of queries."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from business_numbers.models import Number
from converge import clock
from inbox import directory, reading, search, tokens, words
from inbox.filters import in_window, matching
from inbox.models import Attachment, Contact, ContactTag, Conversation, Message
from inbox.search import Query
from inbox.states import TROUBLED

PAGE, PEOPLE = 20, 5
# Without a word to look up there is no index to ask: only what is recent.
RECENT = timedelta(days=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATES = {
    "unread": Q(last_inbound_seq__gt=F("seen_seq")),
    "waiting": Q(waiting_since__isnull=False),
    "closed": Q(state=Conversation.CLOSED),
}


@dataclass(frozen=True)
class Hit:
    message: Message
    name: str
    time: str
    who: str
    excerpt: list[search.Piece]


def people(query: Query, membership: Membership) -> tuple[list[directory.Row], bool]:
    """The first few contacts, and whether there are more."""
    if query.values("has") or not (query.text or query.values("tag")):
        return [], False
    found = _tagged(Contact.objects.filter(workspace=membership.workspace_id), query)
    if query.text:
        found = found.filter(id__in=matching(membership.workspace_id, query.text))
    for name in query.values("from"):
        found = found.filter(id__in=matching(membership.workspace_id, name))
    if _is_about_conversations(query):
        found = found.filter(
            id__in=_conversations(query, membership).values("contact_id")
        )
    contacts = list(found.order_by("-id")[: PEOPLE + 1])
    return directory.draw(contacts[:PEOPLE]), len(contacts) > PEOPLE


def messages(
    query: Query, membership: Membership, after: str = ""
) -> tuple[list[Hit], str]:
    """A page of hits and the key older ones continue from ("" when there is none)."""
    if query.text and not query.words:
        return [], ""
    found = _after(_matching_messages(query, membership), after)
    found = found.select_related("conversation", "contact", "number", "author")
    page = list(found.order_by("-at", "-id")[: PAGE + 1])
    following = _key(page[PAGE - 1]) if len(page) > PAGE else ""
    now = clock.now()
    return [_hit(message, query, now) for message in page[:PAGE]], following


def _matching_messages(query: Query, membership: Membership):
    workspace = membership.workspace_id
    found = Message.objects.filter(workspace=workspace, deleted_at=None)
    if query.words:
        found = found.exclude(body="").filter(tokens.says(workspace, query.words))
    else:
        found = found.filter(at__gt=clock.now() - RECENT)
    for name in query.values("from"):
        found = found.filter(_written_by(name, membership))
    if query.values("tag"):
        own = Contact.objects.filter(workspace=workspace)
        found = found.filter(contact__in=_tagged(own, query))
    if _is_about_conversations(query):
        found = found.filter(conversation__in=_conversations(query, membership))
    for what in query.values("has"):
        found = found.filter(_having(what))
    return found


def _written_by(name: str, membership: Membership) -> Q:
    if name.lower() == "me":
        return Q(author=membership.user_id)
    own = matching(membership.workspace_id, name)
    customers = Q(direction=Message.IN, contact__in=own)
    return customers | Q(author__name__icontains=name)


def _having(what: str) -> Q | Exists:
    if what == "failed":
        return Q(state__in=TROUBLED, dismissed_at=None)
    return Exists(Attachment.objects.filter(message=OuterRef("id")))


def _tagged(contacts, query: Query):
    for name in query.values("tag"):
        tagged = ContactTag.objects.filter(
            contact=OuterRef("id"), tag__name__iexact=name
        )
        contacts = contacts.filter(Exists(tagged))
    return contacts


def _is_about_conversations(query: Query) -> bool:
    return any(query.values(name) for name in ("number", "is", "window"))


def _conversations(query: Query, membership: Membership):
    found = reading.with_seen(
        Conversation.objects.filter(workspace=membership.workspace_id), membership
    )
    for name in query.values("number"):
        found = found.filter(number__in=_numbers(name, membership))
    for state in query.values("is"):
        found = found.filter(STATES[state])
    for phase in query.values("window"):
        found = found.filter(in_window(phase))
    return found


def _numbers(name: str, membership: Membership):
    """By a part of the name, or of the digits in whatever way they are typed."""
    called = Q(label__icontains=name) | Q(display__icontains=name)
    digits = "".join(filter(str.isdigit, name))
    if len(digits) >= 3:
        called |= Q(display__regex=r"\D*".join(digits))
    return Number.objects.filter(called, workspace=membership.workspace_id)


def _key(message: Message) -> str:
    microseconds = (message.at - EPOCH) // timedelta(microseconds=1)
    return f"{microseconds}_{message.id.hex}"


def _after(found, key: str):
    """Where the page before ended; a key that is none begins at the newest."""
    at, _, pk = key.partition("_")
    try:
        at, pk = EPOCH + timedelta(microseconds=int(at)), uuid.UUID(pk)
    except (ValueError, OverflowError):
        return found
    return found.filter(Q(at__lt=at) | Q(at=at, id__lt=pk))


def _hit(message: Message, query: Query, now: datetime) -> Hit:
    body = words.visible(" ".join(message.body.split()))
    return Hit(
        message=message,
        name=words.visible(message.contact.title),
        time=words.short_time(message.at, now),
        who=_who(message),
        excerpt=search.excerpt(body or words.preview(message.kind, ""), query.words),
    )


def _who(message: Message) -> str:
    if not message.is_out:
        return ""
    if message.author:
        return words.visible(message.author.first_name)
    return "Bot" if message.is_automatic else message.get_origin_display()
