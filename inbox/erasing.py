"""Everything a person is known by and has said, erased for good; what is counted stays.

Rows remain, empty, so that the results of broadcasts and reports do not change. Files go
first: should the rest fail, it can be done again, and no file is left without a row.
"""

from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db import transaction

from converge import bulk, clock
from inbox import turns
from inbox.apply import tell
from inbox.joining import refuse_in_flight
from inbox.models import (
    Attachment,
    Contact,
    ContactTag,
    Conversation,
    Draft,
    Event,
    Identity,
    ImportRow,
    Merge,
    MergeProposal,
    Message,
    Note,
)

ERASED = "Erased person"
# What these say is about the person; the others say what the team did.
TELLING = (
    "dnd_on", "dnd_off", "number_changed", "merged", "tag_added", "tag_removed",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A contact and those that became part of it, and the numbers they have."""

    contacts: list[int]
    digits: list[str]


@dataclass(frozen=True)
class Extent:
    """What there is to erase, for the page that asks."""

    identities: int
    messages: int
    files: int
    notes: int


def person_of(contact: Contact) -> Person:
    rows = bulk.fetch(PARTS, [contact.id])
    contacts = sorted(pk for (pk,) in rows)
    found = Identity.objects.filter(contact__in=contacts, kind=Identity.WA_ID)
    return Person(contacts, sorted(found.values_list("value", flat=True)))


PARTS = """
WITH RECURSIVE part(id) AS (
  SELECT %s::bigint UNION
  SELECT c.id FROM inbox_contact c JOIN part p ON c.merged_into_id = p.id)
SELECT id FROM part
"""


def extent(contact: Contact) -> Extent:
    contacts = person_of(contact).contacts
    said = Message.objects.filter(contact__in=contacts)
    return Extent(
        identities=Identity.objects.filter(contact__in=contacts).count(),
        messages=said.count(),
        files=_files(contacts).count(),
        notes=Note.objects.filter(conversation__contact__in=contacts).count(),
    )


def _files(contacts: list[int]):
    return Attachment.objects.filter(message__contact__in=contacts).exclude(file="")


def erase(contact: Contact, also: tuple) -> None:
    """Safe twice. `also`: what higher steps keep about a person, as callables.

    `Refused` while a message is being sent.
    """
    _refuse_in_flight(person_of(contact))
    _delete_files(person_of(contact).contacts)
    with transaction.atomic():
        turns.take_alone()
        person = person_of(contact)
        conversations = _lock(person)
        _refuse_in_flight(person)
        _erase_words(person, conversations)
        _erase_names(person)
        for forget in also:
            forget(person.contacts, person.digits)
        tell(set(conversations))


def _refuse_in_flight(person: Person) -> None:
    refuse_in_flight(Message.objects.filter(contact__in=person.contacts))


def _delete_files(contacts: list[int]) -> None:
    for attachment in _files(contacts).order_by("id"):
        default_storage.delete(attachment.file)
        Attachment.objects.filter(id=attachment.id).update(file="")


def _lock(person: Person) -> list[int]:
    found = Conversation.objects.filter(contact__in=person.contacts).order_by("id")
    return [c.id for c in found.select_for_update(no_key=True).only("id")]


def _erase_words(person: Person, conversations: list[int]) -> None:
    contacts = [person.contacts]
    left = list(_files(person.contacts).values_list("file", flat=True))
    transaction.on_commit(lambda: [default_storage.delete(name) for name in left])
    for query in (REACTIONS, PARKED_STATUSES, PARKED_CHANGES, ATTACHMENTS):
        bulk.execute(query, contacts)
    bulk.execute(ATTEMPTS, contacts)
    bulk.execute(MESSAGES, [clock.now(), *contacts])
    for model in (Note, Draft):
        model.objects.filter(conversation__in=conversations).delete()
    Event.objects.filter(conversation__in=conversations, kind__in=TELLING).delete()
    Conversation.objects.filter(id__in=conversations).update(
        last_text="",
        state=Conversation.CLOSED,
        snoozed_until=None,
        waiting_since=None,
    )


# Meta's ids of messages hold the phone number, so they go as well.
WAMIDS = (
    "(number_id, {column}) IN (SELECT m.number_id, m.wamid FROM inbox_message m"
    " WHERE m.contact_id = ANY(%s::bigint[]) AND m.wamid <> '')"
)
REACTIONS = f"DELETE FROM inbox_reaction WHERE {WAMIDS.format(column='target')}"
PARKED_STATUSES = (
    f"DELETE FROM inbox_parkedstatus WHERE {WAMIDS.format(column='wamid')}"
)
PARKED_CHANGES = (
    f"DELETE FROM inbox_parkedchange WHERE {WAMIDS.format(column='target')}"
)
ATTACHMENTS = """
UPDATE inbox_attachment a SET media_id = '', url = '', name = '', sha256 = '', file = '',
  claimed_type = '', error = '', state = 'gone', due_at = NULL
FROM inbox_message m WHERE m.id = a.message_id AND m.contact_id = ANY(%s::bigint[])
"""
ATTEMPTS = """
UPDATE inbox_attempt SET wamid = '', error = '{}' WHERE contact_id = ANY(%s::bigint[])
"""
MESSAGES = """
UPDATE inbox_message SET body = '', payload = '{"erased": true}', wamid = '',
  reply_to = '', error_text = '', deleted_at = COALESCE(deleted_at, %s)
WHERE contact_id = ANY(%s::bigint[])
"""


def _erase_names(person: Person) -> None:
    contacts = person.contacts
    for model in (Identity, ContactTag, ImportRow):
        model.objects.filter(contact__in=contacts).delete()
    workspace = Contact.objects.filter(id__in=contacts).values("workspace")[:1]
    ImportRow.objects.filter(workspace=workspace, wa_id__in=person.digits).delete()
    Merge.objects.filter(contact__in=contacts).delete()
    MergeProposal.objects.filter(contact__in=contacts).delete()
    MergeProposal.objects.filter(other__in=contacts).delete()
    Contact.objects.filter(id__in=contacts).update(
        name=ERASED,
        profile_name="",
        profile_at=None,
        phone_name="",
        country="",
        fields={},
        blocked_at=None,
    )
