"""One send as read from its request, before anything was decided about it."""

from dataclasses import dataclass

from simulator.message_templates import Template
from simulator.people import Person


@dataclass(slots=True)
class Sending:
    kind: str
    content: object
    person: Person
    digits: str  # as dialled; empty when sent to a business-scoped user id
    given: str  # as the caller wrote it
    callback: str | None = None
    context_id: str = ""
    template: Template | None = None
    opens_conversation: bool = False  # business-initiated: counts for the tier

    @property
    def is_marketing(self) -> bool:
        return self.template is not None and self.template.category == "MARKETING"
