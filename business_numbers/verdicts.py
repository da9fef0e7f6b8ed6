"""What people ask about a number: can it receive, can it send, what is to be done next.

Pure: the three truths stay apart in `NumberFacts`; the two verdicts are derived from them
by ordered rules, the first that speaks wins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from business_numbers import moments

YES, LIMITED, NO, UNKNOWN = "yes", "limited", "no", "unknown"
CONNECTED, DISCONNECTED, REAUTH = "connected", "disconnected", "reauth"
# Meta's phone statuses with which messages still come in.
OPEN = ("CONNECTED", "FLAGGED", "RESTRICTED", "RATE_LIMITED", "UNKNOWN", "")
# Steps of the diagnosis that stop what comes in and leave what goes out alone.
INBOUND_STEPS = (2, 3)
CAUSES = {
    "expired": "the permission ended after about 60 days",
    "access revoked": "Converge was removed in Meta Business, or Meta disabled the account",
    "password changed": "a Facebook password changed",
    "login check": "Meta wants the person to sign in at facebook.com first",
    "logged out": "the session at Meta was ended",
    "role missing": "the person lost the role that allowed it",
    "permission missing": "a permission is missing",
    "asset lost": "the account is no longer shared with Converge",
    "account disabled": "Meta disabled the account",
    "ending soon": "the permission is about to end and Meta does not let us renew it",
    "refresh failed": "Meta refused to renew the permission",
    "you disconnected": "it was disconnected here",
}
STOPS_SENDING = ("permission missing", "asset lost")


@dataclass(frozen=True)
class NumberFacts:
    """Everything the verdicts are drawn from, as last known."""

    now: datetime
    label: str = "this number"
    is_whatsapp: bool = True
    authorisation: str = CONNECTED
    cause: str = ""
    authorisation_changed_at: datetime | None = None
    expires_at: datetime | None = None
    status: str = "active"
    status_reason: str = ""
    status_changed_at: datetime | None = None
    meta_status: str = ""
    is_banned: bool = False
    restricted_until: datetime | None = None
    slow_until: datetime | None = None
    refused_at: datetime | None = None  # the last send, for the account's sake
    refused_words: str = ""
    refused_fix: str = ""
    deregistered_at: datetime | None = None
    retired_at: datetime | None = None
    last_inbound_at: datetime | None = None
    last_delivered_at: datetime | None = None
    tier_used: int = 0
    tier_limit: int | None = None
    broken_step: int | None = None  # of the newest diagnosis
    broken_words: str = ""
    broken_fix: str = ""
    checked_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    answer: str
    why: str
    fix: str = ""  # the name of one of FIXES, or nothing
    detail: str = ""

    @property
    def word(self) -> str:
        return self.answer.capitalize()


@dataclass(frozen=True)
class Judgement:
    """Both verdicts, the sentence above them and the one thing to do."""

    receive: Verdict
    send: Verdict
    headline: str
    detail: str
    fix: str

    @property
    def needs_action(self) -> bool:
        return bool(self.fix) or NO in (self.receive.answer, self.send.answer)


Rule = Callable[[NumberFacts], Verdict | None]


def judge(f: NumberFacts) -> Judgement:
    receive, send = can_receive(f), can_send(f)
    worst = min(
        (receive, send), key=lambda v: (NO, LIMITED, UNKNOWN, YES).index(v.answer)
    )
    if worst.answer == YES:
        return Judgement(receive, send, *_fine(f, receive))
    other = send if worst is receive else receive
    detail = worst.detail or (other.why if other.why != worst.why else "")
    detail = _usual_causes(f) or detail
    return Judgement(receive, send, worst.why, detail, worst.fix or other.fix)


def _fine(f: NumberFacts, receive: Verdict) -> tuple[str, str, str]:
    if f.authorisation == REAUTH:
        return (
            f"Meta wants a person to confirm the connection for {f.label}{_by(f)}. Messages still flow until then.",
            _usual_causes(f),
            "reconnect",
        )
    if f.status == "error":
        return (
            f"{f.label} works, but our last act on it failed.",
            f.status_reason,
            "subscribe",
        )
    return f"{f.label} receives and sends.", receive.why, ""


def _by(f: NumberFacts) -> str:
    return f", by {moments.day(f.expires_at, f.now)}" if f.expires_at else ""


def _usual_causes(f: NumberFacts) -> str:
    if f.authorisation == CONNECTED:
        return ""
    known = CAUSES.get(f.cause)
    if known:
        return f"Cause: {known}."
    if f.authorisation == REAUTH:
        return (
            "Usual causes: the permission is about to end and Meta does not let us renew "
            "it without you, or a permission is missing."
        )
    return (
        "Usual causes: the permission expired after 60 days, a Facebook password changed, "
        "Converge was removed in Meta Business, or Meta disabled the account."
    )


def can_receive(f: NumberFacts) -> Verdict:
    return _first(RECEIVE_RULES, f)


def can_send(f: NumberFacts) -> Verdict:
    return _first(SEND_RULES, f)


def _first(rules: tuple[Rule, ...], f: NumberFacts) -> Verdict:
    return next(verdict for rule in rules if (verdict := rule(f)))


# --- what stops both ------------------------------------------------------------------


def _retired(f: NumberFacts) -> Verdict | None:
    if f.retired_at is None:
        return None
    when = moments.said(f.retired_at, f.now)
    return Verdict(NO, f"This number was retired {when}.", "recover")


def _deregistered(f: NumberFacts) -> Verdict | None:
    if f.deregistered_at is None:
        return None
    when = moments.said(f.deregistered_at, f.now)
    return Verdict(
        NO,
        f"This number was deregistered {when}. Connecting it again does not bring it "
        "back; it has to be registered.",
        "recover",
    )


def _draft(f: NumberFacts) -> Verdict | None:
    if f.status != "draft":
        return None
    return Verdict(NO, "The set-up is not finished.", "continue_setup")


def _banned(f: NumberFacts) -> Verdict | None:
    if not f.is_banned:
        return None
    return Verdict(
        NO, "Meta disabled this account. Only Meta can lift that.", "quality"
    )


def _phone(f: NumberFacts) -> Verdict | None:
    if not f.is_whatsapp or f.meta_status in OPEN:
        return None
    return Verdict(NO, f"WhatsApp Manager says {f.meta_status}.", "recover")


# --- receiving ------------------------------------------------------------------------


def _diverted(f: NumberFacts) -> Verdict | None:
    if f.broken_step not in INBOUND_STEPS:
        return None
    if f.last_inbound_at and f.checked_at and f.last_inbound_at > f.checked_at:
        return None
    since = (
        f" since {moments.said(f.last_inbound_at, f.now)}" if f.last_inbound_at else ""
    )
    return Verdict(
        NO,
        f"Customers’ messages have not reached Converge{since}.",
        f.broken_fix,
        f.broken_words,
    )


def _unauthorised(f: NumberFacts) -> Verdict | None:
    if f.authorisation != DISCONNECTED:
        return None
    if _came_after(f.last_inbound_at, f.authorisation_changed_at):
        return Verdict(YES, f"Last message {moments.ago(f.last_inbound_at, f.now)}.")
    return Verdict(
        UNKNOWN, "What customers write meanwhile may not reach Converge.", "reconnect"
    )


def _came_after(at: datetime | None, other: datetime | None) -> bool:
    return bool(at and other and at > other)


def _receives(f: NumberFacts) -> Verdict:
    if f.last_inbound_at:
        return Verdict(YES, f"Last message {moments.ago(f.last_inbound_at, f.now)}.")
    if f.checked_at and f.broken_step is None:
        return Verdict(YES, "Every check passed. Nothing has come in yet.")
    return Verdict(UNKNOWN, "Nothing has come in yet.", "diagnose")


# --- sending --------------------------------------------------------------------------


def _may_not_act(f: NumberFacts) -> Verdict | None:
    lost = f.authorisation == REAUTH and f.cause in STOPS_SENDING
    if f.authorisation != DISCONNECTED and not lost:
        return None
    if f.authorisation_changed_at:
        since = f" since {moments.said(f.authorisation_changed_at, f.now)}"
    else:
        since = ""
    return Verdict(NO, f"Converge may not act for {f.label}{since}.", "reconnect")


def _restricted(f: NumberFacts) -> Verdict | None:
    if not (f.restricted_until and f.restricted_until > f.now):
        return None
    until = moments.said(f.restricted_until, f.now)
    return Verdict(
        LIMITED,
        f"Meta lets this number only answer customers until {until}.",
        "quality",
        "Templates and broadcasts go out again after that.",
    )


def _refused(f: NumberFacts) -> Verdict | None:
    if f.refused_at is None:
        return None
    when = moments.said(f.refused_at, f.now)
    return Verdict(
        NO,
        f"Meta refused the last message {when}.",
        f.refused_fix,
        f"{f.refused_words} The next message that is delivered clears this.",
    )


def _slowed(f: NumberFacts) -> Verdict | None:
    slow = f.slow_until and f.slow_until > f.now
    if slow:
        until = moments.said(f.slow_until, f.now)
        return Verdict(LIMITED, f"Meta asked this number to wait until {until}.")
    if f.meta_status == "RATE_LIMITED":
        return Verdict(LIMITED, "Meta limits how fast this number may send.")
    return None


def _tier(f: NumberFacts) -> Verdict | None:
    if f.tier_limit is None or f.tier_used < f.tier_limit:
        return None
    return Verdict(
        LIMITED,
        f"{f.tier_used} of {f.tier_limit} people were written to in 24 hours, all numbers "
        "of this business together. Answers are not counted.",
    )


def _sends(f: NumberFacts) -> Verdict:
    if f.last_delivered_at:
        return Verdict(
            YES, f"Last one delivered {moments.ago(f.last_delivered_at, f.now)}."
        )
    return Verdict(YES, "Nothing was sent yet.")


BOTH: tuple[Rule, ...] = (_retired, _draft, _deregistered, _banned, _phone)
RECEIVE_RULES: tuple[Rule, ...] = (*BOTH, _diverted, _unauthorised, _receives)
SEND_RULES: tuple[Rule, ...] = (
    *BOTH,
    _may_not_act,
    _refused,
    _restricted,
    _slowed,
    _tier,
    _sends,
)

# name → the words of its button, and how it is done: by us with one call, or by a page.
FIXES = {
    "reconnect": "Reconnect with Meta",
    "continue_setup": "Continue setup",
    "recover": "Start recovery",
    "subscribe": "Subscribe again",
    "add_messages": "Add messages",
    "remove_override": "Remove the override",
    "point_here": "Use our callback URL",
    "diagnose": "Run the diagnosis",
    "quality": "Open Account Quality",
    "manager": "Open WhatsApp Manager",
}
BY_CALL = ("subscribe", "add_messages", "remove_override", "point_here")
