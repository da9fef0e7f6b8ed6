"""What a search found, as it is drawn: people by name, messages and notes in two lines."""

from dataclasses import dataclass, field
from datetime import datetime

from business_numbers import phones
from converge import clock
from inbox import words
from inbox.excerpts import Piece, excerpt
from inbox.looking import Place
from inbox.models import Contact, Conversation, Identity, Message, Note
from inbox.search import Query

PEOPLE = 5


@dataclass
class Person:
    contact: Contact
    name: str
    initials: str
    hue: int
    numbers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hit:
    """`anchor` is the id of its `<li>` in the thread."""

    id: str
    anchor: str
    conversation: Conversation
    name: str
    number: str
    at: datetime
    time: str
    who: str
    is_note: bool
    excerpt: list[Piece]


def draw_people(contacts) -> tuple[list[Person], bool]:
    """The first few, and whether there are more."""
    found = list(contacts.order_by("-id")[: PEOPLE + 1]) if contacts is not None else []
    people = {c.id: _person(c) for c in found[:PEOPLE]}
    named = Identity.objects.filter(
        contact__in=people, kind__in=(Identity.WA_ID, Identity.USERNAME)
    )
    for identity in named.order_by("kind", "id") if people else ():
        is_phone = identity.kind == Identity.WA_ID
        shown = phones.shown(identity.value) if is_phone else f"@{identity.value}"
        people[identity.contact_id].numbers.append(shown)
    return list(people.values()), len(found) > PEOPLE


def _person(contact: Contact) -> Person:
    name = words.visible(contact.title)
    return Person(contact, name, words.initials(name), words.hue(contact.id))


def draw_hits(places: tuple[Place, ...], query: Query) -> list[Hit]:
    """In their order. What was deleted a moment ago is left out."""
    now = clock.now()
    kinds = [(Message.objects.filter(deleted_at=None), False), (Note.objects, True)]
    found = {}
    for rows, is_note in kinds:
        if ids := [place.id for place in places if place.is_note == is_note]:
            rows = rows.filter(id__in=ids).select_related(
                "author", "conversation__contact", "conversation__number"
            )
            found |= {row.id: _hit(row, query, now) for row in rows}
    return [found[place.id] for place in places if place.id in found]


def _hit(row: Message | Note, query: Query, now: datetime) -> Hit:
    is_note = isinstance(row, Note)
    text = words.preview("note" if is_note else row.kind, row.body)
    number = row.conversation.number
    return Hit(
        id=str(row.id),
        anchor=f"{'n' if is_note else 'm'}-{row.id}",
        conversation=row.conversation,
        name=words.visible(row.conversation.contact.title),
        number=number.label or number.display,
        at=row.at,
        time=words.short_time(row.at, now),
        who=_who(row),
        is_note=is_note,
        excerpt=excerpt(text, query.terms),
    )


def _who(row: Message | Note) -> str:
    """Who wrote it, unless it was the customer."""
    if row.author:
        return words.visible(row.author.first_name)
    if isinstance(row, Note):
        return "Teammate"
    if not row.is_out:
        return ""
    return "Bot" if row.origin == Message.FLOW else row.get_origin_display()
