"""The dated story of a number: what Meta said and what we did, each in plain words.

Events keep Meta's own names and values; the words are made when they are read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from business_numbers import refusals
from business_numbers.door import SELF_TEST
from business_numbers.models import BusinessAccount, Number, NumberEvent
from business_numbers.verdicts import CAUSES
from converge import clock

OK, INFO, WARN, BAD, PLAIN = "pass", "info", "warn", "fail", "off"


@dataclass(frozen=True)
class Entry:
    at: datetime
    level: str
    words: str
    detail: str = ""

    @property
    def icon(self) -> str:
        return {"warn": "warning"}.get(self.level, self.level)


def note(
    account: BusinessAccount,
    kind: str,
    data: dict | None = None,
    *,
    number: Number | None = None,
    by: str = "",
) -> NumberEvent:
    """Put something that happened on the timeline. `data` holds no secrets."""
    return NumberEvent.objects.create(
        workspace_id=account.workspace_id,
        account=account,
        number=number,
        at=clock.now(),
        kind=kind[:60],
        data=(data or {}) | ({"by": by} if by else {}),
    )


def of_number(number: Number, limit: int = 8) -> list[Entry]:
    """Newest first: the number's own events, and those of its account."""
    events = NumberEvent.objects.filter(
        workspace_id=number.workspace_id, account_id=number.account_id
    ).exclude(kind=f"{SELF_TEST} {SELF_TEST}")
    events = [
        e
        for e in events.order_by("-at", "-id")[: limit * 3]
        if e.number_id in (None, number.id)
    ]
    return [entry(event) for event in events[:limit]]


def entry(event: NumberEvent) -> Entry:
    field, _, name = event.kind.partition(" ")
    data = event.data if isinstance(event.data, dict) else {}
    teller = TELLERS.get(event.kind) or TELLERS.get(field) or _plain
    level, words, detail = teller(name, data)
    by = str(data.get("by") or "")
    return Entry(event.at, level, words, " · ".join(filter(None, (detail, by))))


Told = tuple[str, str, str]


def _plain(name: str, data: dict) -> Told:
    return PLAIN, f"Meta: {name.replace('_', ' ').lower() or 'a change'}", ""


def _fixed(level: str, words: str, detail: str = "") -> Callable[[str, dict], Told]:
    return lambda name, data: (level, words, detail)


def _check_failed(name: str, data: dict) -> Told:
    return BAD, f"Step {data.get('step')} failed: {data.get('saw')}", ""


def _authorisation(name: str, data: dict) -> Told:
    cause = CAUSES.get(str(data.get("cause")), "")
    if name == "connected":
        return OK, "Converge may act again", cause
    if name == "reauth":
        return WARN, "Meta wants a person to confirm the connection", cause
    return BAD, "Converge may not act for this account any more", cause


def _template_status(name: str, data: dict) -> Told:
    title = data.get("message_template_name", "?")
    status = name.replace("_", " ").lower()
    level = OK if name in ("APPROVED", "REINSTATED", "UNARCHIVED") else WARN
    reason = str(data.get("reason") or "")
    detail = "" if reason in ("", "NONE") else reason.replace("_", " ").lower()
    return level, f"Template {title} {status}", detail


def _template_quality(name: str, data: dict) -> Told:
    title = data.get("message_template_name", "?")
    score = str(data.get("new_quality_score") or "").lower()
    level = {"green": OK, "red": BAD}.get(score, WARN)
    return level, f"Template {title}: quality is {score}", ""


def _template_category(name: str, data: dict) -> Told:
    title = data.get("message_template_name", "?")
    new = str(data.get("correct_category") or data.get("new_category") or "").lower()
    return WARN, f"Meta moves template {title} to {new}", "The price changes with it."


def _quality(name: str, data: dict) -> Told:
    if name == "THROUGHPUT_UPGRADE":
        return OK, "This number may now send 1,000 messages a second", ""
    if name in ("FLAGGED", "DOWNGRADE"):
        return (
            BAD,
            "Meta flagged this number’s quality",
            "Send less, and only what is wanted.",
        )
    if name in ("UNFLAGGED", "UPGRADE"):
        return OK, "Meta took back the flag on this number’s quality", ""
    return INFO, "Meta registered the number", ""


def _capability(name: str, data: dict) -> Told:
    limit = data.get("max_daily_conversations_per_business")
    words = str(limit).removeprefix("TIER_").replace("_", " ").lower()
    if limit == -1:
        words = "unlimited"
    return (
        INFO,
        f"The limit is now {words} people in 24 hours",
        "Shared by all numbers.",
    )


def _name(name: str, data: dict) -> Told:
    wanted = data.get("requested_verified_name") or "the display name"
    decision = str(data.get("decision") or name).lower()
    level = {"approved": OK, "rejected": BAD}.get(decision, INFO)
    reason = str(data.get("rejection_reason") or "").replace("_", " ").lower()
    return (
        level,
        f"Display name “{wanted}” {decision}",
        "" if reason == "none" else reason,
    )


def _security(name: str, data: dict) -> Told:
    return {
        "PIN_CHANGED": (
            WARN,
            "The PIN was changed",
            "If that was nobody of yours, act.",
        ),
        "PIN_RESET_REQUEST": (WARN, "Somebody asked Meta to switch two-step off", ""),
        "PIN_REQUEST_SUCCESS": (INFO, "Two-step verification was switched off", ""),
    }.get(name, _plain(name, data))


def _review(name: str, data: dict) -> Told:
    decision = str(data.get("decision") or "").lower()
    return (
        {"approved": OK, "rejected": BAD}.get(decision, INFO),
        f"Account review: {decision}",
        "",
    )


def _account_update(name: str, data: dict) -> Told:
    if name == "DISABLED_UPDATE":
        ban = data.get("ban_info") if isinstance(data.get("ban_info"), dict) else {}
        return _ban(str(ban.get("waba_ban_state")), str(ban.get("waba_ban_date") or ""))
    if name == "ACCOUNT_VIOLATION":
        info = data.get("violation_info")
        kind = str(info.get("violation_type", "")) if isinstance(info, dict) else ""
        return (
            BAD,
            f"Meta notes a violation: {kind.replace('_', ' ').lower()}",
            "Contact Meta.",
        )
    return ACCOUNT_WORDS.get(name) or _plain(name, data)


def _ban(state: str, date: str) -> Told:
    return {
        "DISABLE": (BAD, "Meta disabled this account", date),
        "SCHEDULE_FOR_DISABLE": (BAD, "Meta will disable this account", date),
    }.get(state, (OK, "Meta reinstated this account", date))


GAP = "Messages sent to you in between may be missing."
ACCOUNT_WORDS: dict[str, Told] = {
    "PARTNER_ADDED": (INFO, "Meta shares this account with Converge", ""),
    "PARTNER_APP_INSTALLED": (INFO, "Meta shares this account with Converge", ""),
    "PARTNER_REMOVED": (BAD, "Converge was removed in Meta Business", "Reconnect."),
    "PARTNER_APP_UNINSTALLED": (
        BAD,
        "Converge was removed in Meta Business",
        "Reconnect.",
    ),
    "ACCOUNT_OFFBOARDED": (
        BAD,
        "The number left the API in the WhatsApp Business app",
        "",
    ),
    "ACCOUNT_RECONNECTED": (OK, "The WhatsApp Business app is connected again", ""),
    "ACCOUNT_DELETED": (BAD, "This account was deleted at Meta", ""),
    "ACCOUNT_RESTRICTION": (
        BAD,
        "Meta restricted this account",
        "See Account Quality.",
    ),
}
TELLERS: dict[str, Callable[[str, dict], Told]] = {
    "check failed": _check_failed,
    "check passed": _fixed(OK, "All checks pass again"),
    "quieter than usual": lambda name, data: (WARN, str(data.get("words")), ""),
    "reconnected": _fixed(OK, "Connected again", GAP),
    "connected": _fixed(OK, "Connected"),
    "address book asked for": _fixed(INFO, "Asked for the phone app’s contacts"),
    "address book not given": lambda name, data: (
        INFO,
        "The phone app’s contacts did not come",
        str(data.get("problem")),
    ),
    "history asked for": _fixed(INFO, "Asked for what the phone app has said before"),
    "history not given": lambda name, data: (
        INFO,
        "What the phone app has said before did not come",
        str(data.get("problem")),
    ),
    "history": _fixed(
        INFO, "The phone app’s owner does not share what was said before"
    ),
    "disconnected": _fixed(WARN, "Disconnected here", "The phone stays registered."),
    "registered": _fixed(OK, "Registered"),
    "deregistered": _fixed(BAD, "Retired: deregistered at Meta"),
    "recovery begun": _fixed(INFO, "Recovery begun"),
    "setup begun": _fixed(INFO, "Set-up begun"),
    "pin set": _fixed(INFO, "A new PIN was set"),
    "token renewed": _fixed(OK, "Meta’s permission was renewed"),
    "token ending": lambda name, data: (
        WARN,
        f"Meta’s permission ends in {data.get('days')} days",
        "Reconnect before then.",
    ),
    "fixed": lambda name, data: (OK, f"Done: {data.get('label')}", ""),
    "live test passed": lambda name, data: (OK, "Live test: a message came in", ""),
    refusals.KIND: lambda name, data: (
        BAD,
        "Meta refused a message",
        refusals.words_of(data),
    ),
    "override": _fixed(WARN, "An override was removed"),
    "authorisation": _authorisation,
    "message_template_status_update": _template_status,
    "message_template_quality_update": _template_quality,
    "template_category_update": _template_category,
    "phone_number_quality_update": _quality,
    "business_capability_update": _capability,
    "phone_number_name_update": _name,
    "security": _security,
    "account_review_update": _review,
    "account_update": _account_update,
}
