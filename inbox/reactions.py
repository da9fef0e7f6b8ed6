"""Reactions as a bubble wears them. Of ours it is told what became of the newest send."""

from dataclasses import dataclass
from datetime import timedelta

from inbox import words
from inbox.models import Message, Reaction
from inbox.states import ACCEPTED, State

USUAL = ("👍", "❤️", "😂", "😮", "😢", "🙏")
WHATSAPP_TAKES_FOR = timedelta(days=30)
# What Meta answers when the message is gone, too old, or itself a reaction.
NO_MORE = (131009, 9000001)
NO_MORE_WORDS = "Not sent: Meta takes no reaction to this message any more. It may have been deleted."


@dataclass(frozen=True)
class Chip:
    """`state` is empty when it stands; else what is the matter, with `icon` and `word`."""

    emoji: str
    who: str
    is_ours: bool = False
    state: str = ""
    icon: str = ""
    word: str = ""


def chip(reaction: Reaction, customer: str) -> Chip | None:
    """None when there is nothing to see any more."""
    if not reaction.is_ours:
        emoji = words.visible(reaction.emoji)
        return Chip(emoji, customer) if emoji else None
    who = reaction.author.first_name if reaction.author else "You"
    emoji, state = ours(reaction)
    if not emoji:
        return None
    icon, word = words.TICKS[state] if state else ("", "")
    return Chip(emoji, who, True, str(state or ""), icon, word)


def ours(reaction: Reaction) -> tuple[str, State | None]:
    """The emoji to show, and the state of its send unless Meta has taken it."""
    send = reaction.message
    if send is None:
        return reaction.emoji, None
    state = State(send.state)
    if state in ACCEPTED:
        return reaction.emoji, None
    if state is State.CANCELLED or send.dismissed_at:
        return before(send), None
    return reaction.emoji or before(send), state


def standing(reaction: Reaction | None) -> str:
    """What the customer sees of ours, as far as anybody knows."""
    if reaction is None:
        return ""
    emoji, state = ours(reaction)
    is_doubtful = state in (State.QUEUED, State.FAILED)
    return before(reaction.message) if is_doubtful else emoji


def before(send: Message) -> str:
    return (send.payload.get("shown") or {}).get("was", "")
