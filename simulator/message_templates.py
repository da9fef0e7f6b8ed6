"""A message template as Meta keeps it, and those the little world begins with."""

from dataclasses import dataclass

from simulator.template_definitions import DEFINITIONS


@dataclass(slots=True)
class Template:
    id: str
    waba_id: str
    name: str
    language: str
    category: str
    components: list[dict]
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    quality: str = "GREEN"
    rejected_reason: str = "NONE"
    previous_category: str = ""
    correct_category: str = ""
    ttl: int | None = None
    paced: bool = False  # sends are held for quality assessment
    pauses: int = 0

    kind = "template"


def make_templates(waba_id: str) -> list[Template]:
    first = 884400110022001
    return [
        Template(id=str(first + n), waba_id=waba_id, **definition)
        for n, definition in enumerate(DEFINITIONS)
    ]
