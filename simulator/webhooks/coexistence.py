"""Webhooks of numbers also used in the WhatsApp Business app: sync, history, echoes."""

from simulator.people import Person
from simulator.subscriptions import WHATSAPP
from simulator.webhooks.payloads import describe_number
from simulator.webhooks.updates import Update
from simulator.world import PhoneNumber

HOUR = 3600
CONTACTS, REMOVAL, HISTORY = "smb_app_state_sync", "removal", "history"
KINDS = {
    CONTACTS: "the contacts of the app are on their way",
    REMOVAL: "somebody was removed from the app’s contacts",
    HISTORY: "what was said in the app is on its way",
}


def send_sync(sim, number: PhoneNumber, kind: str) -> None:
    people = [person for person in sim.world.people.values() if person.wa_id][:6]
    if kind == HISTORY:
        value = _describe_history(sim, number, people)
    elif kind == REMOVAL:
        value = _describe_contacts(sim, number, people[:1], "remove")
    else:
        value = _describe_contacts(sim, number, people)
    field = HISTORY if kind == HISTORY else CONTACTS
    sim.sender.post(_make_update(number, field, value))


def send_echo(sim, number: PhoneNumber, person: Person, text: str) -> str:
    """The business typed this in its app; returns the wamid."""
    message_id = sim.ids.make_wamid(person.wa_id)
    echo: dict = {
        "from": number.digits,
        "to": person.wa_id,
        "to_user_id": person.user_id,
        "id": message_id,
        "timestamp": str(int(sim.clock.now())),
        "type": "text",
        "text": {"body": text},
    }
    value = {**_begin(number), "message_echoes": [echo]}
    sim.sender.post(_make_update(number, "smb_message_echoes", value))
    return message_id


def _describe_contacts(
    sim, number: PhoneNumber, people: list[Person], action: str = "add"
) -> dict:
    contacts = [
        {
            "type": "contact",
            "contact": _describe_contact(person, action),
            "action": action,
            "metadata": {"timestamp": str(int(sim.clock.now()))},
        }
        for person in people
    ]
    return {**_begin(number), "state_sync": contacts}


def _describe_contact(person: Person, action: str) -> dict:
    if action == "remove":
        return {"phone_number": person.wa_id}
    return {
        "full_name": person.name,
        "first_name": person.name.split()[0],
        "phone_number": person.wa_id,
    }


def _describe_history(sim, number: PhoneNumber, people: list[Person]) -> dict:
    start = sim.clock.now() - 20 * HOUR
    threads = [
        {
            "id": person.wa_id,
            "messages": [
                {
                    "from": sender,
                    "id": sim.ids.make_wamid(person.wa_id),
                    "timestamp": str(int(start + n * 600)),
                    "type": "text",
                    "text": {"body": text},
                    "history_context": {"status": "READ"},
                }
                for n, (sender, text) in enumerate(
                    (
                        (person.wa_id, "Are you open on Saturday?"),
                        (number.digits, "Yes, from nine to four."),
                    )
                )
            ],
        }
        for person in people
    ]
    metadata = {"phase": 0, "chunk_order": 1, "progress": 100}
    return {**_begin(number), "history": [{"metadata": metadata, "threads": threads}]}


def _begin(number: PhoneNumber) -> dict:
    return {"messaging_product": "whatsapp", "metadata": describe_number(number)}


def _make_update(number: PhoneNumber, field: str, value: dict) -> Update:
    return Update(
        WHATSAPP, number.waba_id, field, value, about=field, business_id=number.id
    )
