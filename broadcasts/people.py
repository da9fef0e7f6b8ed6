"""Lists of people: of one line of the forecast, of one outcome, one person's timeline."""

from dataclasses import dataclass
from datetime import datetime

from broadcasts import kinds, outcomes, preflight
from broadcasts.models import Broadcast, FileRow, Recipient
from converge import bulk
from inbox.models import Contact, Identity

PAGE = 50
RTL = "[\u0590-\u08ff]"


@dataclass(frozen=True)
class Sample:
    """Somebody real to look at the message through, and why them."""

    contact: Contact
    row: dict | None
    why: str


def of_reason(broadcast: Broadcast, reason: str, after: int = 0) -> list[Contact]:
    """People the forecast leaves out for this reason; "" are those who get it."""
    forecast = preflight.count(broadcast)
    wanted = [
        {"bits": kind.bits, "missing": kind.missing}
        for kind, verdict in forecast.verdicts.items()
        if verdict.reason == reason
    ]
    sql, params = kinds.query(broadcast)
    rows = bulk.fetch(
        f"SELECT p.contact_id FROM ({sql}) AS p"
        " JOIN jsonb_to_recordset(%s::jsonb) AS w(bits int, missing int)"
        " USING (bits, missing) WHERE p.contact_id > %s"
        " ORDER BY p.contact_id LIMIT %s",
        [*params, bulk.to_json(wanted), after, PAGE + 1],
    )
    found = Contact.objects.in_bulk([pk for (pk,) in rows])
    return [found[pk] for (pk,) in rows]


def samples(broadcast: Broadcast) -> list[Sample]:
    """The worst cases first: the longest name, a missing value, a name written from
    right to left; then the first ordinary people."""
    sql, params = kinds.query(broadcast)
    rows = bulk.fetch(SAMPLES.format(people=sql, rtl=RTL), params)
    contacts = Contact.objects.in_bulk([contact for contact, _, _ in rows])
    lines_of = FileRow.objects.in_bulk([row for _, row, _ in rows if row])
    found, seen = [], set()
    for contact, row, why in rows:
        if contact not in seen:
            seen.add(contact)
            values = lines_of[row].values if row else None
            found.append(Sample(contacts[contact], values, why))
    return found


SAMPLES = """
WITH p AS MATERIALIZED (
  SELECT p.*, COALESCE(NULLIF(c.name, ''), c.profile_name) AS title
  FROM ({people}) AS p JOIN inbox_contact c ON c.id = p.contact_id
  WHERE p.bits & 2 > 0)
(SELECT contact_id, row_id, 'the longest name' FROM p
  ORDER BY length(title) DESC, contact_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, 'a value is missing' FROM p WHERE missing > 0
  ORDER BY contact_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, 'no name' FROM p WHERE title = ''
  ORDER BY contact_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, 'written from right to left' FROM p WHERE title ~ '{rtl}'
  ORDER BY contact_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, '' FROM p ORDER BY contact_id LIMIT 5)
"""


@dataclass(frozen=True)
class Line:
    """One recipient as the table and the file show them."""

    id: int
    contact: int
    public_id: str
    name: str
    wa_id: str
    outcome: str
    code: int | None
    reason: str
    detail: str
    tries: int
    at: datetime | None
    next_at: datetime | None
    wamid: str
    conversation: str


def lines(
    broadcast: Broadcast, chosen: dict, *, before: int = 0, most: int = PAGE + 1
) -> list[Line]:
    """Newest first. `chosen` may name an outcome, a code and a reason."""
    where, values = (
        "",
        outcomes.params(broadcast=broadcast.id, before=before or 2**62, most=most),
    )
    for name, test in FILTERS.items():
        if chosen.get(name):
            where += f" AND {test}"
            values[name] = chosen[name]
    rows = bulk.fetch(LINES.format(where=where), values)
    return [Line(*row) for row in rows]


FILTERS = {
    "outcomes": "o.outcome = ANY(%(outcomes)s)",
    "code": "m.error_code = %(code)s",
    "reason": f"{outcomes.REASON} = %(reason)s",
}
LINES = (
    """
SELECT r.id, c.id, c.public_id, COALESCE(NULLIF(c.name, ''), c.profile_name),
  COALESCE(w.value, ''), o.outcome,
  CASE WHEN o.outcome IN ('failed', 'again') THEN m.error_code END,
  COALESCE("""
    + outcomes.REASON
    + """, ''), r.detail, COALESCE(m.tries, 0),
  r.given_at, CASE WHEN r.state = 'waiting' THEN r.due_at END,
  COALESCE(m.wamid, ''), COALESCE(v.public_id::text, '')
FROM broadcasts_recipient r
JOIN inbox_contact c ON c.id = r.contact_id
LEFT JOIN inbox_message m ON m.id = r.message_id
LEFT JOIN inbox_conversation v ON v.id = m.conversation_id
LEFT JOIN LATERAL (
  SELECT i.value FROM inbox_identity i
  WHERE i.contact_id = c.id AND i.kind = 'wa_id' ORDER BY i.id LIMIT 1) AS w ON true
CROSS JOIN LATERAL (SELECT """
    + outcomes.OUTCOME
    + """ AS outcome) AS o
WHERE r.broadcast_id = %(broadcast)s AND r.id < %(before)s {where}
ORDER BY r.id DESC LIMIT %(most)s
"""
)


def wa_id(contact: Contact) -> str:
    found = Identity.objects.filter(contact=contact, kind=Identity.WA_ID)
    return found.order_by("id").values_list("value", flat=True).first() or ""


def line(recipient: Recipient) -> Line:
    (found,) = lines(recipient.broadcast, {}, before=recipient.id + 1, most=1)
    return found
