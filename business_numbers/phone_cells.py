"""Phone numbers as they stand in spreadsheets: which column holds them, and what each is."""

import re

from business_numbers import phones

WORDS = ("phone", "mobile", "whatsapp", "telefon", "telefone", "number", "tel")
SHORTENED = re.compile(r"^\d[.,]\d+E\+?\d+$", re.IGNORECASE)
EMPTY, SHORT, MALFORMED = "empty", "shortened", "malformed"


def column(columns: list[str], sample: list[list[str]]) -> int | None:
    """By its name, else by what stands in it."""
    for place, name in enumerate(columns):
        if any(word in name.casefold() for word in WORDS):
            return place
    for place in range(len(columns)):
        cells = [row[place] for row in sample if place < len(row)]
        if cells and all(len(re.sub(r"\D", "", cell)) >= 8 for cell in cells):
            return place
    return None


def read(typed: str, region: str) -> tuple[str, str]:
    """Digits, or what is wrong with the cell."""
    text = typed.lstrip("'=\"").rstrip('"').strip()
    if not text:
        return "", EMPTY
    if SHORTENED.match(text):
        return "", SHORT
    digits = phones.wa_id(text, region)
    bare = re.sub(r"\D", "", text)
    if not digits and len(bare) > 9:
        # Written without its plus, as WhatsApp itself writes numbers.
        digits = phones.wa_id(f"+{bare}", region)
    return (digits, "") if digits else ("", MALFORMED)
