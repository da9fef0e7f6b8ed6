"""Account-level webhooks: everything that is not `messages`."""

from simulator.subscriptions import WHATSAPP
from simulator.webhooks.updates import Update


def post_event(sim, entry_id: str, field: str, value: dict) -> Update:
    about = value.get("event") or value.get("decision") or ""
    update = Update(WHATSAPP, entry_id, field, value, about=f"{field} {about}".strip())
    sim.sender.post(update)
    return update
