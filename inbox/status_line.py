"""The one line that is always there: the single most important fact of a conversation.

Priority (a table, first match wins): authorisation lost, number cannot send, window closed,
closing soon, a colleague who was first or is replying, bot silent, opted out, unreachable, all is well. Being offline is
the browser's to know.
"""

from dataclasses import dataclass
from datetime import datetime

from business_numbers.models import BusinessAccount
from inbox import words
from inbox.facts import gone
from inbox.models import Conversation, Tag
from inbox.window import CLOSING, Window


@dataclass(frozen=True)
class StatusLine:
    """`before` + bold + `after`; at most one action, named by `act`."""

    kind: str
    icon: str
    before: str = ""
    bold: str = ""
    after: str = ""
    short_before: str = ""
    short: str = ""
    action: str = ""
    act: str = ""
    share: int = 0
    # Where "Show" leads, and what a page has seen that showed it.
    anchor: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Crossing:
    """A teammate was first while words stood in the box."""

    sentence: str
    anchor: str
    seen: str


@dataclass(frozen=True)
class Situation:
    """What the line is decided from."""

    conversation: Conversation
    window: Window
    now: datetime
    codes: frozenset
    replying: str = ""
    crossing: Crossing | None = None

    @property
    def name(self) -> str:
        return words.visible(self.conversation.contact.first_name)


def status_line(s: Situation) -> StatusLine:
    for rule in RULES:
        if line := rule(s):
            return line
    return _open(s)


def _authorisation(s: Situation):
    account = s.conversation.number.account
    label = s.conversation.number.label
    if account.authorisation == BusinessAccount.DISCONNECTED:
        return StatusLine(
            "disconnected", "fail", "", f"Converge may not act for {label} any more.",
            " What you write stays here.", action="Numbers", act="numbers",
        )  # fmt: skip
    return None


def _gone(s: Situation):
    reason = gone(s.conversation.number)
    if reason is None:
        return None
    return StatusLine(
        "disconnected",
        "fail",
        "",
        reason.value.sentence,
        action="Numbers",
        act="numbers",
    )


def _closed(s: Situation):
    if s.window.is_open_for(s.now, is_person=True):
        return None
    if s.conversation.number.is_whatsapp:
        return StatusLine(
            "closed", "lock", "", "The 24-hour window is closed.",
            f" Send a template, or wait until {s.name} writes.",
            action="Choose a template", act="template",
        )  # fmt: skip
    return StatusLine(
        "closed", "lock", "", "The 24-hour window is closed.",
        f" You can answer when {s.name} writes again.", action="Add a note", act="note",
    )  # fmt: skip


def _closing(s: Situation):
    if not s.window.is_open(s.now) or s.window.closes_at - s.now > CLOSING:
        return None
    at = words.clock_time(s.window.closes_at, s.now)
    span = words.left(s.window.closes_at - s.now)
    rest = (
        "After that only templates are possible."
        if s.conversation.number.is_whatsapp
        else f"After that {s.name} must write first."
    )
    return StatusLine(
        "closing", "clock", "The window closes at ", at, f" (in {span}). {rest}",
        "Closes at ", f" (in {span}), then templates only."
        if s.conversation.number.is_whatsapp else f" (in {span}).",
        share=s.window.share_left(s.now),
    )  # fmt: skip


def _human_agent(s: Situation):
    if s.window.is_open(s.now):
        return None
    until = words.clock_time(s.window.person_until, s.now)
    return StatusLine(
        "normal", "user", "You can reply as a person until ", until, ". No promotions."
    )


def _crossed(s: Situation):
    if not s.crossing:
        return None
    return StatusLine(
        "presence", "pencil", "", s.crossing.sentence, ". Read it before you send.",
        short=".", action="Show", act="show", anchor=s.crossing.anchor, seen=s.crossing.seen,
    )  # fmt: skip


def _colleague(s: Situation):
    if not s.replying:
        return None
    return StatusLine("presence", "pencil", "", s.replying, " is replying.")


def _takeover(s: Situation):
    if not s.conversation.takeover:
        return None
    return StatusLine(
        "takeover", "hand", "Human takeover is on. The bot stays silent here.",
        action="Turn off", act="takeover", share=s.window.share_left(s.now),
    )  # fmt: skip


def _opted_out(s: Situation):
    if Tag.DND not in s.codes:
        return None
    return StatusLine(
        "normal", "bell-off",
        f"{s.name} opted out of automatic messages. A personal reply is fine.",
        share=s.window.share_left(s.now),
    )  # fmt: skip


def _unreachable(s: Situation):
    if Tag.DO_NOT_SEND not in s.codes:
        return None
    return StatusLine(
        "normal",
        "number-off",
        "The last 2 messages to this number could not be delivered.",
    )


def _open(s: Situation) -> StatusLine:
    until = words.clock_time(s.window.closes_at, s.now)
    return StatusLine(
        "normal", "message", "You can reply freely until ", until, ".",
        share=s.window.share_left(s.now),
    )  # fmt: skip


RULES = (
    _authorisation,
    _gone,
    _closed,
    _closing,
    _human_agent,
    _crossed,
    _colleague,
    _takeover,
    _opted_out,
    _unreachable,
)
