"""The free-form message types and their limits, one check each."""

from collections.abc import Callable

from simulator.graph.checks import (
    may_text,
    need_list,
    need_number,
    need_object,
    need_text,
    refuse_unknown_type,
)
from simulator.graph.errors import invalid, missing
from simulator.graph.interactive import check_interactive

CAPTION = 1024
MEDIA_TYPES = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp", "video/3gp"),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "sticker": ("image/webp",),
    "document": None,
}


def check_text(content: dict) -> None:
    need_text(content, "body", "text", 4096)


def check_media(content: dict) -> None:
    if not content.get("id") and not content.get("link"):
        raise missing("id or link")
    link = content.get("link")
    if link and not str(link).startswith(("http://", "https://")):
        raise invalid("link must be an http or https URL.")


def check_captioned(content: dict) -> None:
    check_media(content)
    may_text(content, "caption", "media", CAPTION)
    may_text(content, "filename", "media", 240)


def check_uncaptioned(content: dict) -> None:
    check_media(content)
    if content.get("caption"):
        raise invalid("caption is not supported for this type.")


def check_location(content: dict) -> None:
    need_number(content, "latitude", "location", -90, 90)
    need_number(content, "longitude", "location", -180, 180)
    may_text(content, "name", "location", 1000)
    may_text(content, "address", "location", 1000)


def check_contacts(body: dict) -> None:
    for contact in need_list(body, "contacts", "message", 257):
        name = need_object(contact, "name", "contacts")
        need_text(name, "formatted_name", "contacts['name']", 1024)


def check_reaction(content: dict) -> None:
    need_text(content, "message_id", "reaction", 512)
    if "emoji" not in content:
        raise missing("reaction['emoji']")
    may_text(content, "emoji", "reaction", 64)


CHECKS: dict[str, Callable[[dict], None]] = {
    "text": check_text,
    "image": check_captioned,
    "video": check_captioned,
    "document": check_captioned,
    "audio": check_uncaptioned,
    "sticker": check_uncaptioned,
    "location": check_location,
    "reaction": check_reaction,
    "interactive": check_interactive,
}
TYPES = (*CHECKS, "contacts", "template")


def check_content(body: dict, kind: str) -> None:
    """Everything but templates, which need the template to compare with."""
    if kind == "contacts":
        check_contacts(body)
        return
    check = CHECKS.get(kind)
    if check is None:
        raise refuse_unknown_type(kind, TYPES)
    check(need_object(body, kind, "message"))
