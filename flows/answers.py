"""Is what a customer wrote the answer that was asked for? Pure.

Gives the value to keep, as text, or None.
"""

import re
from datetime import date, datetime

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,6})?")
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y")
ANSWER_MAX = 1000


def check(expects: str, said: str, choices: list[str]) -> str | None:
    said = said.strip()[:ANSWER_MAX]
    if not said:
        return None
    return CHECKS[expects](said, choices)


def pick(said: str, titles: list[str]) -> int | None:
    """Which of the titles somebody typed, by its words or by its place."""
    wanted = said.strip().strip(".!").casefold()
    for place, title in enumerate(titles):
        if wanted == title.strip().casefold():
            return place
    is_place = wanted.isascii() and wanted.isdigit() and len(wanted) < 4
    if is_place and 0 < int(wanted) <= len(titles):
        return int(wanted) - 1
    return None


def _text(said: str, choices: list[str]) -> str:
    return said


def _number(said: str, choices: list[str]) -> str | None:
    squeezed = said.replace(" ", "")
    return squeezed.replace(",", ".") if NUMBER.fullmatch(squeezed) else None


def _email(said: str, choices: list[str]) -> str | None:
    return said.casefold() if EMAIL.fullmatch(said) and len(said) <= 254 else None


def _date(said: str, choices: list[str]) -> str | None:
    for pattern in DATES:
        found = _read_date(said, pattern)
        if found:
            return found.isoformat()
    return None


def _read_date(said: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(said, pattern).date()  # noqa: DTZ007  (a day, no time)
    except ValueError:
        return None


def _choice(said: str, choices: list[str]) -> str | None:
    place = pick(said, choices)
    return None if place is None else choices[place]


CHECKS = {
    "text": _text,
    "number": _number,
    "email": _email,
    "date": _date,
    "choice": _choice,
}
