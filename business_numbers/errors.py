"""What Meta's error codes mean for us: one table, from code to verdict and words.

Source: Meta's Cloud API error codes page and, for Instagram's subcodes, the Messenger
platform's common error codes (2026). Meta asks to decide by `code`, never by HTTP status.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    SOON = "retry in seconds or minutes"
    HOURS = "retry in hours"
    COOLDOWN = "leave this person alone for days"
    NEVER_PERSON = "never for this person"
    NEVER_CONTENT = "never this content"
    REAUTHORISE = "authorise again"
    ACCOUNT = "a problem of the account or number"
    SLOW = "slow the whole number down"
    PAIR = "slow down for this person"
    UNCERTAIN = "we do not know"


@dataclass(frozen=True)
class Meaning:
    verdict: Verdict
    words: str

    @property
    def is_certain(self) -> bool:
        return self.verdict is not Verdict.UNCERTAIN


V = Verdict
_REAUTH = "Meta no longer lets Converge act for this number. Reconnect it in Numbers."
_CONTENT = "Meta did not take this message as it is. Change it and send it again."
_LATER = "WhatsApp had a problem for a moment. It was not delivered."
_BUSY = "Meta asked this number to slow down. It was not sent yet."
_DONT_KNOW = "WhatsApp has a problem right now. We do not know if this was sent; we keep checking."
_ACCOUNT = (
    "Meta does not let this account send at the moment. See Numbers for the reason."
)
_VALUES = "Not sent: a value does not fit the template. Check the variables."

# Answered at once, these say nothing about whether the message was accepted.
UNCERTAIN_WHEN_SYNC = frozenset({1, 2, 131000, 131016})

MEANINGS: dict[int, Meaning] = {
    0: Meaning(V.REAUTHORISE, _REAUTH),
    1: Meaning(V.SOON, _LATER),
    2: Meaning(V.SOON, _LATER),
    3: Meaning(
        V.REAUTHORISE, "This Meta app may not send messages. Check its permissions."
    ),
    4: Meaning(V.SLOW, _BUSY),
    10: Meaning(
        V.REAUTHORISE, "Meta says a permission is missing. Reconnect the number."
    ),
    17: Meaning(V.SLOW, _BUSY),
    32: Meaning(V.SLOW, _BUSY),
    33: Meaning(V.ACCOUNT, "This number no longer exists at Meta."),
    100: Meaning(V.NEVER_CONTENT, _CONTENT),
    101: Meaning(V.ACCOUNT, "The Meta app is set up wrongly. Tell who runs Converge."),
    102: Meaning(V.REAUTHORISE, _REAUTH),
    104: Meaning(V.ACCOUNT, "The Meta app is set up wrongly. Tell who runs Converge."),
    190: Meaning(V.REAUTHORISE, _REAUTH),
    341: Meaning(V.SLOW, _BUSY),
    368: Meaning(V.ACCOUNT, "Meta blocked this account for a while over its policies."),
    506: Meaning(
        V.NEVER_CONTENT, "Meta took this for a duplicate and did not send it."
    ),
    551: Meaning(V.NEVER_PERSON, "This person does not take messages at the moment."),
    613: Meaning(V.SLOW, _BUSY),
    36000: Meaning(V.NEVER_CONTENT, "The image is too large."),
    36103: Meaning(V.ACCOUNT, "This Instagram account may not use messaging."),
    80007: Meaning(V.SLOW, _BUSY),
    80008: Meaning(V.SLOW, _BUSY),
    130403: Meaning(V.NEVER_PERSON, "Your business blocked this person on WhatsApp."),
    130429: Meaning(V.SLOW, _BUSY),
    130472: Meaning(
        V.NEVER_PERSON,
        "Meta keeps this person in an experiment without marketing messages. Sending "
        "again will not help.",
    ),
    130497: Meaning(
        V.NEVER_PERSON,
        "Meta does not let this account write to people in this country.",
    ),
    131000: Meaning(V.SOON, _LATER),
    131001: Meaning(V.NEVER_CONTENT, "The message is too long."),
    131002: Meaning(V.NEVER_CONTENT, _CONTENT),
    131005: Meaning(
        V.REAUTHORISE, "Meta says a permission is missing. Reconnect the number."
    ),
    131006: Meaning(V.NEVER_CONTENT, _CONTENT),
    131008: Meaning(V.NEVER_CONTENT, "Not sent: Meta misses a value in this message."),
    131009: Meaning(V.NEVER_CONTENT, "Not sent: Meta does not take one of the values."),
    131014: Meaning(V.SOON, "Meta could not fetch the file."),
    131016: Meaning(V.SOON, _LATER),
    131020: Meaning(V.NEVER_CONTENT, _CONTENT),
    131021: Meaning(V.NEVER_PERSON, "A number cannot write to itself."),
    131026: Meaning(
        V.NEVER_PERSON,
        "This number cannot receive WhatsApp messages. It may be wrong, a landline, or no "
        "longer on WhatsApp. Sending again will not help.",
    ),
    131030: Meaning(
        V.ACCOUNT, "A test number may only write to the people on its list at Meta."
    ),
    131031: Meaning(V.ACCOUNT, "Meta locked this account."),
    131037: Meaning(V.ACCOUNT, "This number’s display name is not approved yet."),
    131041: Meaning(V.NEVER_CONTENT, _CONTENT),
    131042: Meaning(
        V.ACCOUNT,
        "Meta wants a payment method for this account. Add one in Meta Business.",
    ),
    131043: Meaning(V.HOURS, "It expired before it could be delivered."),
    131044: Meaning(V.ACCOUNT, "Meta wants a payment method for this account."),
    131045: Meaning(V.ACCOUNT, "This number must be registered again."),
    131047: Meaning(
        V.NEVER_CONTENT,
        "Not sent: more than 24 hours since the customer’s last message. A template is "
        "possible.",
    ),
    131048: Meaning(
        V.SLOW,
        "Too many people reported this number. Meta stopped its messages for now.",
    ),
    131049: Meaning(
        V.COOLDOWN,
        "Not delivered: Meta limits how many marketing messages a person gets from all "
        "companies. Try later, or write when they contact you.",
    ),
    131050: Meaning(
        V.NEVER_PERSON, "This person stopped marketing messages from your business."
    ),
    131051: Meaning(V.NEVER_CONTENT, "WhatsApp does not take this kind of message."),
    131052: Meaning(
        V.NEVER_CONTENT, "WhatsApp could not hand over the customer’s file."
    ),
    131053: Meaning(V.SOON, "WhatsApp could not take the file."),
    131055: Meaning(V.NEVER_CONTENT, _CONTENT),
    131056: Meaning(
        V.PAIR, "WhatsApp allows about one message every 6 seconds to the same person."
    ),
    131057: Meaning(V.SOON, "Meta is upgrading this number. It takes a few minutes."),
    131059: Meaning(V.NEVER_CONTENT, _CONTENT),
    131060: Meaning(
        V.NEVER_CONTENT, "Open the WhatsApp Business app to see this message."
    ),
    131062: Meaning(
        V.NEVER_CONTENT,
        "This template needs a phone number, and this person shares none.",
    ),
    131063: Meaning(V.ACCOUNT, "Marketing messages are switched off for this account."),
    131064: Meaning(V.ACCOUNT, "Meta limits this account because of wrong categories."),
    132000: Meaning(
        V.NEVER_CONTENT, "Not sent: the number of values does not fit the template."
    ),
    132001: Meaning(
        V.NEVER_CONTENT,
        "Not sent: Meta has no approved template of this name and language.",
    ),
    132005: Meaning(
        V.NEVER_CONTENT, "Not sent: with its values the template is too long."
    ),
    132007: Meaning(V.NEVER_CONTENT, _VALUES),
    132008: Meaning(V.NEVER_CONTENT, _VALUES),
    132012: Meaning(V.NEVER_CONTENT, _VALUES),
    132015: Meaning(V.HOURS, "Not sent: Meta paused this template."),
    132016: Meaning(V.NEVER_CONTENT, "Not sent: Meta disabled this template for good."),
    132018: Meaning(V.NEVER_CONTENT, _VALUES),
    132068: Meaning(V.NEVER_CONTENT, "Meta blocked this WhatsApp flow."),
    132069: Meaning(V.HOURS, "Meta limits this WhatsApp flow for an hour."),
    133000: Meaning(V.ACCOUNT, "Deregistering this number did not finish at Meta."),
    133004: Meaning(V.SOON, _LATER),
    133005: Meaning(V.ACCOUNT, "The PIN is not right."),
    133006: Meaning(V.ACCOUNT, "Meta wants this number verified again."),
    133008: Meaning(V.ACCOUNT, "Too many wrong PINs."),
    133009: Meaning(V.ACCOUNT, "The PIN was entered too fast."),
    133010: Meaning(V.ACCOUNT, "This number is not registered at Meta."),
    133015: Meaning(V.SOON, "Meta asks to wait a few minutes."),
    133016: Meaning(V.ACCOUNT, "Meta allows 10 registrations in 72 hours."),
    134011: Meaning(V.ACCOUNT, "Meta’s payment terms are not accepted yet."),
    134100: Meaning(V.NEVER_CONTENT, "Only marketing templates can go this way."),
    134101: Meaning(V.SOON, "Meta is still copying this template."),
    134102: Meaning(V.ACCOUNT, "Meta does not offer this template here."),
    135000: Meaning(V.NEVER_CONTENT, _CONTENT),
    137000: Meaning(V.NEVER_PERSON, "This person’s WhatsApp identity changed."),
    139000: Meaning(V.NEVER_CONTENT, _CONTENT),
    2388019: Meaning(V.ACCOUNT, "This account has as many templates as Meta allows."),
    2388039: Meaning(V.HOURS, "Meta is still reviewing this template."),
    2494100: Meaning(V.SOON, "Meta is working on this account for a moment."),
    2593079: Meaning(V.ACCOUNT, _ACCOUNT),
    2593085: Meaning(V.ACCOUNT, _ACCOUNT),
    9000001: Meaning(V.NEVER_CONTENT, "That message was deleted."),
}

# (code, subcode) where the pair says more than the code; most are Instagram's.
PAIRS: dict[tuple[int, int], Meaning] = {
    (1, 99): Meaning(V.UNCERTAIN, _DONT_KNOW),
    (1, 1357046): Meaning(V.UNCERTAIN, _DONT_KNOW),
    (2, 1545133): Meaning(V.UNCERTAIN, _DONT_KNOW),
    (10, 1893063): Meaning(V.ACCOUNT, "Instagram restricted this account for a while."),
    (10, 2018108): Meaning(V.HOURS, "This person cannot receive messages now."),
    (10, 2018278): Meaning(V.NEVER_CONTENT, "Not sent: the 24-hour window is closed."),
    (10, 2018336): Meaning(V.NEVER_PERSON, "Instagram does not deliver in this chat."),
    (10, 2534022): Meaning(V.NEVER_CONTENT, "Not sent: the 24-hour window is closed."),
    (100, 33): Meaning(V.REAUTHORISE, "Meta no longer shows this number to Converge."),
    (100, 2018001): Meaning(V.NEVER_PERSON, "Instagram does not know this person."),
    (100, 2018008): Meaning(V.SOON, "Instagram could not fetch the file."),
    (100, 2018300): Meaning(V.ACCOUNT, "Another app controls this chat."),
    (100, 2534001): Meaning(V.NEVER_PERSON, "This chat was deleted."),
    (100, 2534013): Meaning(V.REAUTHORISE, _REAUTH),
    (100, 2534014): Meaning(V.NEVER_PERSON, "Instagram does not know this person."),
    (100, 2534029): Meaning(
        V.ACCOUNT, "Instagram blocked this account from messaging."
    ),
    (100, 2534037): Meaning(V.ACCOUNT, "Another app controls this chat."),
    (200, 1545041): Meaning(V.NEVER_PERSON, "This person does not take messages now."),
    (200, 2018028): Meaning(
        V.ACCOUNT, "Meta has not approved this app for messages to the public yet."
    ),
    (200, 2534041): Meaning(
        V.ACCOUNT, "Message access is off in the Instagram app (Settings, Messages)."
    ),
    (613, 2018338): Meaning(V.SLOW, "Instagram warns about the use of message tags."),
}

UNKNOWN_CODE = Meaning(V.NEVER_CONTENT, "Meta refused this message.")
UNCERTAIN = Meaning(V.UNCERTAIN, _DONT_KNOW)

# What the subcode of a 190 tells about why a token died.
TOKEN_CAUSES = {
    458: "access revoked",
    459: "login check",
    460: "password changed",
    463: "expired",
    464: "login check",
    467: "logged out",
    492: "role missing",
}


def meaning(code: int, subcode: int | None = None, *, is_sync: bool) -> Meaning:
    """What an error says. `is_sync`: it answered our call (else a status webhook)."""
    if is_sync and code in UNCERTAIN_WHEN_SYNC:
        return UNCERTAIN
    if subcode is not None and (code, subcode) in PAIRS:
        return PAIRS[code, subcode]
    if 200 <= code <= 299:
        return MEANINGS[190]
    return MEANINGS.get(code, UNKNOWN_CODE)


def is_known(code: int, subcode: int | None) -> bool:
    return code in MEANINGS or (code, subcode) in PAIRS or 200 <= code <= 299


def token_cause(code: int, subcode: int | None) -> str:
    """Why the authorisation is gone, in one of our short words."""
    if code in (3, 10, 131005) or 200 <= code <= 299:
        return "permission missing"
    if code == 100:
        return "asset lost"
    return TOKEN_CAUSES.get(subcode or 0, "access revoked")
