"""How a broadcast speaks: its state, why somebody did not get it, what can be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcasts import outcomes, retries, watch
from broadcasts.models import Broadcast
from broadcasts.outcomes import Group
from business_numbers.errors import Verdict, meaning
from inbox.reasons import Reason
from inbox.words import clock_time, spoken_left

# Of a reason: the short words of the sum, the second line, the whole sentence.
SKIPPED = {
    "DND": (
        "opted out",
        "dnd · cannot be included",
        "Opted out. They asked not to get automatic messages; they are left out, also "
        "from files you upload.",
    ),
    "DO_NOT_SEND": (
        "unreachable",
        "do-not-send · cannot be included",
        "Unreachable. The last 2 messages could not be delivered.",
    ),
    "NO_IDENTITY": (
        "no WhatsApp number",
        "they have no address on WhatsApp",
        "No number. Some people use a WhatsApp username and share no number.",
    ),
    "BLOCKED": (
        "blocked by your team",
        "unblock to include",
        "Your team blocked them.",
    ),
    "MARKETING_OPT_OUT": (
        "stopped marketing",
        "their wish at WhatsApp",
        "They stopped marketing messages from your business.",
    ),
    "CAPPED": (
        "at Meta’s limit per person",
        "a marketing message failed in the last 7 days",
        "Meta limits marketing messages per person across all companies, in about 7 "
        "days. You did nothing wrong.",
    ),
    "US_MARKETING": (
        "in the United States",
        "Meta delivers no marketing there",
        "Meta does not deliver marketing templates to numbers in the United States.",
    ),
    "TEMPLATE_VALUES": (
        "without a value",
        "a fallback includes them",
        "A value is missing and there is no fallback.",
    ),
    "ONLY_FIRST": (
        "after the first ones",
        "you chose to send only the first",
        "Left out, because you chose to send only the first ones.",
    ),
    "TWICE": (
        "same person twice",
        "one message is sent",
        "Same person twice. One message is sent.",
    ),
}


@dataclass(frozen=True)
class Why:
    """One line of “Why some did not get it”."""

    key: str
    tone: str
    icon: str
    title: str
    means: str
    does: str
    can: str = ""
    act: str = ""  # what the link of the last column leads to


def skipped(reason: str, detail: str = "") -> tuple[str, str, str]:
    if reason in SKIPPED:
        short, more, sentence = SKIPPED[reason]
        if reason == "TEMPLATE_VALUES" and detail:
            return (
                f"no value for {detail}",
                more,
                f"No value for {detail} and no fallback.",
            )
        return short, more, sentence
    words = Reason[reason].sentence if reason in Reason.__members__ else reason
    plain = words.format(name="This person", until="later", detail=detail)
    return plain.rstrip("."), "", plain


NO_REPORT = Why(
    "quiet", "unknown", "help", "No report yet",
    "WhatsApp accepted it and has not said more. They may have blocked this number.",
    "Waits for a report. Nothing is sent twice.",
    "Over 5 % we suggest asking support.",
)  # fmt: skip
SILENT = Why(
    "silent", "fail", "fail", "Failed without a reason",
    "WhatsApp accepted it and never said it was delivered. They may have blocked this "
    "number. It is not a fault of yours or ours.",
    "Not tried again. A late report replaces this.",
)  # fmt: skip
UNKNOWN = Why(
    "unknown", "unknown", "help", "We do not know",
    "WhatsApp did not answer. It may have been sent.",
    "Keeps listening for a report. Never sends again by itself.",
    "Decide for them", "unknown",
)  # fmt: skip
STOPPED = Why(
    "stopped", "off", "off", "Stopped", "The broadcast was stopped before their turn.",
    "Nothing more is sent.",
)  # fmt: skip


PLAIN = {
    outcomes.QUIET: NO_REPORT,
    outcomes.SILENT: SILENT,
    outcomes.UNKNOWN: UNKNOWN,
    outcomes.STOPPED: STOPPED,
}


def why(group: Group, waits: dict, now: datetime) -> Why | None:
    """The line a group belongs to; None for those who got it or still may."""
    if group.outcome in PLAIN:
        return PLAIN[group.outcome]
    if group.outcome == outcomes.AGAIN:
        return _again(group, waits, now)
    if group.outcome == outcomes.FAILED:
        return _failed(group)
    if group.outcome != outcomes.SKIPPED:
        return None
    short, _, sentence = skipped(group.reason, group.detail)
    title = short[0].upper() + short[1:]
    return Why(f"skipped:{title}", "off", "off", title, sentence, "Left out.")


def _again(group: Group, waits: dict, now: datetime) -> Why:
    if retries.ladder_of(group.code) == retries.CAP:
        next_at = f" Next on {clock_time(group.next_at, now)}." if group.next_at else ""
        days = ", ".join(str(hours // 24) for hours in waits[retries.CAP])
        return Why(
            "again:cap", "warn", "stopwatch", "Meta’s limit per person",
            "Meta limits marketing messages per person across all companies, in about 7 "
            "days. You did nothing wrong.",
            f"Tries again after {days} days.{next_at} People who opt out in between are "
            "left out.",
            "Nothing needed.", "stop retries",
        )  # fmt: skip
    meant = meaning(group.code or 0, is_sync=False)
    at = f" Next at {clock_time(group.next_at, now)}." if group.next_at else ""
    if meant.verdict in watch.ACCOUNT_WIDE:
        return Why(
            f"again:{group.code}", "warn", "stopwatch", "Number problem", meant.words,
            f"Tries again, at once when the number works.{at}", "See Numbers", "numbers",
        )  # fmt: skip
    return Why(
        f"again:{group.code}", "warn", "stopwatch", "Tried again later", meant.words,
        f"Tries again in a few hours.{at}", "Nothing needed.", "stop retries",
    )  # fmt: skip


def _failed(group: Group) -> Why:
    code = group.code
    if code is None:
        return Why(
            "failed:",
            "fail",
            "fail",
            "Failed",
            "It could not be sent.",
            "Not tried again.",
        )
    meant = meaning(code, is_sync=False)
    title, does, can, act = _title(code, meant.verdict)
    return Why(f"failed:{code}", "fail", "fail", title, meant.words, does, can, act)


def _title(code: int, verdict: Verdict) -> tuple[str, str, str, str]:
    if code in TITLES:
        return TITLES[code]
    if 132000 <= code < 133000:
        return "Template problem", "Not tried again.", "Fix the template", ""
    if verdict in watch.ACCOUNT_WIDE:
        return "Number problem", "Not tried any more.", "See Numbers", "numbers"
    if verdict is Verdict.NEVER_PERSON:
        return "Refused for this person", "Not tried again.", "", ""
    if retries.ladder_of(code):
        return "Trouble at Meta", "Tried several times, not any more.", "", ""
    return "Refused by Meta", "Not tried again.", "See who", "people"


TITLES = {
    131026: (
        "Not on WhatsApp",
        "Not tried again. Who failed twice in a row is now “unreachable”.",
        "Review these people",
        "people",
    ),
    131049: ("Meta’s limit per person", "Not tried any more.", "", ""),
}


def chip(broadcast: Broadcast, done: int, total: int, now: datetime) -> dict:
    """The state in a few words, with its glyph and tone."""
    tone, icon, text = CHIPS[broadcast.state]
    if broadcast.state == Broadcast.SENDING:
        text = f"Sending {100 * done // total if total else 0} %"
    elif broadcast.state == Broadcast.SCHEDULED:
        text = f"Scheduled for {clock_time(broadcast.starts_at, now)}"
    return {"tone": tone, "icon": icon, "text": text}


CHIPS = {
    Broadcast.DRAFT: ("off", "pencil", "Draft"),
    Broadcast.SCHEDULED: ("info", "clock", "Scheduled"),
    Broadcast.SENDING: ("info", "current", "Sending"),
    Broadcast.PAUSED: ("warn", "pause", "Paused"),
    Broadcast.HELD: ("warn", "pause", "Held: template paused"),
    Broadcast.DONE: ("ok", "pass", "Done"),
    Broadcast.CANCELLED: ("off", "x", "Stopped"),
}


def notice(
    broadcast: Broadcast, waiting: int, now: datetime
) -> tuple[str, str, str] | None:
    """(tone, bold, text) of what the team should know above everything else."""
    people = f"{waiting:,} {'person is' if waiting == 1 else 'people are'} waiting."
    safe = "Nothing is lost and nothing is sent twice."
    if broadcast.state == Broadcast.HELD:
        template = broadcast.template
        until = template.paused_until if template else None
        when = f" until {clock_time(until, now)}" if until and until > now else ""
        name = template.name if template else ""
        return (
            "warn",
            "On hold.",
            f"Meta paused the template '{name}'{when} because people reported it. "
            f"{people} {safe}",
        )
    if broadcast.state == Broadcast.PAUSED:
        return "warn", "Paused.", f"{_cause(broadcast, now)} {people} {safe}"
    rests = broadcast.rests_until and broadcast.rests_until > now
    if broadcast.state == Broadcast.SENDING and rests:
        return "info", RESTS[broadcast.rests_for], f"{people} It goes on by itself."
    return None


RESTS = {
    Reason.TIER.name: "Your business reached Meta’s limit of people per 24 hours.",
    Reason.SLOWED.name: "Meta asked this number to slow down.",
    Reason.RESTRICTED.name: "Meta restricted this account from starting conversations.",
}


def _cause(broadcast: Broadcast, now: datetime) -> str:
    if broadcast.cause in CAUSES:
        return CAUSES[broadcast.cause]
    if broadcast.cause == watch.ERRORS:
        words = meaning(broadcast.cause_code or 0, is_sync=False).words
        return f"We stopped it, because the same error came again and again. {words}"
    who = broadcast.stopped_by.first_name if broadcast.stopped_by else "A teammate"
    at = f" at {clock_time(broadcast.stopped_at, now)}" if broadcast.stopped_at else ""
    return f"{who} paused it{at}."


CAUSES = {
    watch.RECONNECT: "Converge may not act for this number any more. Reconnect it in "
    "Numbers; then this goes on by itself.",
    watch.NUMBER: "This number cannot send as it stands. See Numbers for the reason.",
    watch.UNUSABLE: "The template cannot be sent any more: it was deleted or is not "
    "approved.",
    watch.QUALITY: "We stopped it, because Meta rates this number or template low: people "
    "reported it.",
    watch.SPAM: "We stopped marketing on this number, because too many people reported it.",
}
OBSTACLES = {
    watch.NUMBER: "This number cannot send as it stands. See Numbers for the reason.",
    watch.RECONNECT: "Converge may not act for this number. Reconnect it in Numbers first.",
    watch.TEMPLATE: "Meta paused this template. The broadcast waits and goes on by itself.",
    watch.UNUSABLE: "The template was deleted or is not approved any more.",
    watch.QUALITY: "Meta rates this number or template low. Sending marketing now makes it "
    "worse.",
}


def lasts(span: timedelta) -> str:
    return "less than a minute" if span < timedelta(minutes=1) else spoken_left(span)
