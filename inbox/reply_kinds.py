"""Replies that are more than words: Meta's JSON for buttons, lists, links, places, cards.

Pure. The limits are those of Meta's message reference; the ids of buttons and rows say
that a teammate sent them, so that no flow takes their answers for its own.
"""

import re
import uuid
from dataclasses import dataclass

BODY, HEADER, FOOTER, TITLE = 1024, 60, 60, 20
BUTTONS, ROWS = 3, 10
ROW_TITLE, ROW_ABOUT, SECTION = 24, 72, 24
URL, PLACE_NAME, ADDRESS, PERSON = 2000, 100, 200, 100


@dataclass(frozen=True)
class Kind:
    """An entry of the composer's menu; `meta` is Meta's type of message."""

    key: str
    label: str
    icon: str
    meta: str = "interactive"


KINDS = {
    kind.key: kind
    for kind in (
        Kind("buttons", "Buttons", "choices"),
        Kind("list", "List", "templates"),
        Kind("link", "Link button", "external"),
        Kind("location", "Location", "pin", "location"),
        Kind("contact", "Contact card", "user", "contacts"),
    )
}


@dataclass(frozen=True)
class Row:
    """`section` begins a new one; without it the row belongs to the one above."""

    title: str
    about: str = ""
    section: str = ""


def frame(kind: str, body: str, header: str, footer: str, action: dict) -> dict:
    content: dict = {"type": kind, "body": {"text": body}, "action": action}
    if header:
        content["header"] = {"type": "text", "text": header}
    if footer:
        content["footer"] = {"text": footer}
    return content


def buttons(titles: list[str]) -> dict:
    made = uuid.uuid4().hex
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": f"team.{made}.{n}", "title": title}}
            for n, title in enumerate(titles, 1)
        ]
    }


def rows(button: str, given: list[Row]) -> dict:
    made = uuid.uuid4().hex
    sections: list[dict] = []
    for n, row in enumerate(given, 1):
        if row.section or not sections:
            sections.append({"title": row.section} if row.section else {})
        item = {"id": f"team.{made}.{n}", "title": row.title}
        if row.about:
            item["description"] = row.about
        sections[-1].setdefault("rows", []).append(item)
    return {"button": button, "sections": sections}


def link(title: str, url: str) -> dict:
    return {"name": "cta_url", "parameters": {"display_text": title, "url": url}}


def place(latitude: float, longitude: float, name: str, address: str) -> dict:
    found: dict = {"latitude": latitude, "longitude": longitude}
    if name:
        found["name"] = name
    if address:
        found["address"] = address
    return found


def card(name: str, phone: str, wa_id: str, email: str, company: str) -> list[dict]:
    """Meta wants one part of the name besides the whole."""
    first, _, last = name.partition(" ")
    named = {"formatted_name": name, "first_name": first}
    if last:
        named["last_name"] = last
    found: dict = {"name": named}
    if phone:
        number = {"phone": phone, "type": "WORK"}
        found["phones"] = [number | ({"wa_id": wa_id} if wa_id else {})]
    if email:
        found["emails"] = [{"email": email, "type": "WORK"}]
    if company:
        found["org"] = {"company": company}
    return [found]


NUMBER = r"(-?\d{1,3}(?:\.\d+)?)"
# In the order they are tried: a map's link may hold the place and the middle of the view.
WAYS_TO_SAY_WHERE = (
    rf"!3d{NUMBER}!4d{NUMBER}",
    rf"[?&#](?:q|query|ll|destination|daddr)=(?:loc:)?{NUMBER}(?:,|%2C)\+?{NUMBER}",
    rf"mlat={NUMBER}&mlon={NUMBER}",
    rf"@{NUMBER},{NUMBER}",
    rf"#map=[\d.]+/{NUMBER}/{NUMBER}",
    rf"^\s*\(?{NUMBER}\s*[,; ]\s*{NUMBER}\)?\s*$",
)


def where(text: str) -> tuple[float, float] | None:
    """Latitude and longitude, from themselves or from a map's link."""
    for way in WAYS_TO_SAY_WHERE:
        if match := re.search(way, text):
            latitude, longitude = float(match[1]), float(match[2])
            if abs(latitude) <= 90 and abs(longitude) <= 180:
                return latitude, longitude
    return None
