"""Lists of people: of one line of the forecast, of one outcome, one person's timeline."""

from dataclasses import dataclass
from datetime import datetime

from broadcasts import kinds, outcomes, preflight
from broadcasts.models import Broadcast, FileRow, Recipient
from converge import asked, bulk
from inbox.models import Contact, Identity

PAGE = 50
RTL = "[\u0590-\u08ff]"


@dataclass(frozen=True)
class Listed:
    """Somebody behind a line of the sum; `key` continues the list after them."""

    name: str  # "" is somebody nobody named
    wa_id: str
    country: str
    since: datetime | None  # None: they stand in a file and are no contact yet
    key: str


def of_reason(broadcast: Broadcast, reason: str, after: str = "") -> list[Listed]:
    """People the forecast leaves out for this reason; "" are those who get it.

    Contacts come first, by age; then those of the files who are none yet.
    """
    forecast = preflight.count(broadcast)
    wanted = [
        {"bits": kind.bits, "missing": kind.missing}
        for kind, verdict in forecast.verdicts.items()
        if verdict.reason == reason
    ]
    sql, params = kinds.query(broadcast)
    contact, row = _place(after)
    rows = bulk.fetch(
        OF_REASON.format(people=sql),
        [*params, bulk.to_json(wanted), contact, row, PAGE + 1],
    )
    return [
        Listed(name, wa_id, country, since, f"c{pk}" if pk else f"r{line}")
        for pk, line, name, wa_id, country, since in rows
    ]


def _place(after: str) -> tuple[int, int]:
    """The last contact and the last line of a file that were listed."""
    last = asked.number(after[1:])
    if last is None:
        return 0, 0
    return (2**62, last) if after[0] == "r" else (last, 0)


OF_REASON = """
SELECT p.contact_id, p.row_id, COALESCE(NULLIF(c.name, ''), c.profile_name, ''),
  COALESCE(w.value, f.wa_id, ''), p.country, c.created_at
FROM ({people}) AS p
JOIN jsonb_to_recordset(%s::jsonb) AS wanted(bits int, missing int)
  USING (bits, missing)
LEFT JOIN inbox_contact c ON c.id = p.contact_id
LEFT JOIN broadcasts_filerow f ON f.id = p.row_id
LEFT JOIN LATERAL (
  SELECT i.value FROM inbox_identity i
  WHERE i.contact_id = c.id AND i.kind = 'wa_id' ORDER BY i.id LIMIT 1) AS w ON true
WHERE p.contact_id > %s OR p.contact_id IS NULL AND p.row_id > %s
ORDER BY p.contact_id, p.row_id LIMIT %s
"""


@dataclass(frozen=True)
class Sample:
    """Somebody real to look at the message through, and why them."""

    contact: Contact
    row: dict | None
    why: str
    wa_id: str = ""  # of somebody who is no contact yet

    @property
    def name(self) -> str:
        return self.contact.own_name or self.wa_id or self.contact.title


def samples(broadcast: Broadcast) -> list[Sample]:
    """The worst cases first: the longest name, a missing value, a name written from
    right to left; then the first ordinary people."""
    sql, params = kinds.query(broadcast)
    rows = bulk.fetch(SAMPLES.format(people=sql, rtl=RTL), params)
    contacts = Contact.objects.in_bulk([contact for contact, _, _ in rows if contact])
    lines_of = FileRow.objects.in_bulk([row for _, row, _ in rows if row])
    found, seen = [], set()
    for contact, row, why in rows:
        if (contact, row) not in seen:
            seen.add((contact, row))
            found.append(_sample(contacts.get(contact), lines_of.get(row), why))
    return found


def _sample(contact: Contact | None, row: FileRow | None, why: str) -> Sample:
    values = row.values if row else None
    if contact:
        return Sample(contact, values, why)
    return Sample(Contact(), values, why, wa_id=f"+{row.wa_id}")


SAMPLES = """
WITH p AS MATERIALIZED (
  SELECT p.*, COALESCE(NULLIF(c.name, ''), c.profile_name, '') AS title
  FROM ({people}) AS p LEFT JOIN inbox_contact c ON c.id = p.contact_id
  WHERE p.bits & 2 > 0)
(SELECT contact_id, row_id, 'the longest name' FROM p WHERE title <> ''
  ORDER BY length(title) DESC, contact_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, 'a value is missing' FROM p WHERE missing > 0
  ORDER BY contact_id, row_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, 'no name' FROM p WHERE title = ''
  ORDER BY contact_id, row_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, 'written from right to left' FROM p WHERE title ~ '{rtl}'
  ORDER BY contact_id LIMIT 1)
UNION ALL
(SELECT contact_id, row_id, '' FROM p ORDER BY contact_id, row_id LIMIT 5)
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
