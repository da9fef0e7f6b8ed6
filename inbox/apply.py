"""A batch of facts → the database, set-based, in one transaction. Safe twice, in any order.

The order of steps is the order of locks: people, conversations, then everything below.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from business_numbers import changes
from business_numbers.models import Number, UnknownTarget
from business_numbers.webhook_facts import (
    AccountChange,
    Changed,
    Fact,
    InAddressBook,
    Inbound,
    Preference,
    Reacted,
    Status,
)
from converge import bulk, clock
from converge.live import Change, announce
from inbox import (
    address_book,
    amendments,
    arrivals,
    assigning,
    echoes,
    effects,
    outgoing,
    people,
    statuses,
    turns,
)
from inbox.arrivals import Arrived
from inbox.people import Sighting
from inbox.placed import Placed

ABOUT_PEOPLE = (Inbound, Reacted, Changed, Preference, InAddressBook)
OPEN_NOTHING = (Preference, InAddressBook)


@dataclass(frozen=True)
class Item:
    """One fact and where it came from: event id and index name it for ever."""

    event: int
    index: int
    channel: str
    fact: Fact
    received_at: datetime

    @property
    def seq(self) -> int:
        """Its place in the order of arrival (an event has at most a thousand updates)."""
        return (self.event << 12) + min(self.index, 4095)

    @property
    def source(self) -> str:
        return f"{self.event}/{self.index}"


@transaction.atomic
def apply(items: list[Item]) -> list[Arrived]:
    """Apply a batch; the customers' messages that were new."""
    turns.share()
    numbers = _numbers_of(items)
    _count_unknown([i for i in items if _needs_number(i) and _key(i) not in numbers])
    known = [(i, numbers[_key(i)]) for i in items if _key(i) in numbers]

    placed = _place(known)
    reports = [(i.fact, number) for i, number in known if isinstance(i.fact, Status)]
    reports += statuses.collect_parked()
    messages, own = echoes.divide([p for p in placed if isinstance(p.fact, Inbound)])
    reports += own
    about = [p for p in placed if not isinstance(p.fact, OPEN_NOTHING)]
    renamed = address_book.keep(_only(placed, InAddressBook))
    conversations = arrivals.open_conversations(
        {(p.contact, p.number) for p in about},
        statuses.conversations_of(reports) | renamed,
        closed={(p.contact, p.number) for p in about if not p.is_now},
    )

    arrived = arrivals.store(messages, conversations)
    listened = {n.workspace_id for n in numbers.values() if n.is_listened}
    outgoing.received(a.message for a in arrived if a.workspace in listened)
    amendments.store_reactions(_only(placed, Reacted))
    amendments.store_changes(_only(placed, Changed))
    matched, strangers = statuses.match(reports)
    settled = statuses.apply(matched)
    statuses.park(strangers)
    now = [p for p in messages if p.is_now]
    effects.follow_arrivals(now, {a.message for a in arrived}, conversations)
    effects.follow_statuses(settled)
    effects.follow_deliveries(reports)
    effects.follow_refusals(reports)
    effects.keep_preferences(_only(placed, Preference))
    _apply_account_changes(items)
    assigning.follow(arrived, list(numbers.values()))

    touched = {conversations[p.contact, p.number.id] for p in about}
    tell(touched | renamed | {known.conversation for known in settled})
    return arrived


def tell(conversations: set[int]) -> None:
    """Raise the versions and let open pages know."""
    rows = bulk.fetch(RAISE, [sorted(conversations)]) if conversations else []
    announce(Change(w, str(pk), version, a) for w, pk, version, a in rows)


RAISE = """
UPDATE inbox_conversation SET version = version + 1 WHERE id = ANY(%s::bigint[])
RETURNING workspace_id, public_id, version, assignee_id
"""


def _key(item: Item) -> tuple[str, str]:
    return item.channel, item.fact.target


def _needs_number(item: Item) -> bool:
    return not isinstance(item.fact, AccountChange)


def _numbers_of(items: list[Item]) -> dict[tuple[str, str], Number]:
    wanted = {_key(i) for i in items if i.fact.target}
    found = Number.objects.in_use().filter(meta_id__in={target for _, target in wanted})
    found = assigning.ruled(outgoing.listened(found.select_related("account")))
    return {(n.kind, n.meta_id): n for n in found if (n.kind, n.meta_id) in wanted}


def _count_unknown(items: list[Item]) -> None:
    """Meta also posts about numbers of the same app that nobody connected here."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for item in items:
        counts[_key(item)] += 1
    now = clock.now()
    rows = [
        {
            "kind": kind,
            "meta_id": target[:40],
            "updates": count,
            "first_at": now,
            "last_at": now,
        }
        for (kind, target), count in sorted(counts.items())
    ]
    bulk.insert(
        UnknownTarget,
        rows,
        conflict="(kind, meta_id) DO UPDATE SET last_at = excluded.last_at,"
        " updates = numbers_unknowntarget.updates + excluded.updates",
    )


def _place(known: list[tuple[Item, Number]]) -> list[Placed]:
    about = [(i, number) for i, number in known if isinstance(i.fact, ABOUT_PEOPLE)]
    contacts = people.resolve(
        Sighting(number, item.fact.person, item.fact.at) for item, number in about
    )
    return [
        Placed(
            item.fact,
            number,
            item.seq,
            contacts[number.id, item.fact.person],
            item.received_at,
        )
        for item, number in about
    ]


def _only(placed: list[Placed], kind: type) -> list[Placed]:
    return [p for p in placed if isinstance(p.fact, kind)]


def _apply_account_changes(items: list[Item]) -> None:
    for item in items:
        if not isinstance(item.fact, AccountChange):
            continue
        if not changes.apply(item.fact, item.source):
            UnknownTarget.objects.update_or_create(
                kind="account",
                meta_id=item.fact.account[:40],
                defaults={"last_at": clock.now()},
            )
