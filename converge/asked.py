"""Numbers as an address or a form carries them; anybody may have written there anything."""

import math

LARGEST = 2**63 - 1  # of a bigint
LATEST = 1e11  # seconds; PostgreSQL's clock knows no later ones, and no NaN


def number(text: str, otherwise: int | None = None) -> int | None:
    """A whole number in plain digits that a column can hold."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return otherwise
    return found if (found := int(text)) <= LARGEST else otherwise


def seconds(text: str) -> float | None:
    """A moment in seconds since 1970."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and 0 <= found < LATEST else None
