"""Delivering webhooks: signed, on several connections, again until answered 200."""

import asyncio
import hashlib
import hmac
import itertools
from collections import Counter, deque

from simulator.webhooks.client import Client, NoAnswer
from simulator.webhooks.disorder import Disorder
from simulator.webhooks.log import Delivery, DeliveryLog
from simulator.webhooks.routing import find_callback
from simulator.webhooks.updates import Update, make_body

FIRST_GAP = 1.0


class Sender:
    def __init__(self, sim) -> None:
        self.sim = sim
        self.client = Client()
        self.log = DeliveryLog()
        self.disorder = Disorder(sim, self.pack, self.enqueue)
        self.queue: deque[Delivery] = deque()
        self.tasks: set[asyncio.Task] = set()
        self.unsent = Counter()  # updates nobody was subscribed to, by reason
        self.run = 1  # counts resets
        self._numbers = itertools.count(1)

    def reset(self) -> None:
        self.run += 1
        for task in self.tasks:
            task.cancel()
        self.queue.clear()
        self.log = DeliveryLog()
        self.disorder = Disorder(self.sim, self.pack, self.enqueue)
        self.unsent.clear()

    def post(self, update: Update) -> None:
        """Send one update to whoever is subscribed to it."""
        callback = find_callback(self.sim, update)
        if callback.refusal:
            self.unsent[callback.refusal] += 1
            _settle([update])
            return
        update.at = update.at or self.sim.clock.now()
        self.disorder.take(callback.url, update)

    def post_together(self, updates: list[Update]) -> None:
        """Several updates of one object in one POST."""
        callback = find_callback(self.sim, updates[0])
        if callback.refusal:
            self.unsent[callback.refusal] += len(updates)
            return
        for update in updates:
            update.at = self.sim.clock.now()
        self.pack(callback.url, updates)

    def pack(self, url: str, updates: list[Update]) -> None:
        padding = self.disorder.draw_padding()
        body = make_body(updates, padding)
        channel = "instagram" if updates[0].object == "instagram" else "whatsapp"
        wrong = self.disorder.draw_wrong_signature()
        signature = sign(self.sim.options.secret_for(channel), body, wrong)
        delivery = self.make_delivery(url, body, signature, updates)
        for copy in range(1, self.disorder.draw_copies()):
            twin = self.make_delivery(url, body, signature, updates, copy=copy)
            self.disorder.let_go(twin)
        self.disorder.let_go(delivery)

    def make_delivery(self, url, body, signature, updates=(), copy=0) -> Delivery:
        delivery = Delivery(
            n=next(self._numbers),
            url=url,
            body=body,
            signature=signature,
            about=[update.about for update in updates],
            made_at=self.sim.clock.now(),
            copy=copy,
            updates=list(updates),
            run=self.run,
        )
        self.log.add(delivery)
        return delivery

    def enqueue(self, delivery: Delivery) -> None:
        self.queue.append(delivery)
        self._start_some()

    def _start_some(self) -> None:
        while self.queue and len(self.tasks) < self.sim.settings.webhook_connections:
            task = asyncio.ensure_future(self._deliver(self.queue.popleft()))
            self.tasks.add(task)
            task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            raise task.exception()
        self._start_some()

    async def _deliver(self, delivery: Delivery) -> None:
        answer = await self._post_once(delivery)
        if delivery.run != self.run:
            return  # the simulator was reset meanwhile
        self.log.note_attempt(delivery, self.sim.clock.now(), answer)
        _settle(delivery.updates)
        if answer == 200:
            self.log.settle(delivery, "delivered")
        else:
            self._try_again(delivery)

    async def _post_once(self, delivery: Delivery) -> int | str:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "Accept": "*/*",
        }
        if delivery.signature:
            headers["X-Hub-Signature-256"] = delivery.signature
        timeout = self.sim.settings.webhook_timeout
        try:
            status, _ = await self.client.request(
                "POST", delivery.url, delivery.body, headers, timeout
            )
        except NoAnswer as problem:
            return str(problem)
        return status

    def _try_again(self, delivery: Delivery) -> None:
        settings = self.sim.settings
        if self.sim.clock.now() - delivery.made_at > settings.retry_for:
            self.log.settle(delivery, "given up")
            return
        tries = len(delivery.attempts)
        gap = 0.0 if tries == 1 else FIRST_GAP * 2 ** min(tries - 2, 20)
        wait = min(gap, settings.retry_cap) * settings.retry_scale
        self.sim.clock.call_after(wait, lambda: self.enqueue(delivery))

    async def post_alone(self, delivery: Delivery) -> int | str:
        """Once, now, past every queue, without another try."""
        answer = await self._post_once(delivery)
        self.log.note_attempt(delivery, self.sim.clock.now(), answer)
        self.log.settle(delivery, "delivered" if answer == 200 else "given up")
        return answer

    async def wait_until_idle(self) -> None:
        """Until nothing is waiting to be delivered for the first time."""
        while self.log.count_waiting():
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """What is not delivered yet is lost, as all state is."""
        self.queue.clear()
        under_way = list(self.tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self.client.close()


def sign(secret: str, body: bytes, wrong: bool = False) -> str:
    key = f"not {secret}" if wrong else secret
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _settle(updates: list[Update]) -> None:
    for update in updates:
        if update.answered and not update.answered.done():
            update.answered.set_result(None)
