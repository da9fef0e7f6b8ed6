"""`{{first_name}}` in what a flow says: replaced once, never interpreted again."""

import re
from collections.abc import Iterator, Mapping

VARIABLE = re.compile(r"\{\{\s*(\w{1,40})\s*(?:\|([^{}|]{0,60}))?\}\}")
BUILT_IN = ("first_name", "name", "phone")
VALUE_MAX = 500


def render(text: str, values: Mapping[str, str], most: int = 4096) -> str:
    """`{{name|there}}` falls back to “there”; without a fallback to nothing.

    What a variable holds is text: braces in it are not looked at again.
    """

    def replace(match: re.Match) -> str:
        return str(values.get(match[1]) or match[2] or "")[:VALUE_MAX]

    return VARIABLE.sub(replace, text)[:most]


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
