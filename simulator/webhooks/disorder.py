"""The webhook faults: batching, holding, shuffling, delay, copies, wrong signatures."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from simulator.webhooks.log import Delivery
from simulator.webhooks.updates import Update


class Disorder:
    """Stands between an update and the queue; without faults it passes all through."""

    def __init__(
        self,
        sim,
        pack: Callable[[str, list[Update]], None],
        enqueue: Callable[[Delivery], None],
    ) -> None:
        self.sim = sim
        self.pack = pack
        self.enqueue = enqueue
        self.held: list[Delivery] = []
        self._batches: dict[str, list[Update]] = defaultdict(list)
        self._shuffled: list[Delivery] = []

    def take(self, url: str, update: Update) -> None:
        faults = self.sim.faults
        if update.is_status and faults.strike("webhook_drop_statuses"):
            self.sim.sender.unsent["status lost on purpose"] += 1
            return
        rule = faults.strike("webhook_batch")
        if rule is None:
            self.pack(url, [update])
            return
        batch = self._batches[url]
        batch.append(update)
        if len(batch) >= min(rule.size, 1000):
            self._send_batch(url)
        elif len(batch) == 1:
            self._later(rule.within, lambda: self._send_batch(url))

    def let_go(self, delivery: Delivery) -> None:
        faults = self.sim.faults
        if faults.strike("webhook_hold"):
            self.sim.sender.log.settle(delivery, "held")
            self.held.append(delivery)
        elif rule := faults.strike("webhook_shuffle"):
            self._shuffled.append(delivery)
            if len(self._shuffled) == 1:
                self._later(rule.within, self._send_shuffled)
        elif rule := faults.strike("webhook_delay"):
            self._later(faults.draw_between(rule), lambda: self.enqueue(delivery))
        else:
            self.enqueue(delivery)

    def flush(self) -> int:
        """Send everything held, batched or shuffled now; how many."""
        held, self.held = self.held, []
        for delivery in held:
            self.sim.sender.log.settle(delivery, "waiting")
            self.enqueue(delivery)
        for url in list(self._batches):
            self._send_batch(url)
        self._send_shuffled()
        return len(held)

    def draw_copies(self) -> int:
        rule = self.sim.faults.strike("webhook_duplicate")
        return self.sim.faults.random.randint(1, int(rule.most)) if rule else 1

    def draw_padding(self) -> int:
        rule = self.sim.faults.strike("webhook_pad")
        return int(rule.bytes) if rule else 0

    def draw_wrong_signature(self) -> bool:
        return self.sim.faults.strike("webhook_wrong_signature") is not None

    def _send_batch(self, url: str) -> None:
        batch = self._batches.pop(url, [])
        if batch:
            self.pack(url, batch)

    def _send_shuffled(self) -> None:
        waiting, self._shuffled = self._shuffled, []
        self.sim.faults.random.shuffle(waiting)
        for delivery in waiting:
            self.enqueue(delivery)

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        """In real time: a jump of the clock must not reorder what is under way."""
        sender, run = self.sim.sender, self.sim.sender.run

        def call_unless_reset() -> None:
            if sender.run == run:
                call()

        asyncio.get_running_loop().call_later(seconds, call_unless_reset)
