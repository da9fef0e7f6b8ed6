"""What a webhook can tell us, as small frozen facts: the words between reading and applying."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Person:
    """Everything one event says about who; any part may be missing."""

    wa_id: str = ""
    user_id: str = ""
    username: str = ""
    igsid: str = ""
    name: str = ""

    @property
    def is_nobody(self) -> bool:
        return not (self.wa_id or self.user_id or self.igsid)


@dataclass(frozen=True)
class Media:
    kind: str
    media_id: str = ""
    url: str = ""
    claimed_type: str = ""
    name: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Inbound:
    """One message of a customer (or, as an echo, one of ours sent elsewhere)."""

    target: str  # phone number ID or Instagram account ID
    person: Person
    wamid: str
    at: datetime
    kind: str
    body: str = ""
    payload: dict = field(default_factory=dict)
    reply_to: str = ""
    media: tuple[Media, ...] = ()
    is_echo: bool = False
    # Told long afterwards, as the history of the phone app: it wakes and alarms nobody.
    is_past: bool = False


@dataclass(frozen=True)
class Reacted:
    target: str
    person: Person
    wamid: str
    at: datetime
    message: str  # wamid reacted to
    emoji: str  # "" takes it away


@dataclass(frozen=True)
class Changed:
    """A customer edited (`body`) or deleted (`body` is None) a message of theirs."""

    target: str
    person: Person
    wamid: str
    at: datetime
    message: str
    body: str | None


@dataclass(frozen=True)
class Status:
    target: str
    wamid: str
    state: str
    at: datetime
    callback: uuid.UUID | None = None
    person: Person = Person()
    error: dict = field(default_factory=dict)
    category: str = ""


@dataclass(frozen=True)
class Preference:
    target: str
    person: Person
    at: datetime
    stops_marketing: bool


@dataclass(frozen=True)
class InAddressBook:
    """The phone app has somebody under a name; without one: has them no longer."""

    target: str
    person: Person
    at: datetime
    name: str


@dataclass(frozen=True)
class AccountChange:
    """Anything Meta says about a WABA or a number, named by its field and event."""

    account: str  # WABA id
    field: str
    event: str
    value: dict
    at: datetime | None
    target: str = ""  # phone number ID, when it says one
    display: str = ""


Fact = Inbound | Reacted | Changed | Status | Preference | InAddressBook | AccountChange
