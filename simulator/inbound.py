"""A customer's message on its way to the product: kept, counted, sent as webhook."""

from simulator.chats import Message
from simulator.people import Person
from simulator.webhooks import instagram_payloads, payloads

# These do not open or refresh the 24-hour window.
SILENT_TYPES = ("system", "edit", "revoke", "read", "unreact", "deleted")


def receive(
    sim,
    business,
    person: Person,
    kind: str,
    content: object,
    *,
    context_id: str = "",
    beside: dict | None = None,
    at: float | None = None,
    is_told: bool = True,
) -> Message:
    """`person` writes to `business`; returns the message with its new id.

    Without `is_told` no webhook goes out: the product knows this message already.
    """
    message = Message(
        id=_make_id(sim, business, person),
        business_id=business.id,
        person=person,
        outbound=False,
        type=kind,
        content=content,
        at=at or sim.clock.now(),
        context_id=context_id,
        status="received",
        beside=beside or {},
    )
    sim.chats.add(message)
    if kind not in SILENT_TYPES:
        _open_window(sim, message)
    if is_told:
        sim.sender.post(make_update(business, message))
    return message


def make_update(business, message: Message):
    if business.kind == "instagram":
        return instagram_payloads.make_inbound(business, message)
    return payloads.make_inbound(business, message)


def _make_id(sim, business, person: Person) -> str:
    if business.kind == "instagram":
        return sim.ids.make_mid()
    return sim.ids.make_wamid(person.wa_id or person.user_id)


def _open_window(sim, message: Message) -> None:
    chat = sim.chats.open(message.business_id, message.person)
    chat.last_inbound_at = max(chat.last_inbound_at, message.at)
    sim.limits.count_inbound(message.business_id)
