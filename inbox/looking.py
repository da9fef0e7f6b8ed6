"""The statements of one search over messages and notes. All take a row as `w`."""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from converge import bulk
from inbox.narrowing import Narrowed
from inbox.search import Term
from inbox.tokens import WORD_MAX

PAGE = 20
STEP = 20_000  # rows walked through for one page
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TooLong(Exception):
    """The database did not answer in time."""


@contextmanager
def patience(seconds: float):
    """What is asked inside ends after this long, whatever it is."""
    try:
        with transaction.atomic():
            # Compiling a plan takes longer than these plans run.
            bulk.fetch(PATIENCE, [str(int(seconds * 1000))])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLong from error
        raise


PATIENCE = (
    "SELECT set_config('statement_timeout', %s, true), set_config('jit', 'off', true)"
)


@dataclass(frozen=True)
class Place:
    """Where one message or note stands: newest first, then by id."""

    at: datetime
    id: uuid.UUID
    is_note: bool = False

    @property
    def key(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}_{self.id.hex}"


@dataclass(frozen=True)
class Sample:
    """What the walk passed: how often each term was said, and all of them together.

    `edge` is the last row it passed, or None when it came to the end.
    """

    edge: Place | None
    together: int
    terms: tuple[int, ...]


@dataclass(frozen=True)
class Reach:
    """Of which workspace, and from where back to when."""

    workspace: int
    before: Place
    since: datetime


class Statements:
    def __init__(self, terms: tuple[Term, ...], narrowed: Narrowed, reach: Reach):
        self.terms, self.reach = terms, reach
        self.said = _said(terms, narrowed, reach.workspace)
        within = narrowed.conversations
        self.all = self.said if within is None else [*self.said, _within(within)]

    def walk(self) -> list[Place]:
        """The first page among the newest; it stops as soon as that is full."""
        return self._places(NEWEST, self._newest(), self.all)

    def sample(self) -> Sample:
        asked = [self.terms, *([term] for term in self.terms)] if self.terms else []
        counts = "".join(f", {COUNT}" for _ in asked)
        params = [ask(self.reach.workspace, terms) for terms in asked]
        query = SAMPLE.format(newest=NEWEST, counts=counts)
        count, at, pk, *said = bulk.fetch(query, [*self._newest(), *params])[0]
        together, *each = said or [0]
        edge = Place(at, pk) if count == STEP else None
        return Sample(edge, together, tuple(each))

    def look_up(self, terms: list[Term], edge: Place) -> list[Place]:
        """Beyond the edge of the walk, by the index of words."""
        params = [ask(self.reach.workspace, terms), edge.at, edge.id, self.reach.since]
        return self._places(WITH_WORDS, params, self.all)

    def look_through(self, conversations: list[int]) -> list[Place]:
        """Everything said in a few conversations."""
        before = self.reach.before
        params = [conversations, before.at, before.id, self.reach.since]
        return self._places(WITHIN_FEW, params, self.said)

    def _newest(self) -> list:
        reach = self.reach
        return [reach.workspace, reach.before.at, reach.before.id, reach.since, STEP]

    def _places(self, rows: str, params: list, conditions: list) -> list[Place]:
        where = " AND ".join(sql for sql, _ in conditions) or "true"
        query = PLACES.format(rows=rows, where=where)
        also = [param for _, params in conditions for param in params]
        return [Place(*row) for row in bulk.fetch(query, [*params, *also])]


COLUMNS = "SELECT id, at, is_note, conversation_id, words FROM inbox_searchable"
NEWEST = (
    f"{COLUMNS} WHERE workspace_id = %s AND (at, id) < (%s, %s) AND at > %s"
    " ORDER BY at DESC, id DESC LIMIT %s"
)
# OFFSET 0 keeps the planner from walking ten million rows for the sake of the order.
WITH_WORDS = f"""
SELECT * FROM ({COLUMNS} WHERE words @@ lower(%s)::tsquery OFFSET 0) AS those
WHERE (at, id) < (%s, %s) AND at > %s"""
WITHIN_FEW = (
    f"{COLUMNS} WHERE conversation_id = ANY(%s::bigint[])"
    " AND (at, id) < (%s, %s) AND at > %s OFFSET 0"
)
PLACES = f"""
SELECT at, id, is_note FROM ({{rows}}) AS w WHERE {{where}}
ORDER BY at DESC, id DESC LIMIT {PAGE + 1}"""
COUNT = "count(*) FILTER (WHERE w.words @@ lower(%s)::tsquery)"
SAMPLE = """
WITH newest AS MATERIALIZED ({newest}),
  edge AS (SELECT at, id FROM newest ORDER BY at, id LIMIT 1)
SELECT count(*), (SELECT at FROM edge), (SELECT id FROM edge){counts} FROM newest AS w"""
SAYS = "w.words @@ lower(%s)::tsquery"
BODY = """CASE WHEN w.is_note THEN (SELECT n.body FROM inbox_note n WHERE n.id = w.id)
ELSE (SELECT m.body FROM inbox_message m WHERE m.id = w.id) END"""
PHRASE = f"' ' || inbox_plain({BODY}) || ' ' LIKE lower(%s)"
FAILED = """(SELECT true FROM inbox_message m WHERE m.id = w.id
AND m.state IN ('failed', 'unknown') AND m.dismissed_at IS NULL) IS NOT NULL"""


def _said(terms, narrowed: Narrowed, workspace: int) -> list[tuple[str, list]]:
    """Conditions on the words and what stands beside them, as (SQL, parameters)."""
    said = [(SAYS, [ask(workspace, terms)])] if terms else []
    for authors, theirs in narrowed.writers:
        customers, params = _within(theirs)
        either = " | ".join(f"'{workspace}:#u{author}'" for author in authors)
        inbound = f"'{workspace}:#in'"
        sql = f"({SAYS} OR {SAYS} AND {customers})"
        said.append((sql, [either, inbound, *params]))
    if narrowed.has_failed:
        said.append((FAILED, []))
    return said + [(PHRASE, [_pattern(term)]) for term in terms if term.is_phrase]


def _within(conversations) -> tuple[str, list]:
    """Asked for each row by its key, never as a join with all of them."""
    this = conversations.extra(where=["inbox_conversation.id = w.conversation_id"])
    sql, params = this.order_by().values("id").query.sql_with_params()
    return f"({sql}) IS NOT NULL", list(params)


def ask(workspace: int, terms) -> str:
    """Terms as a `tsquery` is written, but for the size of the letters."""
    return " & ".join(_ask(workspace, term) for term in terms)


def _ask(workspace: int, term: Term) -> str:
    quoted = [f"'{workspace}:{word}'" for word in term.words]
    if term.may_go_on:
        quoted[-1] += ":*"
    together = " & ".join(quoted)
    return f"!({together})" if term.is_excluded else together


def _pattern(term: Term) -> str:
    """A phrase in what `inbox_plain` makes of a body. Words hold no sign of LIKE's."""
    goes_on = term.may_go_on or len(term.words[-1]) == WORD_MAX
    return f"% {' '.join(term.words)}{'%' if goes_on else ' %'}"
