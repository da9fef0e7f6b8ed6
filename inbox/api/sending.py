"""A program sends a template: through the outbox, as automation, once for each of its ids."""

import uuid

from django.db import transaction
from django.db.models import F

from accounts.models import ApiKey
from business_numbers import phones
from business_numbers import template_values as values
from business_numbers.models import Number, Template
from converge import bulk
from inbox import outbox
from inbox.api import shown
from inbox.api.door import Problem
from inbox.api.reading import Wanted
from inbox.arrivals import open_conversations
from inbox.beginning import conversation_with
from inbox.gate import Refuse, Sender
from inbox.models import ApiSend, Contact, Conversation
from inbox.outbox import Draught
from inbox.template_draughts import template_draught


@transaction.atomic
def send(key: ApiKey, wanted: Wanted) -> tuple[uuid.UUID, bool]:
    """The message's id, and whether it is new. A `Problem` undoes everything, a person
    made for it included."""
    number = _number(key, wanted)
    message = _note(key, wanted)
    if message is None:
        return _earlier(key, wanted), False
    conversation = _conversation(number, wanted)
    outcome = outbox.queue(
        conversation.id, _draught(number, wanted, message), sender=Sender.API
    )
    if isinstance(outcome.decision, Refuse):
        refused = shown.refusal(outcome.decision, conversation.contact)
        raise Problem(422, refused.pop("code"), refused.pop("message"), **refused)
    return message, True


def _note(key: ApiKey, wanted: Wanted) -> uuid.UUID | None:
    """Take the program's id before anything is sent. A second call at the same moment
    waits here for the first; None when the id was used."""
    row = {
        "message_id": uuid.uuid4(),  # its row follows before the commit
        "workspace_id": key.workspace_id,
        "key_id": key.id,
        "idempotency_key": wanted.idempotency_key,
        "fingerprint": wanted.fingerprint,
    }
    is_new = bulk.insert(ApiSend, [row], returning="message_id")
    return row["message_id"] if is_new else None


def _earlier(key: ApiKey, wanted: Wanted) -> uuid.UUID:
    earlier = ApiSend.objects.get(
        workspace=key.workspace_id, idempotency_key=wanted.idempotency_key
    )
    if earlier.fingerprint != wanted.fingerprint:
        raise Problem(
            409,
            "idempotency_conflict",
            "This idempotency_key was used for something else. Nothing was sent.",
        )
    return earlier.message_id


def _number(key: ApiKey, wanted: Wanted) -> Number:
    own = Number.objects.filter(workspace=key.workspace_id, meta_id=wanted.number)
    found = own.order_by(F("retired_at").desc(nulls_first=True)).first()
    if found is None:
        raise Problem(404, "unknown_number", "This workspace has no such number.")
    return found


def _conversation(number: Number, wanted: Wanted) -> Conversation:
    """A new one begins closed: only a customer's message opens it."""
    if wanted.contact:
        contact = _contact(number, wanted.contact)
        pair = {(contact.id, number)}
        opened = open_conversations(pair, set(), state=Conversation.CLOSED)
        pk = opened[contact.id, number.id]
        return Conversation.objects.select_related("contact").get(id=pk)
    digits = phones.wa_id(wanted.to, number.workspace.country)
    if not digits:
        raise Problem(
            422,
            "invalid_phone",
            "to is no phone number. Write it with + and the country.",
        )
    return conversation_with(number, digits, state=Conversation.CLOSED)


def _contact(number: Number, public_id: uuid.UUID) -> Contact:
    own = Contact.objects.filter(workspace=number.workspace_id, public_id=public_id)
    found = own.first()
    if found is None:
        raise Problem(404, "unknown_contact", "This workspace has no such contact.")
    return found


def _draught(number: Number, wanted: Wanted, message: uuid.UUID) -> Draught:
    """Without a template, or with values missing, the gate says so, in its order."""
    own = Template.objects.for_number(number)
    template = own.filter(name=wanted.template, language=wanted.language).first()
    if template is None:
        return Draught("template", wanted.template, message)
    _check_values(template, wanted.values)
    if values.missing_values(template, wanted.values):
        return Draught("template", "", message, template=template, values=wanted.values)
    return template_draught(template, wanted.values, id=message)


def _check_values(template: Template, given: dict[str, str]) -> None:
    """Values Meta would refuse; those that are missing are the gate's to name."""
    known = {variable.key: variable for variable in values.variables(template)}
    for key, value in given.items():
        if key not in known:
            raise Problem(
                422, "unknown_value", f"This template has no value {key[:60]}."
            )
        problem = values.problem(known[key], value)
        if problem:
            raise Problem(422, "invalid_value", f"{key}: {problem}")
