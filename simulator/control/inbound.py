"""Messages from customers on command: one, or as many as a benchmark needs."""

import asyncio
import itertools

from simulator import customer
from simulator.chats import Message
from simulator.control.problems import (
    BadRequest,
    need_business,
    need_person,
    read_object,
)
from simulator.exchange import Request, Response, answer_json
from simulator.inbound import make_update
from simulator.people import Person

BULK_PREFIX = "1555"  # an area code nobody has
BULK_WORDS = (
    "Hello, is the oak lamp still available?",
    "Where is my order?",
    "Thank you, that was quick!",
    "Can I change the delivery address?",
    "Do you ship to Portugal?",
)


def receive_one(sim, request: Request) -> Response:
    fields = request.read_fields()
    business = need_business(sim, fields.get("number"))
    person = need_person(sim, fields.get("from"))
    _check_channel(business, person)
    kind = str(fields.get("type") or "text")
    message = customer.write(sim, business, person, kind, fields)
    return answer_json({"id": message.id, "from": person.address})


def receive_many(sim, request: Request):
    """Answered when all was delivered, or at once with `"wait": false`."""
    wanted = read_object(request)
    business = need_business(sim, wanted.get("number"))
    count = _read_count(wanted, "messages", 1)
    people = make_crowd(sim, business, _read_count(wanted, "customers", count))
    batch = min(_read_count(wanted, "batch", 1), 1000)
    rate = wanted.get("rate")
    if rate is not None and (not isinstance(rate, int | float) or rate <= 0):
        raise BadRequest("rate is messages per second, or null")
    task = asyncio.ensure_future(_send_many(sim, business, people, count, batch, rate))
    sim.background.add(task)
    task.add_done_callback(sim.background.discard)
    answer = answer_json({"messages": count, "customers": len(people), "batch": batch})
    return _answer_after(task, answer) if wanted.get("wait", True) else answer


async def _answer_after(task: asyncio.Task, answer: Response) -> Response:
    await asyncio.wait([task])
    return answer


def make_crowd(sim, business, count: int) -> list[Person]:
    """The same invented people each time; their numbers belong to nobody."""
    if business.kind == "instagram":
        return [_make_follower(sim, n) for n in range(count)]
    numbers = (f"{BULK_PREFIX}{2_000_000 + n:07d}" for n in range(count))
    return [sim.directory.find_or_invent(digits) for digits in numbers]


def _make_follower(sim, n: int) -> Person:
    igsid = f"68990{n:08d}"
    known = sim.directory.find(igsid)
    if known:
        return known
    person = Person(igsid, f"Follower {n}", username=f"follower.{n}", igsid=igsid)
    sim.world.people[person.id] = person
    sim.directory.index(person)
    return person


async def _send_many(sim, business, people, count: int, batch: int, rate) -> None:
    """Packed here, so that a batch is as large as asked for whatever the faults say."""
    loop = asyncio.get_running_loop()
    started, sent = loop.time(), 0
    senders = itertools.cycle(people)
    while sent < count:
        size = min(batch, count - sent)
        updates = [
            _make_one(sim, business, next(senders), sent + n) for n in range(size)
        ]
        sim.sender.post_together(updates)
        sent += size
        if rate:
            await asyncio.sleep(max(0.0, started + sent / rate - loop.time()))
        elif sent % 200 < size:
            await asyncio.sleep(0)
    await sim.sender.wait_until_idle()


def _make_one(sim, business, person: Person, n: int):
    words = f"{BULK_WORDS[n % len(BULK_WORDS)]} ({n + 1})"
    instagram = business.kind == "instagram"
    message = Message(
        id=sim.ids.make_mid() if instagram else sim.ids.make_wamid(person.wa_id),
        business_id=business.id,
        person=person,
        outbound=False,
        type="text",
        content={"text": words} if instagram else {"body": words},
        at=sim.clock.now(),
        status="received",
    )
    sim.chats.add(message)
    sim.chats.open(business.id, person).last_inbound_at = message.at
    return make_update(business, message)


def _check_channel(business, person: Person) -> None:
    if (business.kind == "instagram") != bool(person.igsid):
        raise BadRequest(f"{person.name} is not on {business.channel}")


def _read_count(wanted: dict, name: str, default: int) -> int:
    value = wanted.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadRequest(f"{name} is a whole number from 1 on")
    return value
