"""What can be true of a message, each with its rank: on one attempt, rank only rises.

`failed` is above `sent` and below `delivered`: it is final unless the message turns out
to have arrived, and noise from a second device after a delivery changes nothing.
"""

from django.db.models import TextChoices


class State(TextChoices):
    RECEIVED = "received", "Received"
    QUEUED = "queued", "Queued"
    CANCELLED = "cancelled", "Not sent"
    SENDING = "sending", "Sending"
    UNKNOWN = "unknown", "Unknown"
    HELD = "held", "Held by Meta"
    SENT = "sent", "Sent"
    SILENT = "silent", "No report"
    FAILED = "failed", "Failed"
    DELIVERED = "delivered", "Delivered"
    READ = "read", "Read"
    PLAYED = "played", "Played"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS = {state: place * 10 for place, state in enumerate(State)}

# Meta's word in a status webhook → our state. `deleted` and `warning` are historic.
FROM_META = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "played": State.PLAYED,
    "failed": State.FAILED,
}

# The ones that hold later messages of the same conversation back.
IN_FLIGHT = (State.QUEUED, State.SENDING)
ARRIVED = (State.DELIVERED, State.READ, State.PLAYED)
ACCEPTED = (State.HELD, State.SENT, State.SILENT, *ARRIVED)
TROUBLED = (State.FAILED, State.UNKNOWN)
