"""Why messages do not arrive: six checks, each a pure verdict over facts gathered before.

Gathering (`doctor_facts`) asks Meta; nothing here does. A step that fails only because of
a later one is shown as its consequence, so that one cause is named.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from business_numbers import moments
from business_numbers.verdicts import CAUSES, CONNECTED, OPEN

PASS, FAIL, CONSEQUENCE, CANNOT, SKIPPED, LATER = (
    "pass",
    "fail",
    "consequence",
    "cannot",
    "skipped",
    "later",
)
# Fields of the app's subscription without which something goes unnoticed.
WANTED_FIELDS = (
    "messages",
    "account_update",
    "message_template_status_update",
    "message_template_quality_update",
    "template_category_update",
    "phone_number_quality_update",
    "phone_number_name_update",
    "business_capability_update",
    "security",
    "user_preferences",
)
YOU = "You can. It takes a few seconds and changes nothing else."
ADMIN = "Somebody with access to the Meta app."
WAIT = "Nobody has to. Run it again in a few minutes."
NO_ANSWER = "Meta did not answer."
LIVE = "Send the live test, then ask support."


@dataclass(frozen=True)
class Subscription:
    """What the Meta app itself is subscribed to for one channel."""

    callback: str
    is_active: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """Everything one run found out. None: the question got no answer."""

    now: datetime
    our_callback: str
    is_whatsapp: bool = True
    status: str = "active"
    status_reason: str = ""
    status_changed_at: datetime | None = None
    authorisation: str = CONNECTED
    cause: str = ""
    registered_at: datetime | None = None
    deregistered_at: datetime | None = None
    retired_at: datetime | None = None
    is_coexistence: bool = False
    last_inbound_at: datetime | None = None
    subscription: Subscription | None = None
    is_subscribed: bool | None = None  # our app, on the account
    account_fields: tuple[str, ...] | None = None  # Instagram: of the account itself
    account_override: str = ""
    number_override: str = ""
    meta_status: str | None = None
    is_registered: bool | None = None
    door: str | None = None  # "" our endpoint answers the handshake; else why not
    problems: tuple[str, ...] = ()  # what Meta said instead of an answer


@dataclass(frozen=True)
class Result:
    """One row of the list, as shown and as kept."""

    n: int
    title: str
    state: str
    saw: str
    asked: str = ""
    todo: str = ""
    who: str = ""
    fix: str = ""
    chips: tuple[tuple[str, bool], ...] = ()  # (what we saw, is it right)


def examine(seen: Seen) -> list[Result]:
    """The six results in order; at most the first FAIL is the cause of the trouble."""
    results = [check(seen) for check in CHECKS]
    results = _name_consequences(seen, results)
    return [*results, _support(seen, results)]


def cause_of(results: list[Result]) -> Result | None:
    return next((r for r in results if r.state == FAIL), None)


def as_rows(results: list[Result]) -> list[dict]:
    return [asdict(result) for result in results]


def _name_consequences(seen: Seen, results: list[Result]) -> list[Result]:
    """A phone that was deregistered is DISCONNECTED because of that, and not the reverse."""
    if results[4].state != FAIL:
        return results
    told = []
    for result in results:
        if result.n == 4 and result.state == FAIL:
            words = f"{result.saw}, because of step 5"
            result = replace(result, state=CONSEQUENCE, saw=words, fix="", todo="")
        told.append(result)
    return told


# --- 1 --------------------------------------------------------------------------------


def check_active(s: Seen) -> Result:
    ask = Result(1, "Number is active", PASS, "", "Converge’s own records.")
    if s.retired_at:
        when = moments.said(s.retired_at, s.now)
        return replace(
            ask, state=FAIL, saw=f"Retired {when}", who="Owners can.", fix="recover"
        )
    if s.authorisation == "disconnected":
        why = CAUSES.get(s.cause, "Meta no longer takes our token")
        return replace(
            ask,
            state=FAIL,
            saw=f"Disconnected: {why}",
            todo="Go through Meta’s login once more.",
            who="An owner or admin of this workspace, with their Facebook account.",
            fix="reconnect",
        )
    if s.status == "draft":
        return replace(
            ask, state=FAIL, saw="Status is DRAFT", who=YOU, fix="continue_setup"
        )
    if s.status == "error":
        since = _since(s.status_changed_at, s.now)
        saw = f"Status is ERROR{since}: {s.status_reason or 'our last act failed'}"
        return replace(ask, state=FAIL, saw=saw, who=YOU, fix="subscribe")
    return replace(ask, saw="Status is ACTIVE")


def _since(at: datetime | None, now: datetime) -> str:
    return f" since {moments.said(at, now)}" if at else ""


# --- 2 --------------------------------------------------------------------------------


def check_callback(s: Seen) -> Result:
    path = "/" + s.our_callback.split("/", 3)[-1]
    ask = Result(
        2,
        "Callback URL is ours",
        PASS,
        "",
        "Meta, where it sends what customers write.",
    )
    if override := s.number_override or s.account_override:
        place = "This number" if s.number_override else "The account"
        return replace(
            ask,
            state=FAIL,
            saw=f"{place} sends its messages elsewhere",
            chips=((override, False), (s.our_callback, True)),
            todo="An override diverts messages only; everything else still comes here.",
            who=YOU,
            fix="remove_override",
        )
    if s.subscription is None:
        return _cannot(ask, s)
    if not s.subscription.is_active:
        return replace(
            ask,
            state=FAIL,
            saw="Switched off at Meta",
            todo="The app has no callback URL at the moment.",
            who=YOU,
            fix="point_here",
        )
    if s.subscription.callback != s.our_callback:
        return replace(
            ask,
            state=FAIL,
            saw="Meta has another address",
            chips=((s.subscription.callback, False), (s.our_callback, True)),
            who=YOU,
            fix="point_here",
        )
    if s.door:
        return replace(
            ask,
            state=FAIL,
            saw=f"The address is right, but our endpoint fails: {s.door}",
            todo="Meta’s handshake would fail, too. Look at the server that answers it.",
            who="Whoever runs Converge.",
        )
    return replace(ask, saw=f"…{path}, no override")


def _cannot(ask: Result, s: Seen) -> Result:
    why = s.problems[0] if s.problems else NO_ANSWER
    return replace(ask, state=CANNOT, saw=why, who=WAIT)


# --- 3 --------------------------------------------------------------------------------


def check_messages(s: Seen) -> Result:
    ask = Result(
        3,
        "“messages” is subscribed",
        PASS,
        "",
        "Meta, which fields it sends to Converge.",
    )
    fields = s.subscription.fields if s.subscription else None
    if fields is not None and "messages" not in fields:
        return replace(
            ask,
            state=FAIL,
            saw="“messages” is missing",
            chips=_chips(fields),
            todo="Meta no longer sends us the field “messages”. What you send still "
            "arrives.",
            who=YOU,
            fix="add_messages",
        )
    if s.is_subscribed is False:
        return replace(
            ask,
            state=FAIL,
            saw="Converge is not among this account’s apps",
            todo="Meta sends the account’s messages to its subscribed apps only.",
            who=YOU,
            fix="subscribe",
        )
    if fields is None or s.is_subscribed is None:
        return _cannot(ask, s)
    return replace(ask, saw=f"“messages” and {len(fields) - 1} other fields")


def _chips(fields: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    shown = [f for f in WANTED_FIELDS[1:] if f in fields][:4]
    return (("messages", False), *((f, True) for f in shown))


# --- 4 --------------------------------------------------------------------------------


def check_phone(s: Seen) -> Result:
    if not s.is_whatsapp:
        ask = Result(4, "Instagram answers for the account", PASS, "", "Instagram.")
        if s.meta_status is None:
            return _cannot(ask, s)
        return replace(ask, saw=f"@{s.meta_status}" if s.meta_status else "It answers")
    ask = Result(
        4, "WhatsApp Manager says CONNECTED", PASS, "", "Meta, the phone’s status."
    )
    if s.meta_status is None:
        return _cannot(ask, s)
    if s.meta_status == "CONNECTED" or s.meta_status in OPEN[1:]:
        return replace(ask, saw=s.meta_status or "CONNECTED")
    todo = "The phone is not registered at Meta. Register it to receive and send."
    if s.is_coexistence:
        todo = "Open the WhatsApp Business app on the phone and keep it online."
    return replace(
        ask,
        state=FAIL,
        saw=s.meta_status,
        todo=todo,
        who="Whoever can get an SMS or call on this number.",
        fix="" if s.is_coexistence else "recover",
    )


# --- 5 --------------------------------------------------------------------------------


def check_registration(s: Seen) -> Result:
    ask = Result(5, "Not deregistered", PASS, "", "Converge’s own records, and Meta.")
    if not s.is_whatsapp:
        return replace(ask, state=SKIPPED, saw="Does not apply to Instagram")
    if s.deregistered_at:
        return replace(
            ask,
            state=FAIL,
            saw=f"Deregistered {moments.said(s.deregistered_at, s.now)}",
            todo="Connecting again does not bring it back. It has to be registered, "
            "with an SMS or call and a new PIN; it takes about 5 minutes.",
            who="Whoever can get an SMS or call on this number.",
            fix="recover",
        )
    if s.registered_at:
        return replace(ask, saw=f"Registered {moments.day(s.registered_at, s.now)}")
    if s.is_registered is None:
        return _cannot(ask, s)
    if not s.is_registered and s.meta_status not in OPEN[:4]:
        return replace(
            ask,
            state=FAIL,
            saw="Not registered with the Cloud API",
            todo="Nobody deregistered it here; it was done elsewhere or never finished.",
            who="Whoever can get an SMS or call on this number.",
            fix="recover",
        )
    return replace(ask, saw="No deregistration is known")


# --- 6 --------------------------------------------------------------------------------


def _support(s: Seen, results: list[Result]) -> Result:
    ask = Result(6, "Ask support", LATER, "Sends the results of 1–5 with a reference")
    if cause_of(results) or any(r.state == CANNOT for r in results):
        return ask
    if s.last_inbound_at:
        when = moments.ago(s.last_inbound_at, s.now)
        return replace(ask, state=PASS, saw=f"Not needed: last message {when}")
    return replace(ask, saw=f"Everything we can see is right. {LIVE}")


CHECKS: tuple[Callable[[Seen], Result], ...] = (
    check_active,
    check_callback,
    check_messages,
    check_phone,
    check_registration,
)
