"""What a program asks for, read strictly: what is not understood is said, not ignored."""

import hashlib
import json
import re
import uuid
from dataclasses import asdict, dataclass, field

from inbox.api.door import Problem

VALUE_MAX = 1024
PARTS = ("header", "body", "button")
# What no text column of PostgreSQL keeps.
UNWANTED = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Wanted:
    """One template to one person; `values` under the variables' keys, as `body.1`."""

    idempotency_key: str
    number: str
    template: str
    language: str
    to: str = ""
    contact: uuid.UUID | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for the same request, in whatever order it was written."""
        told = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()


def read_send(data: dict) -> Wanted:
    _only(data, ("idempotency_key", "number", "to", "contact", "template"), "")
    template = _object(data, "template")
    _only(template, ("name", "language", "values"), "template.")
    if ("to" in data) == ("contact" in data):
        raise _invalid("Give either to or contact.")
    return Wanted(
        idempotency_key=_text(data, "idempotency_key", 100),
        number=_text(data, "number", 40),
        template=_text(template, "name", 512, "template."),
        language=_text(template, "language", 12, "template."),
        to=_text(data, "to", 40) if "to" in data else "",
        contact=_uuid(data, "contact") if "contact" in data else None,
        values=_values(template),
    )


def _values(template: dict) -> dict[str, str]:
    """`{"body": {"1": "Amina"}}` as `{"body.1": "Amina"}`."""
    if "values" not in template:
        return {}
    parts, where = _object(template, "values"), "template.values."
    _only(parts, PARTS, where)
    found = {}
    for part in parts:
        values = _object(parts, part, where)
        for name in values:
            if UNWANTED.search(name):
                raise _invalid(f"A name in {where}{part} has an unusable character.")
            found[f"{part}.{name}"] = _text(values, name, VALUE_MAX, f"{where}{part}.")
    return found


def _only(data: dict, names: tuple[str, ...], where: str) -> None:
    for name in data:
        if name not in names:
            raise _invalid(f"There is no {where}{_shown(name)}.")


def _object(data: dict, name: str, where: str = "") -> dict:
    if not isinstance(data.get(name), dict):
        raise _invalid(f"{where}{name} has to be an object.")
    return data[name]


def _text(data: dict, name: str, most: int, where: str = "") -> str:
    value, said = data.get(name), f"{where}{_shown(name)}"
    if not isinstance(value, str) or not value:
        raise _invalid(f"{said} has to be a text that is not empty.")
    if len(value) > most:
        raise _invalid(f"{said} has at most {most} characters.")
    if UNWANTED.search(value):
        raise _invalid(f"{said} has a character that cannot be kept.")
    return value


def _uuid(data: dict, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(_text(data, name, 40))
    except ValueError as error:
        raise _invalid(f"{name} has to be an id of Converge, a UUID.") from error


def _shown(name: str) -> str:
    return UNWANTED.sub("?", name)[:60]


def _invalid(sentence: str) -> Problem:
    return Problem(400, "invalid_request", sentence)
