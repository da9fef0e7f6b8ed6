"""The box at the end of a start: one address, one login, and the customer's phone."""

import contextlib
import json
from collections.abc import Iterable


def read_login(lines: Iterable[str]) -> dict[str, str]:
    """What `manage.py demo` prints at its end: a JSON object with email and password."""
    login = {}
    for line in lines:
        if line.startswith("{"):
            with contextlib.suppress(ValueError):
                login = json.loads(line)
    return login


def box(public_url: str, phone_url: str, login: dict[str, str]) -> str:
    rows = [
        ("Converge", public_url),
        ("E-mail", login.get("email", "see the demo lines above")),
        ("Password", login.get("password", "see the demo lines above")),
        ("A customer's phone", phone_url),
        ("Stop", "Ctrl-C"),
    ]
    lines = [f" {label:<20}{value} " for label, value in rows]
    width = max(map(len, lines))
    middle = "\n".join(f"│{line:<{width}}│" for line in lines)
    return f"┌{'─' * width}┐\n{middle}\n└{'─' * width}┘"
