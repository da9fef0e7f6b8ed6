"""How Converge says things: times, windows, states, reasons. Pure text, in one place."""

import unicodedata
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from business_numbers.errors import meaning
from inbox.reasons import Reason
from inbox.states import State
from inbox.window import Window

KINDS = {
    "image": "Photo",
    "video": "Video",
    "audio": "Voice message",
    "document": "Document",
    "sticker": "Sticker",
    "location": "Location",
    "contacts": "Contact card",
    "reaction": "Reaction",
    "interactive": "Answer",
    "button": "Answer",
    "order": "Order",
    "system": "System message",
    "story_mention": "Mentioned you in a story",
    "share": "Shared a post",
    "unsupported": "Message that cannot be shown here",
    "request_welcome": "Opened the chat",
}
TICKS = {
    State.QUEUED: ("clock", "Sending"),
    State.SENDING: ("clock", "Sending"),
    State.HELD: ("clock", "Held by Meta for review"),
    State.SENT: ("check", "Sent"),
    State.SILENT: ("check-dots", "No report"),
    State.DELIVERED: ("check-check", "Delivered"),
    State.READ: ("check-check", "Read"),
    State.PLAYED: ("check-check", "Played"),
    State.FAILED: ("alert", "Not sent"),
    State.UNKNOWN: ("help", "We do not know if this was sent"),
    State.CANCELLED: ("x", "Taken back"),
}
EVENTS = {
    "takeover_on": ("hand", "Human takeover turned on because {actor} {reason}"),
    "takeover_off": ("bot", "{actor} turned human takeover off"),
    "assigned": ("user", "{actor} assigned this to {to}"),
    "assigned_by_rule": ("user", "Assigned to {to} by the rule of {number}"),
    "left_unassigned": ("user", "Not assigned by the rule of {number}: {why}"),
    "unassigned": ("user", "{actor} took the assignment away"),
    "closed": ("check", "{actor} closed this conversation"),
    "reopened": ("refresh", "{actor} opened this conversation again"),
    "snoozed": ("alarm", "{actor} snoozed this until {until}"),
    "woke": ("alarm", "The snooze ended"),
    "tag_added": ("tag", "{actor} added the tag {tag}"),
    "tag_removed": ("tag", "{actor} removed the tag {tag}"),
    "dnd_on": ("bell-off", "Opted out of automatic messages: {word}"),
    "dnd_off": ("bell-off", "{actor} lifted the opt-out: {word}"),
    "gap": (
        "unlink",
        "This number was not connected from {since} to {to}. Messages sent meanwhile may "
        "be missing; WhatsApp Manager shows them",
    ),
    "number_changed": ("phone", "The customer changed number to {to}"),
    "blocked": ("bell-off", "{actor} blocked this person"),
    "unblocked": ("bell-off", "{actor} unblocked this person"),
    "merged": ("user", "{actor} merged {name} into this person"),
    "settled": ("check", "{actor} marked a message as sent"),
    "undone": ("undo", "{actor} undid {what}"),
}
TAKEOVER_REASONS = {
    "replied": "replied",
    "replied on the phone": "replied on the phone",
    "switch": "switched it on",
    "flow": "handed over in a flow",
}
SILENT = (
    "WhatsApp accepted this but never said it was delivered. The customer may have "
    "blocked this number."
)
UNKNOWN = "We do not know if this was sent."
HUES = 12
HIDDEN = {"Cc", "Cf", "Co", "Cs"}
KEPT = {"\n", "\u200c", "\u200d"}  # line break; joiners that scripts and emoji need


def visible(text: str) -> str:
    """Without characters that are made to deceive: controls and direction overrides."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        ch for ch in text if ch in KEPT or unicodedata.category(ch) not in HIDDEN
    )


def initials(name: str) -> str:
    words = [w for w in name.split() if w[0].isalnum() or w[0] == "+"] or ["?"]
    if len(words) == 1:
        return words[0][:2].upper()
    return (words[0][0] + words[-1][0]).upper()


def hue(key: int) -> int:
    return (key * 7) % HUES


def left(span: timedelta) -> str:
    """`23 h`, `5 h 20 m`, `14 m`, `5 d`: never more than is left."""
    minutes = max(0, int(span.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d"
    if hours >= 12 or (hours and not rest):
        return f"{hours} h"
    return f"{hours} h {rest} m" if hours else f"{rest} m"


def spoken_left(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n]
    return " ".join(said[:2]) or "less than a minute"


def window_chip(window: Window, now: datetime) -> dict:
    phase = window.phase(now)
    if phase == "closed":
        return {"phase": phase, "text": "Closed", "share": 0, "until": None}
    until = window.person_until if phase == "agent" else window.closes_at
    text = left(until - now)
    return {
        "phase": phase,
        "text": f"Agent {text}" if phase == "agent" else text,
        "share": window.share_left(now),
        "until": until,
    }


def clock_time(at: datetime, now: datetime) -> str:
    """A time to rely on: `14:32` today, `Wed 14:32` this week, else with the date."""
    at, now = timezone.localtime(at), timezone.localtime(now)
    if at.date() == now.date():
        return date_format(at, "H:i")
    if abs((at.date() - now.date()).days) < 7:
        return date_format(at, "D H:i")
    return date_format(at, "j M H:i")


def short_time(at: datetime, now: datetime) -> str:
    """For lists: `12:04` today, `Tue` this week, `3 Oct` this year."""
    at, now = timezone.localtime(at), timezone.localtime(now)
    if at.date() == now.date():
        return date_format(at, "H:i")
    if 0 <= (now.date() - at.date()).days < 7:
        return date_format(at, "D")
    return date_format(at, "j M" if at.year == now.year else "j M Y")


def day(at: datetime, now: datetime) -> str:
    at, now = timezone.localtime(at), timezone.localtime(now)
    days = (now.date() - at.date()).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return date_format(at, "l j F" if at.year == now.year else "l j F Y")


def preview(kind: str, body: str) -> str:
    body = visible(" ".join(body.split()))
    if kind in KINDS and body:
        return (
            f"{KINDS[kind]}: {body}" if kind not in ("button", "interactive") else body
        )
    return body or KINDS.get(kind, "")


def size(count: int | None) -> str:
    if count is None:
        return ""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def refusal(decision: dict, name: str, now: datetime) -> str:
    """Why a queued message ended without being sent, from its stored decision."""
    reason = Reason[decision["reason"]]
    return say(reason, name=name, now=now)


def say(
    reason: Reason,
    *,
    name: str,
    now: datetime,
    until: datetime | None = None,
    detail: str = "",
) -> str:
    words = f"{reason.sentence} {reason.remedy}".strip()
    when = clock_time(until, now) if until else "later"
    return words.format(name=name, until=when, detail=detail)


def failure(code: int | None, fallback: str) -> str:
    """What Meta's error means for the person who sent the message."""
    if code is None:
        return fallback or "WhatsApp did not take this message."
    return meaning(code, is_sync=False).words
