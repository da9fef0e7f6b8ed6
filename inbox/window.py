"""The customer service window: 24 hours after a person's last message, by Meta's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(hours=24)
HUMAN_AGENT = timedelta(days=7)
CLOSING = timedelta(hours=2)
CLOSING_SOON = timedelta(minutes=15)
# 131047 is decided on Meta's clock; what nobody watches keeps this distance.
AUTOMATION_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Window:
    """`human_agent`: Instagram with Meta's permission, where people get seven days."""

    last_inbound_at: datetime | None = None
    human_agent: bool = False

    @property
    def closes_at(self) -> datetime | None:
        return self.last_inbound_at and self.last_inbound_at + DAY

    @property
    def person_until(self) -> datetime | None:
        """Until when a person may write freely."""
        if self.human_agent and self.last_inbound_at:
            return self.last_inbound_at + HUMAN_AGENT
        return self.closes_at

    def is_open(self, now: datetime) -> bool:
        return self.closes_at is not None and now < self.closes_at

    def is_open_for(self, now: datetime, *, is_person: bool) -> bool:
        if is_person:
            return self.person_until is not None and now < self.person_until
        return self.is_open(now + AUTOMATION_MARGIN)

    def phase(self, now: datetime) -> str:
        """`open`, `soon`, `last`, `agent` or `closed`, as the chip is drawn."""
        if self.is_open(now):
            left = self.closes_at - now
            if left <= CLOSING_SOON:
                return "last"
            return "soon" if left <= CLOSING else "open"
        return "agent" if self.is_open_for(now, is_person=True) else "closed"

    def share_left(self, now: datetime) -> int:
        """Percent of the 24 hours that is left, for the ring."""
        if not self.is_open(now):
            return 0
        return max(1, round(100 * ((self.closes_at - now) / DAY)))
