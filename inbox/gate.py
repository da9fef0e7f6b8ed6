"""May we send this? One pure decision over facts, asked by everything that sends.

Asked when a message is queued, asked again when it is delivered, asked by the composer
to draw itself and by a broadcast to forecast. Refusals come before waits.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from inbox.reasons import Reason
from inbox.window import Window

CAP_LASTS = timedelta(days=7)
SHORT_HOLD = timedelta(minutes=1)
AGENT_WAITS = timedelta(minutes=15)
FLOW_WAITS = timedelta(hours=1)
LOOK_AGAIN = timedelta(seconds=30)


class Sender(StrEnum):
    AGENT = "agent"
    FLOW = "flow"
    API = "api"
    BROADCAST = "broadcast"
    RETRY = "retry"  # a broadcast's second chance

    @property
    def is_broadcast(self) -> bool:
        return self in (Sender.BROADCAST, Sender.RETRY)


class Effect(StrEnum):
    """What a refusal means for whoever asked, beyond this one message."""

    NONE = ""
    END_RUN = "end run"
    ERROR_EDGE = "error edge"
    SKIP = "skip this person"
    CANCEL_RETRY = "cancel retries"
    PAUSE = "pause the broadcast"


@dataclass(frozen=True)
class Allow:
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Refuse:
    reason: Reason
    effect: Effect = Effect.NONE
    detail: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Wait:
    reason: Reason
    until: datetime


@dataclass(frozen=True)
class Warn:
    reason: Reason


Decision = Allow | Refuse | Wait


class Gone(Enum):
    """Why a number can never send as it stands."""

    DRAFT = Reason.DRAFT
    DEREGISTERED = Reason.DEREGISTERED
    RETIRED = Reason.RETIRED
    BANNED = Reason.BANNED


@dataclass(frozen=True)
class Hold:
    """A number that cannot send now. `until` is None when nobody knows."""

    reason: Reason
    until: datetime | None = None


@dataclass(frozen=True)
class TemplateFacts:
    """`missing` names the variables without a value."""

    is_ours: bool = True
    status: str = "APPROVED"
    paused_until: datetime | None = None
    is_marketing: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything the decision needs to know; loaded by `inbox.facts` in a few queries."""

    now: datetime
    sender: Sender
    kind: str = "text"
    is_whatsapp: bool = True
    is_queued: bool = False  # already in the outbox; else it is being composed
    waited: timedelta = timedelta()
    may_send: bool = True
    is_blocked: bool = False
    takeover: bool = False
    is_stale: bool = False  # planned by an older generation of the conversation
    has_identity: bool = True
    gone: Gone | None = None
    dnd: bool = False
    do_not_send: bool = False
    refuses_marketing: bool = False
    capped_at: datetime | None = None
    is_us_number: bool = False
    window: Window = field(default_factory=Window)
    template: TemplateFacts | None = None
    broadcast_cancelled: bool = False
    broadcast_paused: bool = False
    hold: Hold | None = None
    restricted_until: datetime | None = None
    tier_free_at: datetime | None = None  # None: there is room, or already counted
    pair_free_at: datetime | None = None
    has_unsettled: bool = False

    @property
    def is_template(self) -> bool:
        return self.kind == "template"

    @property
    def is_marketing(self) -> bool:
        return self.is_template and bool(self.template and self.template.is_marketing)

    @property
    def starts_conversation(self) -> bool:
        """Business-initiated: a template outside an open window."""
        return self.is_template and not self.window.is_open(self.now)


def decide(facts: Facts) -> Decision:
    """The whole table, in order: first refusal, else first wait, else allow."""
    answers = [answer for rule in RULES if (answer := rule(facts))]
    for kind in (Refuse, Wait):
        for answer in answers:
            if isinstance(answer, kind):
                return answer
    return Allow(tuple(answer.reason for answer in answers))


def sender_may(f: Facts):
    if not f.may_send:
        return Refuse(Reason.ROLE)
    if f.is_blocked:
        return Refuse(Reason.BLOCKED, _skip(f))
    return None


def repeat_is_safe(f: Facts):
    if f.has_unsettled and f.sender is not Sender.AGENT:
        return Refuse(Reason.UNSETTLED, _edge(f))
    return None


def bot_is_free(f: Facts):
    if f.sender is not Sender.FLOW:
        return None
    if f.takeover:
        return Refuse(Reason.TAKEOVER, Effect.END_RUN)
    return Refuse(Reason.GENERATION, Effect.END_RUN) if f.is_stale else None


def person_is_here(f: Facts):
    return None if f.has_identity else Refuse(Reason.NO_IDENTITY, _skip(f))


def number_exists(f: Facts):
    if f.gone is None:
        return None
    return Refuse(f.gone.value, Effect.PAUSE if f.sender.is_broadcast else _edge(f))


def channel_has_it(f: Facts):
    if f.is_whatsapp or f.kind not in ("template", "interactive", "wa_flow"):
        return None
    return Refuse(Reason.CHANNEL, _edge(f))


def dnd(f: Facts):
    if not f.dnd:
        return None
    if f.sender is Sender.AGENT:
        return Warn(Reason.DND) if f.is_marketing else None
    return Refuse(Reason.DND, _skip(f))


def do_not_send(f: Facts):
    if not f.do_not_send:
        return None
    if f.sender.is_broadcast:
        return Refuse(Reason.DO_NOT_SEND, _skip(f))
    return Warn(Reason.DO_NOT_SEND)


def wants_marketing(f: Facts):
    if not (f.refuses_marketing and f.is_marketing):
        return None
    if f.sender is Sender.AGENT:
        return Warn(Reason.MARKETING_OPT_OUT)
    return Refuse(Reason.MARKETING_OPT_OUT, _skip(f))


def below_frequency_cap(f: Facts):
    if not (f.is_marketing and f.starts_conversation):
        return None
    if f.is_us_number:
        return _warn_people(f, Reason.US_MARKETING)
    is_capped = f.capped_at and f.now < f.capped_at + CAP_LASTS
    if not is_capped or f.sender is Sender.RETRY:
        return None
    return _warn_people(f, Reason.CAPPED, f.capped_at + CAP_LASTS)


def window_is_open(f: Facts):
    is_person = f.sender is Sender.AGENT
    if f.is_template or f.window.is_open_for(f.now, is_person=is_person):
        return None
    reason = Reason.WINDOW if f.is_whatsapp else Reason.WINDOW_INSTAGRAM
    return Refuse(reason, _edge(f))


def template_is_ready(f: Facts):
    if not f.is_template:
        return None
    template = f.template
    if template is None or not template.is_ours:
        return Refuse(Reason.TEMPLATE_MISSING, _edge(f))
    if template.status == "PAUSED":
        return _paused(f, template.paused_until)
    if template.status != "APPROVED":
        return Refuse(Reason.TEMPLATE_STATUS, _edge(f), template.status.lower())
    if template.missing:
        return Refuse(Reason.TEMPLATE_VALUES, _skip(f), ", ".join(template.missing))
    return None


def broadcast_goes_on(f: Facts):
    if f.broadcast_cancelled:
        return Refuse(Reason.BROADCAST_CANCELLED, Effect.CANCEL_RETRY)
    if f.broadcast_paused:
        return Wait(Reason.BROADCAST_PAUSED, f.now + LOOK_AGAIN)
    return None


def number_works_now(f: Facts):
    hold = f.hold
    if hold is None and f.restricted_until and f.starts_conversation:
        hold = Hold(Reason.RESTRICTED, f.restricted_until)
    if hold is None or (hold.until and hold.until <= f.now):
        return None
    is_short = hold.until is not None and hold.until - f.now <= SHORT_HOLD
    if not f.is_queued and is_short:
        return None  # the outbox waits that long without anybody noticing
    return _wait_or_refuse(f, hold.reason, hold.until)


def tier_has_room(f: Facts):
    if f.tier_free_at is None or not f.starts_conversation:
        return None
    if f.sender is Sender.AGENT and not f.is_queued:
        return Refuse(Reason.TIER, until=f.tier_free_at)
    return _wait_or_refuse(f, Reason.TIER, f.tier_free_at)


def pair_is_rested(f: Facts):
    if not f.is_whatsapp or f.pair_free_at is None or f.pair_free_at <= f.now:
        return None
    return Wait(Reason.PAIR, f.pair_free_at) if f.is_queued else None


RULES = (
    sender_may,
    repeat_is_safe,
    bot_is_free,
    person_is_here,
    number_exists,
    channel_has_it,
    dnd,
    do_not_send,
    wants_marketing,
    below_frequency_cap,
    window_is_open,
    template_is_ready,
    broadcast_goes_on,
    number_works_now,
    tier_has_room,
    pair_is_rested,
)


def _edge(f: Facts) -> Effect:
    return Effect.ERROR_EDGE if f.sender is Sender.FLOW else Effect.NONE


def _skip(f: Facts) -> Effect:
    if f.sender is Sender.RETRY:
        return Effect.CANCEL_RETRY
    return Effect.SKIP if f.sender is Sender.BROADCAST else _edge(f)


def _warn_people(f: Facts, reason: Reason, until: datetime | None = None):
    if f.sender is Sender.AGENT:
        return Warn(reason)
    return Refuse(reason, _skip(f), until=until)


def _paused(f: Facts, until: datetime | None):
    if f.sender.is_broadcast:
        # Meta may take its time after a pause: a past moment would be asked at once.
        again_at = until if until and until > f.now else f.now + LOOK_AGAIN
        return Wait(Reason.TEMPLATE_PAUSED, again_at)
    return Refuse(Reason.TEMPLATE_PAUSED, _edge(f), until=until)


def _wait_or_refuse(f: Facts, reason: Reason, until: datetime | None):
    """Row 13 and 14: broadcasts wait, flows an hour, a queued reply 15 minutes."""
    if f.sender.is_broadcast:
        return Wait(reason, until or f.now + LOOK_AGAIN)
    patience = _patience(f)
    if patience is None:
        return Refuse(reason, _edge(f), until=until)
    if f.waited >= patience:
        return Refuse(Reason.WAITED_TOO_LONG, _edge(f))
    give_up_at = f.now + patience - f.waited
    return Wait(reason, min(until or f.now + LOOK_AGAIN, give_up_at))


def _patience(f: Facts) -> timedelta | None:
    if f.sender is Sender.FLOW:
        return FLOW_WAITS
    if f.sender is Sender.AGENT and f.is_queued:
        return AGENT_WAITS
    return None
