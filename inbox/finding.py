"""Which messages and notes a search finds, newest first, in bounded work (decision 0019).

Common words are found by walking back from the newest; rare ones are asked of the index;
and when conversations are few, all that was said in them is looked through.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Membership
from converge import clock
from inbox import narrowing
from inbox.looking import EPOCH, PAGE, STEP, Place, Reach, Sample, Statements
from inbox.search import Query, Term

KEPT_FOR = timedelta(days=366)
FEW = 1_000
# Of the rows walked through: so many make a page as a rule; so many are too many to sort.
RARE, COMMON = STEP // 500, STEP // 50
LAST = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Found:
    """A page. `following` is the key older ones continue from, "" at the end;
    `until` says how far back was looked when the page ends before it is full."""

    places: tuple[Place, ...] = ()
    following: str = ""
    until: datetime | None = None


def messages(query: Query, membership: Membership, after: str = "") -> Found:
    if query.text and not query.terms:
        return Found()  # only signs were typed
    narrowed = narrowing.narrow(query, membership)
    reach = Reach(membership.workspace_id, _place(after), clock.now() - KEPT_FOR)
    terms = (*query.terms, *narrowed.facts)
    statements = Statements(terms, narrowed, reach)
    if narrowed.conversations is not None and narrowed.is_counted:
        ids = narrowed.conversations.order_by().values_list("id", flat=True)
        few = list(ids[: FEW + 1])
        if len(few) <= FEW:
            return _page(statements.look_through(few))
    return _walk(statements)


def _walk(statements: Statements) -> Found:
    places = statements.walk()
    if len(places) > PAGE:
        return _page(places)
    sample = statements.sample()
    if sample.edge is None:
        return _page(places)
    asked = worth_asking(statements.terms, sample)
    if not asked:
        return Found(tuple(places), sample.edge.key, sample.edge.at)
    return _page(places + statements.look_up(asked, sample.edge))


def worth_asking(terms: tuple[Term, ...], sample: Sample) -> list[Term]:
    """The terms to ask the index for; none when that would bring too many rows.

    When all of them are often said together it is the other conditions that are rare,
    and there is nothing better than to walk on.
    """
    if sample.together > RARE:
        return []
    counted = zip(terms, sample.terms, strict=True)
    return [term for term, n in counted if n <= COMMON and not term.is_excluded]


def _page(places: list[Place]) -> Found:
    following = places[PAGE - 1].key if len(places) > PAGE else ""
    return Found(tuple(places[:PAGE]), following)


def _place(key: str) -> Place:
    """Where the page before ended; a key that is none begins at the newest."""
    at, _, pk = key.partition("_")
    try:
        return Place(EPOCH + timedelta(microseconds=int(at)), uuid.UUID(pk))
    except (ValueError, OverflowError):
        return Place(clock.now() + timedelta(days=1), LAST)
