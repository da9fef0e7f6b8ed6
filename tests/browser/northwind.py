"""The running product as the tests use it: its people, its conversations, its rows."""

import itertools
from dataclasses import dataclass

from tests.running import Running

PASSWORD = "northwind-demo"
INBOX = "/w/northwind/inbox/"
# Numbers kept free for fiction in London; to the simulator they are ordinary people, while
# some endings of +44 7700 900xxx are not.
FICTION = itertools.count(100)


@dataclass(frozen=True)
class Conversation:
    id: str
    row: int
    person: str

    @property
    def path(self) -> str:
        return f"{INBOX}c/{self.id}/"


class Northwind:
    def __init__(self, running: Running):
        self.running = running
        self.simulator = running.simulator
        self.url = running.url
        world = self.simulator.world
        self.people = {
            p["id"]: p for p in world["customers"] + world["instagram_people"]
        }

    def conversation_of(self, person: str) -> Conversation:
        """The newest conversation of somebody, by the simulator's name or digits."""
        known = self.people.get(person, {})
        values = [known.get(key) for key in ("wa_id", "user_id", "igsid")]
        found = self.running.sql(
            "SELECT c.public_id, c.id FROM inbox_conversation c"
            " JOIN inbox_identity i ON i.contact_id = c.contact_id"
            " WHERE i.value = ANY(%s) ORDER BY c.id DESC LIMIT 1",
            [v for v in values if v] or [person.removeprefix("+")],
        )
        public_id, row = found[0]
        return Conversation(str(public_id), row, person)

    def contact_of(self, person: str) -> str:
        """Where the page of somebody is."""
        conversation = self.conversation_of(person)
        public_id = self.running.one(
            "SELECT c.public_id FROM inbox_contact c"
            " JOIN inbox_conversation v ON v.contact_id = c.id WHERE v.id = %s",
            conversation.row,
        )
        return f"/w/northwind/contacts/{public_id}/"

    def write(self, person: str, text: str = "Hello", **fields) -> str:
        """A customer writes; returns when the inbox has it."""
        wamid = self.simulator.write(text, person=person, **fields)
        self.running.wait_for(
            "SELECT EXISTS (SELECT FROM inbox_message WHERE wamid = %s)", wamid
        )
        return wamid

    def begin(self, text: str = "Hello, is anybody there?", **fields) -> Conversation:
        """Somebody new writes."""
        person = f"+442079460{next(FICTION)}"
        self.write(person, text, **fields)
        return self.conversation_of(person)

    def messages(self, conversation: Conversation, direction: str = "out") -> list[str]:
        rows = self.running.sql(
            "SELECT body FROM inbox_message"
            " WHERE conversation_id = %s AND direction = %s ORDER BY at, seq",
            conversation.row,
            direction,
        )
        return [body for (body,) in rows]

    def inbound_of(self, conversation: Conversation) -> str:
        """The id of the newest message from the customer."""
        return self.running.one(
            "SELECT id FROM inbox_message WHERE conversation_id = %s"
            " AND direction = 'in' ORDER BY at DESC, seq DESC LIMIT 1",
            conversation.row,
        )

    def state_of(self, body: str) -> str:
        return self.running.one("SELECT state FROM inbox_message WHERE body = %s", body)

    def wait_for_state(self, body: str, state: str) -> None:
        self.running.wait_for(
            "SELECT EXISTS (SELECT FROM inbox_message WHERE body = %s AND state = %s)",
            body,
            state,
        )
