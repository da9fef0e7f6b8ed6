"""`{{first_name}}` in what we write: replaced once, never interpreted again."""

import re
from collections.abc import Iterator, Mapping

from inbox.models import Contact

VARIABLE = re.compile(r"\{\{\s*(\w{1,40})\s*(?:\|([^{}|]{0,60}))?\}\}")
NAME = re.compile(r"\w{1,40}")
BRACES = re.compile(r"\{\{[^{}]*\}\}")
BUILT_IN = ("first_name", "name", "phone")
VALUE_MAX = 500


def values_of(contact: Contact, digits: str) -> dict[str, str]:
    """What the built-in names stand for; `digits` is the wa_id, if there is one.

    A person nobody has named has no name: a greeting falls back instead of saying one
    of ours.
    """
    words = contact.own_name.split()
    return {
        "name": contact.own_name,
        "first_name": words[0] if words else "",
        "phone": f"+{digits}" if digits else "",
    }


def render(text: str, values: Mapping[str, str], most: int = 4096) -> str:
    """`{{name|there}}` falls back to “there”; without a fallback to nothing.

    What a variable holds is text: braces in it are not looked at again.
    """

    def replace(match: re.Match) -> str:
        return str(values.get(match[1]) or match[2] or "")[:VALUE_MAX]

    return VARIABLE.sub(replace, text)[:most]


def fill(text: str, values: Mapping[str, str]) -> str:
    """For a person to read before it is sent: what has no value keeps its place."""

    def replace(match: re.Match) -> str:
        return str(values.get(match[1]) or match[2] or match[0])[:VALUE_MAX]

    return VARIABLE.sub(replace, text)


def unread_in(value) -> Iterator[str]:
    """Braces that name no variable: they would be sent as they are written."""
    if isinstance(value, str):
        yield from BRACES.findall(VARIABLE.sub("", value))
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from unread_in(inner)


def names_in(value) -> Iterator[tuple[str, bool]]:
    """(name, has a fallback) of every variable in any of these texts."""
    if isinstance(value, str):
        for match in VARIABLE.finditer(value):
            yield match[1], match[2] is not None
    elif isinstance(value, dict):
        for inner in value.values():
            yield from names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner)
