"""A template with its values as a draught: what Meta gets, and what the thread draws."""

from business_numbers.models import Template
from business_numbers.template_values import plain_text, preview, send_content
from inbox.outbox import Draught


def template_draught(template: Template, values: dict[str, str], **fields) -> Draught:
    shown = preview(template, values)
    return Draught(
        "template",
        _as_text(shown),
        content=send_content(template, values),
        shown=_as_stored(shown),
        template=template,
        values=values,
        **fields,
    )


def _as_text(shown: dict) -> str:
    header = shown["header"]
    parts = (
        [plain_text(header["text"])] if header and header["format"] == "TEXT" else []
    )
    return "\n".join([*parts, plain_text(shown["body"])])


def _as_stored(shown: dict) -> dict:
    header = shown["header"]
    return {
        "header": {
            "format": header["format"],
            "text": plain_text(header["text"]),
        }
        if header
        else None,
        "body": plain_text(shown["body"]),
        "footer": shown["footer"],
        "buttons": shown["buttons"],
    }
