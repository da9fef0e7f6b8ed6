"""What was said between the business and its customers, as Meta would remember it."""

import itertools
from collections import defaultdict, deque
from dataclasses import dataclass, field

from simulator.message_templates import Template
from simulator.people import Person

KEPT_PER_CHAT = 300
KEPT_IN_ALL = 100_000
RANK = {"accepted": 0, "held": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}


@dataclass(slots=True, eq=False)
class Message:
    id: str
    business_id: str  # phone number id or Instagram account id
    person: Person
    outbound: bool  # written by the business
    type: str
    content: object
    at: float
    context_id: str = ""
    callback: str | None = None
    status: str = "accepted"
    template: Template | None = None
    number: int = 0
    opened_conversation: bool = False
    history: list[tuple[str, float]] = field(default_factory=list)
    reactions: dict[str, str] = field(default_factory=dict)
    error: dict | None = None
    deleted: bool = False
    beside: dict = field(default_factory=dict)  # keys beside the content: referral …
    chosen: str = ""  # title of the button or row the customer pressed

    kind = "history"  # as a node of the Graph

    @property
    def history_id(self) -> str:
        return f"90{self.number:014d}"

    def raise_status(self, status: str) -> None:
        if status == "failed":
            self.status = "failed" if RANK.get(self.status, 0) < 2 else self.status
        elif self.status != "failed" and RANK[status] > RANK.get(self.status, 0):
            self.status = status


@dataclass(slots=True)
class Chat:
    business_id: str
    person: Person
    messages: list[Message] = field(default_factory=list)
    last_inbound_at: float = 0.0
    typing_until: float = 0.0
    version: int = 0

    def is_window_open(self, now: float, hours: float = 24) -> bool:
        return now - self.last_inbound_at < hours * 3600


class Chats:
    def __init__(self) -> None:
        self._chats: dict[tuple[str, str], Chat] = {}
        self._of_person: dict[str, list[Chat]] = defaultdict(list)
        self._messages: dict[str, Message] = {}
        self._ids: dict[int, str] = {}  # by running number
        self._order: deque[str] = deque()
        self._numbers = itertools.count(1)
        self._versions = itertools.count(1)

    def open(self, business_id: str, person: Person) -> Chat:
        key = (business_id, person.id)
        chat = self._chats.get(key)
        if chat is None:
            chat = self._chats[key] = Chat(business_id, person)
            self._of_person[person.id].append(chat)
        return chat

    def all(self) -> list[Chat]:
        return list(self._chats.values())

    def find(self, message_id: str) -> Message | None:
        return self._messages.get(message_id)

    def find_by_history(self, history_id: str) -> Message | None:
        if len(history_id) != 16 or not history_id.startswith("90"):
            return None
        place = int(history_id) - int(f"90{0:014d}")
        return self._messages.get(self._ids.get(place, ""))

    def newest(self, count: int, only: str | None = None) -> list[Message]:
        if only:
            return [self._messages[only]] if only in self._messages else []
        ids = list(self._order)[-count:]
        return [self._messages[i] for i in reversed(ids) if i in self._messages]

    def of_person(self, person: Person) -> list[Chat]:
        return self._of_person.get(person.id, [])

    def add(self, message: Message) -> Message:
        message.number = next(self._numbers)
        self._messages[message.id] = message
        self._ids[message.number] = message.id
        self._order.append(message.id)
        if len(self._order) > KEPT_IN_ALL:
            self._forget(self._order.popleft())
        chat = self.open(message.business_id, message.person)
        chat.messages.append(message)
        if len(chat.messages) > 2 * KEPT_PER_CHAT:
            del chat.messages[:KEPT_PER_CHAT]
        self.touch(chat)
        return message

    def _forget(self, message_id: str) -> None:
        message = self._messages.pop(message_id)
        del self._ids[message.number]
        kept = self.open(message.business_id, message.person).messages
        if message in kept:
            kept.remove(message)

    def touch(self, chat: Chat) -> None:
        """Whoever looks at this chat must look again."""
        chat.version = next(self._versions)
