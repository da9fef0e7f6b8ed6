"""Why a message may not go (or not yet): every reason with its words and its remedy.

The words may name {name} (the person), {until} (a clock time) and {detail}.
"""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Words:
    sentence: str
    remedy: str = ""


class Reason(Enum):
    ROLE = Words(
        "Your role may read here, but not answer.",
        "Ask an owner or admin of this workspace.",
    )
    BLOCKED = Words("Your team blocked {name}.", "Unblock to write again.")
    TAKEOVER = Words("A teammate took over this conversation, so the bot is silent.")
    GENERATION = Words("A teammate answered after this was planned.")
    NO_IDENTITY = Words(
        "{name} has no address on this channel.",
        "Add a phone number, or wait until they write.",
    )
    DRAFT = Words("This number is not set up yet.", "Finish connecting it in Numbers.")
    DEREGISTERED = Words(
        "This number was deregistered at Meta and cannot send.",
        "Start recovery in Numbers.",
    )
    RETIRED = Words("This number was retired.", "Choose another number.")
    BANNED = Words("Meta disabled this account.", "Appeal in Business Support Home.")
    CHANNEL = Words("This kind of message does not exist on this channel.")
    DND = Words("{name} opted out of automatic messages. A personal reply is fine.")
    DO_NOT_SEND = Words("The last 2 messages to this number could not be delivered.")
    MARKETING_OPT_OUT = Words("{name} stopped marketing messages from this business.")
    CAPPED = Words(
        "Meta limits how many marketing messages a person gets from all companies.",
        "Try again after {until}, or write when they contact you.",
    )
    US_MARKETING = Words(
        "Meta does not deliver marketing templates to numbers in the United States."
    )
    WINDOW = Words(
        "The 24-hour window is closed.", "Send a template, or wait until {name} writes."
    )
    WINDOW_INSTAGRAM = Words(
        "Instagram does not allow messages 24 hours after the customer’s last one.",
        "You can answer when {name} writes again.",
    )
    TEMPLATE_MISSING = Words(
        "This number’s WhatsApp account has no such template.", "Choose another one."
    )
    TEMPLATE_STATUS = Words("Meta has not approved this template: {detail}.")
    TEMPLATE_PAUSED = Words("Meta paused this template until {until}.")
    TEMPLATE_VALUES = Words("The template needs a value for {detail}.")
    BROADCAST_CANCELLED = Words("This broadcast was cancelled.")
    BROADCAST_PAUSED = Words("This broadcast is paused.")
    REAUTHORISE = Words(
        "Converge may not act for this number any more.", "Reconnect it in Numbers."
    )
    SLOWED = Words("Meta asks this number to slow down until {until}.")
    RESTRICTED = Words(
        "Meta restricted this account from starting conversations until {until}."
    )
    TIER = Words(
        "Your business reached Meta’s limit of people per 24 hours.",
        "There is room again at {until}.",
    )
    PAIR = Words(
        "WhatsApp allows about one message every 6 seconds to the same person."
    )
    UNSETTLED = Words("We do not know if an earlier attempt arrived.")
    WAITED_TOO_LONG = Words("It waited too long for the number to work again.")

    @property
    def sentence(self) -> str:
        return self.value.sentence

    @property
    def remedy(self) -> str:
        return self.value.remedy
