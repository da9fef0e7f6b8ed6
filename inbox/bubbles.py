"""One message as a bubble: what is said, by whom, what became of it, what can be done."""

import uuid
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from inbox import marks, reactions, words
from inbox.media_boxes import box
from inbox.models import Conversation, Message
from inbox.states import TROUBLED, State

NO_REPORT_AFTER = timedelta(hours=24)
STILL_SENDING_AFTER = timedelta(seconds=8)
UNSUPPORTED = (
    "Message type not supported here. Ask the customer to send it another way, or open "
    "it on the phone."
)


@dataclass(frozen=True)
class Context:
    """What a page of messages needs, loaded once."""

    now: datetime
    conversation: Conversation
    viewer: int
    attachments: dict = field(default_factory=dict)
    reactions: dict = field(default_factory=dict)
    quoted: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return words.visible(self.conversation.contact.first_name)


@dataclass(frozen=True)
class Author:
    name: str
    icon: str = ""
    more: str = ""
    person: object = None


@dataclass(frozen=True)
class Report:
    """The sentence and the buttons under a bubble. `tone`: bad, unknown or quiet."""

    tone: str
    sentence: str
    actions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reacting:
    """A reaction of ours that Meta has not taken, as the part of a bubble that says so."""

    id: uuid.UUID
    state: str
    report: Report


@dataclass
class Bubble:
    id: uuid.UUID
    seq: int
    side: str
    is_bot: bool
    group: tuple
    author: Author | None
    says: str
    time: datetime
    kind: str
    html: str = ""
    label: str = ""
    state: str = ""
    icon: str = ""
    word: str = ""
    report: Report | None = None
    quote: dict | None = None
    media: list = field(default_factory=list)
    reactions: list = field(default_factory=list)
    reacting: "Reacting | None" = None
    can_react: bool = False
    shown: dict | None = None
    place: dict | None = None
    cards: list = field(default_factory=list)
    choices: list = field(default_factory=list)
    head: str = ""
    foot: str = ""
    placeholder: str = ""
    is_edited: bool = False
    can_quote: bool = False

    @property
    def version(self) -> str:
        """Changes when anything but the tick must be drawn again."""
        files = ",".join(f"{m.is_ready}{m.shape}" for m in self.media)
        reacted = [self.reactions, self.reacting, self.can_react]
        report = self.report.sentence if self.report else ""
        told = (self.html, files, reacted, report, self.placeholder, self.can_quote)
        return f"{zlib.crc32(repr(told).encode()):x}"


def draw(message: Message, context: Context) -> Bubble:
    bubble = Bubble(
        id=message.id,
        seq=message.seq,
        side="out" if message.is_out else "in",
        is_bot=message.origin == Message.FLOW,
        group=(
            message.direction,
            message.origin,
            message.author_id,
            message.kind == "template",
        ),
        author=_author(message, context),
        says=_says(message, context),
        time=message.at,
        kind=message.kind,
        reactions=_reactions(message, context),
        reacting=_reacting(message, context),
        can_react=_can_react(message, context),
        quote=_quote(message, context),
        is_edited=message.edited_at is not None,
        can_quote=bool(message.wamid) and not message.deleted_at,
    )
    if message.deleted_at:
        bubble.placeholder = (
            "Erased" if "erased" in message.payload else "Customer deleted this message"
        )
        bubble.kind = "deleted"
    else:
        _fill(bubble, message, context)
    if message.is_out:
        _report(bubble, message, context)
    return bubble


def _author(message: Message, context: Context) -> Author | None:
    """Only ours: the customer's name stands in the header."""
    if not message.is_out:
        return None
    if message.kind == "template" and message.origin == Message.AGENT:
        name = message.template.name if message.template else "deleted"
        language = message.template.language if message.template else ""
        return Author(f"Template: {name}", "templates", language)
    if message.origin == Message.AGENT:
        person = message.author
        return Author(person.first_name if person else "Teammate", person=person)
    return {
        Message.FLOW: Author("Flow", "bot"),
        Message.API: Author("API", "bolt"),
        Message.BROADCAST: Author("Broadcast", "megaphone"),
        Message.PHONE_APP: Author("Replied on the phone", "phone"),
        Message.ELSEWHERE: Author("Sent elsewhere", "external"),
    }[message.origin]


def _says(message: Message, context: Context) -> str:
    if not message.is_out:
        return context.name
    if message.author:
        return message.author.first_name
    return str(message.get_origin_display())


def _fill(bubble: Bubble, message: Message, context: Context) -> None:
    bubble.media = [box(a) for a in context.attachments.get(message.id, ())]
    bubble.html = marks.to_html(words.visible(message.body))
    fill = FILLERS.get(message.kind)
    if fill:
        fill(bubble, message)
    if not (message.body or bubble.media or fill):
        bubble.placeholder = UNSUPPORTED
    if message.payload.get("referral"):
        headline = str(message.payload["referral"].get("headline") or "an ad")
        bubble.label = f"From {words.visible(headline)}"[:120]


def _fill_template(bubble: Bubble, message: Message) -> None:
    bubble.shown = message.payload.get("shown") or None


def _fill_choice(bubble: Bubble, message: Message) -> None:
    if message.is_out:
        content = message.payload.get("content") or {}
        bubble.choices = _choices(content)
        bubble.head = words.visible((content.get("header") or {}).get("text", ""))
        bubble.foot = words.visible((content.get("footer") or {}).get("text", ""))
    else:
        bubble.label = "chose"


def _fill_location(bubble: Bubble, message: Message) -> None:
    bubble.place, bubble.html = _place(_told(message, "location") or {}), ""


def _fill_contacts(bubble: Bubble, message: Message) -> None:
    bubble.cards = [_card(c) for c in (_told(message, "contacts") or [])[:20]]
    bubble.html = ""


def _told(message: Message, name: str):
    """Theirs stands under its name, ours is what Meta was given."""
    return message.payload.get("content" if message.is_out else name)


def _fill_order(bubble: Bubble, message: Message) -> None:
    count = len((message.payload.get("order") or {}).get("product_items") or [])
    bubble.label = f"Order of {count} product{'' if count == 1 else 's'}"


def _fill_notice(bubble: Bubble, message: Message) -> None:
    bubble.label = words.KINDS[message.kind]


def _fill_unsupported(bubble: Bubble, message: Message) -> None:
    bubble.placeholder = UNSUPPORTED


FILLERS = {
    "template": _fill_template,
    "button": _fill_choice,
    "interactive": _fill_choice,
    "location": _fill_location,
    "contacts": _fill_contacts,
    "order": _fill_order,
    "system": _fill_notice,
    "request_welcome": _fill_notice,
    "story_mention": _fill_notice,
    "share": _fill_notice,
    "unsupported": _fill_unsupported,
}


def _place(location: dict) -> dict:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    is_usable = all(isinstance(v, int | float) for v in (latitude, longitude))
    return {
        "name": words.visible(str(location.get("name") or "Location")),
        "address": words.visible(str(location.get("address") or ""))
        or (f"{latitude:.5f}, {longitude:.5f}" if is_usable else ""),
        "url": f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
        if is_usable
        else "",
    }


def _card(contact: dict) -> dict:
    name = contact.get("name") if isinstance(contact.get("name"), dict) else {}
    phones = [p for p in contact.get("phones") or [] if isinstance(p, dict)]
    return {
        "name": words.visible(str(name.get("formatted_name") or "Contact")),
        "phone": words.visible(str(phones[0].get("phone") or "")) if phones else "",
    }


def _choices(content: dict) -> list[str]:
    action = content.get("action") or {}
    buttons = [b["reply"]["title"] for b in action.get("buttons", []) if "reply" in b]
    rows = [r["title"] for s in action.get("sections", []) for r in s.get("rows", [])]
    opens = action.get("parameters") or {}
    words_on_it = opens.get("display_text") or opens.get("flow_cta")
    return buttons or rows or [str(words_on_it)] * bool(words_on_it)


def _reactions(message: Message, context: Context) -> list[reactions.Chip]:
    found = context.reactions.get(message.wamid, ())
    return [chip for r in found if (chip := reactions.chip(r, context.name))]


def _reacting(message: Message, context: Context) -> Reacting | None:
    """Sent again and discarded like a message; there is nothing to edit."""
    found = context.reactions.get(message.wamid, ())
    send = next((r.message for r in found if r.is_ours and r.message), None)
    state = State(send.state) if send else None
    if state not in (State.QUEUED, *TROUBLED):
        return None
    report = REPORTS[state](send, context)
    if report is None:
        return None
    if send.error_code in reactions.NO_MORE:
        report = Report("bad", reactions.NO_MORE_WORDS, (("discard", "Discard"),))
    acts = tuple(a for a in report.actions if a[0] != "template")
    return Reacting(send.id, state.value, replace(report, actions=acts))


def _can_react(message: Message, context: Context) -> bool:
    is_recent = context.now - message.at < reactions.WHATSAPP_TAKES_FOR
    is_here = bool(message.wamid) and not (message.is_out or message.deleted_at)
    return is_here and (is_recent or not context.conversation.number.is_whatsapp)


def _quote(message: Message, context: Context) -> dict | None:
    if not message.reply_to:
        return None
    quoted = context.quoted.get(message.reply_to)
    if quoted is None:
        return {"id": "", "who": "", "text": "A message that is not here any more"}
    return quote(quoted, context)


def quote(quoted: Message, context: Context) -> dict:
    """A message in the two lines that stand above an answer to it."""
    return {
        "id": f"m-{quoted.id}",
        "who": _says(quoted, context),
        "text": words.preview(quoted.kind, quoted.body)[:160],
    }


def _report(bubble: Bubble, message: Message, context: Context) -> None:
    state = State(message.state)
    if state is State.SENT and _is_silent(message, context):
        state = State.SILENT
    bubble.state = state.value
    bubble.icon, bubble.word = words.TICKS[state]
    bubble.report = REPORTS[state](message, context) if state in REPORTS else None


def _is_silent(message: Message, context: Context) -> bool:
    is_whatsapp = context.conversation.number.is_whatsapp
    return (
        is_whatsapp
        and message.origin != Message.PHONE_APP
        and context.now - message.at > NO_REPORT_AFTER
    )


def _failed(message: Message, context: Context) -> Report | None:
    if message.dismissed_at:
        return None
    if message.error_code is None and "reason" in message.decision:
        sentence = "Not sent: " + words.refusal(
            message.decision, context.name, context.now
        )
    else:
        sentence = words.failure(message.error_code, message.error_text)
    actions = [
        ("again", "Send again"),
        ("edit", "Edit and send"),
        ("discard", "Discard"),
    ]
    if message.error_code in (131047, 131026, 131050):
        actions = [("template", "Use template"), *actions[1:]]
    if message.kind != "text":
        actions = [a for a in actions if a[0] != "edit"]
    return Report("bad", sentence, tuple(actions))


def _unknown(message: Message, context: Context) -> Report | None:
    if message.dismissed_at:
        return None
    actions = (
        ("check", "Check again"),
        ("again", "Send again"),
        ("sent", "Mark as sent"),
    )
    return Report("unknown", words.UNKNOWN, actions)


def _silent(message: Message, context: Context) -> Report:
    return Report("quiet", words.SILENT)


def _queued(message: Message, context: Context) -> Report | None:
    reason = message.decision.get("reason")
    if reason is None or message.due_at is None or message.due_at <= context.now:
        return None
    sentence = words.refusal(message.decision, context.name, context.now)
    seconds = int((message.due_at - context.now).total_seconds()) + 1
    return Report("quiet", f"{sentence} Sending in {seconds} s.")


def _cancelled(message: Message, context: Context) -> Report:
    return Report("quiet", message.error_text or "Taken back before it was sent.")


REPORTS = {
    State.FAILED: _failed,
    State.UNKNOWN: _unknown,
    State.SILENT: _silent,
    State.QUEUED: _queued,
    State.CANCELLED: _cancelled,
}
