"""Did anything from this number reach us at all? Read from the stored webhooks themselves.

Unprocessed and quarantined ones are in it, too. Only numbers of the asking workspace are
shown; whom nobody here owns is for support staff.
"""

from dataclasses import dataclass
from datetime import datetime

from business_numbers import parsing
from business_numbers.channels import READERS
from business_numbers.models import Number, QuarantinedUpdate
from business_numbers.parsing import Unreadable
from business_numbers.webhook_facts import Changed, Inbound, Reacted, Status
from converge import bulk

MOST_EVENTS, MOST_LINES = 400, 100
# Webhooks are not indexed by what is in them, so a look goes this far back and no further.
LOOKED_AT = 50_000
FEWEST_DIGITS = 5
KINDS = {Reacted: "reaction", Changed: "edit or deletion"}


@dataclass(frozen=True)
class Line:
    received_at: datetime
    number: Number
    who: str
    what: str
    state: str  # applied, waiting, quarantined
    error: str = ""


def search(workspace, text: str = "") -> list[Line]:
    """Newest first; `text` is part of a phone number, a user id or a message id."""
    wanted = "".join(filter(str.isdigit, text)) or text.strip()
    numbers = {
        (n.kind, n.meta_id): n for n in Number.objects.filter(workspace=workspace)
    }
    events = _events(wanted, [meta_id for _, meta_id in numbers])
    put_aside = {
        (q.event_id, q.index): q.error
        for q in QuarantinedUpdate.objects.filter(
            event__in=[e[0] for e in events], replayed_at=None
        )
    }
    lines = []
    for event in events:
        lines += _lines(event, wanted, numbers, put_aside)
    return lines[:MOST_LINES]


def _events(wanted: str, meta_ids: list[str]) -> list[tuple]:
    """A bounded look at the newest ones that name a number of ours and what is wanted."""
    if not meta_ids:
        return []
    words = [wanted.encode()] if wanted else []
    params = [LOOKED_AT, words, words, [m.encode() for m in meta_ids], MOST_EVENTS]
    return bulk.fetch(EVENTS, params)


EVENTS = """
SELECT id, channel, body, received_at, state FROM (
  SELECT id, channel, body, received_at, state FROM numbers_webhookevent
  ORDER BY id DESC LIMIT %s) AS newest
WHERE (cardinality(%s::bytea[]) = 0
  OR EXISTS (SELECT FROM unnest(%s::bytea[]) AS w WHERE position(w IN body) > 0))
  AND EXISTS (SELECT FROM unnest(%s::bytea[]) AS m WHERE position(m IN body) > 0)
ORDER BY id DESC LIMIT %s
"""


def _lines(event: tuple, wanted: str, numbers: dict, put_aside: dict) -> list[Line]:
    event_id, channel, body, received_at, state = event
    split, read = READERS[channel]
    try:
        updates = split(parsing.load(bytes(body)))
    except Unreadable:
        return []
    found = []
    for update in updates:
        error = put_aside.get((event_id, update.index), "")
        for fact in _facts(read, update):
            number = numbers.get((channel, getattr(fact, "target", "")))
            who = _who(fact)
            if number and (not wanted or wanted in who or wanted == _wamid(fact)):
                shown = "quarantined" if error else state
                found.append(
                    Line(received_at, number, who, _what(fact), shown, error[:200])
                )
    return found


def _facts(read, update) -> list:
    try:
        return read(update)
    except Unreadable:
        return []


def _who(fact) -> str:
    person = getattr(fact, "person", None)
    if person is None:
        return ""
    return person.wa_id or person.user_id or person.igsid


def _wamid(fact) -> str:
    return getattr(fact, "wamid", "")


def _what(fact) -> str:
    if isinstance(fact, Inbound):
        return f"{fact.kind} message" if not fact.is_echo else "sent from the phone"
    if isinstance(fact, Status):
        return f"report: {fact.state}"
    return KINDS.get(type(fact), "something else")
