"""One update, and the POST bodies updates travel in."""

import asyncio
from dataclasses import dataclass

from simulator.exchange import encode
from simulator.subscriptions import WHATSAPP


@dataclass(slots=True)
class Update:
    """One change of one object: a message, a status, an account event."""

    object: str  # what the app is subscribed to: WhatsApp accounts or Instagram
    entry_id: str
    field: str
    value: dict
    about: str  # for the log: "wamid… delivered"
    business_id: str = ""  # whose override applies
    is_status: bool = False
    at: float = 0.0
    answered: asyncio.Future | None = None


def make_body(updates: list[Update], padding: int = 0) -> bytes:
    entries: dict[str, dict] = {}
    for update in updates:
        entry = entries.setdefault(update.entry_id, {"id": update.entry_id})
        if update.object == WHATSAPP:
            _add_change(entry, update)
        else:
            _add_event(entry, update)
    content: dict = {"object": updates[0].object, "entry": list(entries.values())}
    if padding:
        content["padding"] = "x" * padding
    # Escaped slashes as Meta writes them: whoever signs a re-serialised body fails.
    return encode(content).replace("/", "\\/").encode()


def _add_change(entry: dict, update: Update) -> None:
    if update.field != "messages":
        entry["time"] = int(update.at)
    change = {"value": update.value, "field": update.field}
    entry.setdefault("changes", []).append(change)


def _add_event(entry: dict, update: Update) -> None:
    entry["time"] = int(update.at * 1000)
    entry.setdefault("messaging", []).append(update.value)
