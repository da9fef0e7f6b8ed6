"""The `value` objects of WhatsApp webhooks: inbound messages and statuses."""

from simulator.chats import Message
from simulator.graph.errors import describe_for_webhook
from simulator.people import Person
from simulator.subscriptions import WHATSAPP
from simulator.webhooks.updates import Update
from simulator.world import PhoneNumber

DAY = 86_400


def make_inbound(number: PhoneNumber, message: Message) -> Update:
    described = describe_inbound(message)
    value = {
        "messaging_product": "whatsapp",
        "metadata": describe_number(number),
        "contacts": [describe_contact(message.person)],
        "messages": [described],
    }
    if message.type == "system":
        del value["contacts"]
    return Update(
        WHATSAPP,
        number.waba_id,
        "messages",
        value,
        about=f"{message.type} {message.id}",
        business_id=number.id,
    )


def describe_inbound(message: Message) -> dict:
    described: dict = {
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": message.type,
    }
    described.update(_describe_sender(message.person))
    if message.content is not None:
        described[message.type] = message.content
    if message.context_id:
        described["context"] = {"id": message.context_id}
    described.update(message.beside)
    return described


def make_status(
    number: PhoneNumber, message: Message, status: str, at: float, code: int = 0
) -> Update:
    described: dict = {"id": message.id, "status": status, "timestamp": str(int(at))}
    person = message.person
    if not person.hides_number and person.wa_id:
        described["recipient_id"] = person.wa_id
    if status != "failed" and person.user_id:
        described["recipient_user_id"] = person.user_id
    if message.callback is not None:
        described["biz_opaque_callback_data"] = message.callback
    if status == "sent":
        described.update(_describe_price(message, at))
    if status == "failed":
        described["errors"] = [describe_for_webhook(code)]
    value: dict = {
        "messaging_product": "whatsapp",
        "metadata": describe_number(number),
    }
    if status != "failed":
        value["contacts"] = [describe_contact(person)]
    value["statuses"] = [described]
    return Update(
        WHATSAPP,
        number.waba_id,
        "messages",
        value,
        about=f"{message.id} {status}",
        business_id=number.id,
        is_status=True,
    )


def describe_number(number: PhoneNumber) -> dict:
    return {"display_phone_number": number.digits, "phone_number_id": number.id}


def describe_contact(person: Person) -> dict:
    profile = {"name": person.name}
    if person.username:
        profile["username"] = person.username
    contact: dict = {"profile": profile}
    if person.wa_id and not person.hides_number:
        contact["wa_id"] = person.wa_id
    if person.user_id:
        contact["user_id"] = person.user_id
    return contact


def _describe_sender(person: Person) -> dict:
    sender = {}
    if person.wa_id and not person.hides_number:
        sender["from"] = person.wa_id
    if person.user_id:
        sender["from_user_id"] = person.user_id
    return sender


def _describe_price(message: Message, at: float) -> dict:
    category = message.template.category.lower() if message.template else "service"
    free = message.template is None or (
        category == "utility" and not message.opened_conversation
    )
    origin = category if message.template else "service"
    return {
        "conversation": {
            "id": f"{abs(hash((message.business_id, message.person.id, origin))):032x}",
            "expiration_timestamp": str(int(at + DAY)),
            "origin": {"type": origin},
        },
        "pricing": {
            "billable": not free,
            "pricing_model": "PMP",
            "type": "free_customer_service" if free else "regular",
            "category": category,
        },
    }
