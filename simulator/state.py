"""Everything the simulated Meta knows, in one object handed to every function."""

import time
from collections import deque

from simulator.chats import Chats
from simulator.clock import Clock
from simulator.directory import Directory
from simulator.faults import Faults
from simulator.identifiers import Identifiers
from simulator.journal import Journal
from simulator.limits import Limits
from simulator.media import MediaShelf
from simulator.options import Options
from simulator.settings import TIERS, Settings
from simulator.subscriptions import AppSubscriptions
from simulator.webhooks.sender import Sender
from simulator.world import make_world


class Simulator:
    tiers = TIERS

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.journal = Journal(options.data)
        self.ids = Identifiers()
        self.background: set = set()  # tasks that must not be forgotten
        self._begin()
        self.sender = Sender(self)

    def _begin(self) -> None:
        options = self.options
        self.settings = Settings()
        self.faults = Faults(options.seed)
        self.limits = Limits(self.clock)
        self.chats = Chats()
        self.media = MediaShelf(self.clock, self.ids)
        self.world = make_world(options.app_id, options.instagram_app_id, time.time())
        self.directory = Directory(self.world.people)
        self.subscriptions = AppSubscriptions(options)
        self.codes: dict[str, object] = {}  # OAuth codes waiting to be exchanged
        self.notices: deque[str] = deque(maxlen=50)  # what the last buttons did

    def reset(self) -> None:
        """Back to the beginning; what is still under way is forgotten."""
        self._stop_background()
        self.clock.forget_all()
        self.clock.reset()
        self.journal.clear()
        self._begin()
        self.sender.reset()

    async def close(self) -> None:
        self._stop_background()
        await self.sender.close()
        self.clock.forget_all()
        self.journal.close()

    def _stop_background(self) -> None:
        for task in list(self.background):
            task.cancel()

    def secrets(self) -> set[str]:
        return {self.options.app_secret, self.options.secret_for("instagram")}

    def tier_limit(self) -> int | None:
        return TIERS[self.world.tier] if self.settings.portfolio_limit else None

    def mps_of(self, number) -> int:
        if number.mps is not None:
            return number.mps
        coexists = number.is_on_biz_app
        return self.settings.coexistence_mps if coexists else self.settings.mps

    def business(self, business_id: str):
        """The WhatsApp number or Instagram account with this id, or None."""
        number = self.world.numbers.get(business_id)
        return number or self.world.instagram.get(business_id)
