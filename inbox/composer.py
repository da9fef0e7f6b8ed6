"""What the composer shows: the send decision asked as if the person were about to send."""

from dataclasses import dataclass, field

from django.core.cache import caches

from accounts.models import Membership
from business_numbers.models import Number, Template
from converge import clock
from inbox import crossing, words
from inbox.crossing import Seen
from inbox.facts import Ask, FactBook, window_of
from inbox.gate import Allow, Refuse, Sender, decide
from inbox.models import Conversation, Draft
from inbox.reasons import Reason

MOST_USED = 4
TEXT_MAX = {"whatsapp": 4096, "instagram": 1000}
CLOSED = (Reason.WINDOW, Reason.WINDOW_INSTAGRAM)
TEMPLATES_KEPT_FOR = 10


@dataclass(frozen=True)
class Composer:
    """`variant`: open, closed (WhatsApp), closed-instagram, readonly or stopped."""

    variant: str
    mode: str
    chip: dict
    sentence: str = ""
    hint: str = ""
    draft: str = ""
    draft_version: int = 0
    templates: list = field(default_factory=list)
    templates_count: int = 0
    limit: int = 4096
    begun: Seen | None = None  # by the reply that lies here as a draft


def composing(conversation: Conversation, membership: Membership) -> FactBook:
    """The facts of a reply that is about to be written."""
    may_send = membership.may("reply")
    return FactBook([Ask(conversation, Sender.AGENT, "text", may_send=may_send)])


def composer(book: FactBook, membership: Membership, mode: str = "reply") -> Composer:
    now = clock.now()
    (ask,) = book.asks
    conversation, may_send = ask.conversation, ask.may_send
    decision = decide(book.facts(ask))
    drafts = {
        d.mode: d
        for d in Draft.objects.filter(
            conversation=conversation, user_id=membership.user_id
        )
    }
    draft = drafts.get(mode)
    variant = _variant(decision)
    names, count = _templates(conversation.number) if variant == "closed" else ([], 0)
    return Composer(
        variant=variant if mode == "reply" or not may_send else "open",
        mode=mode,
        chip=words.window_chip(window_of(conversation), now),
        sentence=_sentence(decision, conversation, now),
        hint=_hint(decision),
        draft=draft.body if draft else "",
        draft_version=draft.version if draft else 0,
        templates=names,
        templates_count=count,
        limit=TEXT_MAX[conversation.number.kind],
        begun=crossing.since_draft(draft if mode == Draft.REPLY else None),
    )


def _variant(decision) -> str:
    if not isinstance(decision, Refuse):
        return "open"
    if decision.reason is Reason.WINDOW:
        return "closed"
    if decision.reason is Reason.WINDOW_INSTAGRAM:
        return "closed-instagram"
    return "readonly" if decision.reason is Reason.ROLE else "stopped"


def _sentence(decision, conversation: Conversation, now) -> str:
    if not isinstance(decision, Refuse):
        return ""
    return words.say(
        decision.reason,
        name=words.visible(conversation.contact.first_name),
        now=now,
        until=decision.until,
        detail=decision.detail,
    )


def _hint(decision) -> str:
    if isinstance(decision, Allow) and Reason.DO_NOT_SEND in decision.warnings:
        return Reason.DO_NOT_SEND.sentence
    return ""


def _templates(number: Number) -> tuple[list, int]:
    """The most used sendable templates, kept for some seconds: they rarely change."""
    key, kept = f"templates-{number.account_id}", caches["process"]
    found = kept.get(key)
    if found is None:
        sendable = Template.objects.for_number(number).filter(status="APPROVED")
        ranked = sendable.order_by("-used_count", "name").values_list(
            "id", "name", "language"
        )
        rows = list(ranked)
        unique = list({name: (pk, name) for pk, name, _ in rows[::-1]}.values())[::-1]
        found = (unique[:MOST_USED], len(unique))
        kept.set(key, found, TEMPLATES_KEPT_FOR)
    return found
