"""The send decision for a hundred thousand people at once.

People who are alike in everything the gate asks are one *kind*. SQL sorts the audience
into kinds, `inbox.gate.decide` answers once for each kind, and the answer holds for
everybody of it: the same decision as for a single message, in a fixed number of queries.
"""

from dataclasses import dataclass
from datetime import datetime

from broadcasts import audience, filling
from broadcasts.models import Broadcast, Recipient
from business_numbers import phones
from converge import bulk, clock
from inbox.facts import CAPPED, about_template, gone
from inbox.gate import CAP_LASTS, Effect, Facts, Refuse, Sender, decide
from inbox.models import Tag
from inbox.window import DAY, Window

BLOCKED, IDENTITY, DND, DO_NOT_SEND = 1, 2, 4, 8
REFUSES, CAP, US, OPEN = 16, 32, 64, 128


@dataclass(frozen=True)
class Kind:
    """What the gate asks about a person, as bits; `missing` has a bit a variable."""

    bits: int
    missing: int


@dataclass(frozen=True)
class Verdict:
    """What follows for the people of one kind."""

    state: str
    reason: str = ""
    detail: str = ""
    stops: bool = False  # not about the person: nobody can get it as it stands


def query(broadcast: Broadcast) -> tuple[str, list]:
    """`SELECT contact_id, row_id, bits, missing, country` of everybody in the audience.

    Who stands in a file and is no contact yet has a row id alone.
    """
    people, params = audience.contacts(broadcast)
    missing, more = filling.missing_sql(broadcast.template, broadcast.variables)
    bits, facts = _bits(broadcast)
    asked, of_files = [*facts, *more], audience.files(broadcast)
    sql = f"""
      SELECT c.id AS contact_id, f.id AS row_id, {bits} AS bits, {missing} AS missing,
        c.country
      FROM ({people}) AS a(id) JOIN inbox_contact c
        ON c.id = a.id AND c.merged_into_id IS NULL
      LEFT JOIN LATERAL (
        SELECT w.value FROM inbox_identity w
        WHERE w.contact_id = c.id AND w.kind = 'wa_id' ORDER BY w.id LIMIT 1) w ON true
      LEFT JOIN LATERAL (
        SELECT r.id, r.values FROM broadcasts_filerow r
        WHERE r.contact_id = c.id AND r.file_id = ANY(%s::bigint[])
          AND r.verdict = 'good' ORDER BY r.id LIMIT 1) f ON true
    """
    values = [*asked, *params, of_files]
    if not of_files:
        return sql, values
    newcomers = NEWCOMERS.format(bits=bits, missing=missing)
    return f"{sql} UNION ALL {newcomers}", [*values, *asked, of_files]


# Nothing is known of them but their line; `c` is nobody.
NEWCOMERS = """
SELECT NULL::bigint, f.id, {bits}, {missing}, f.country
FROM (
  SELECT DISTINCT ON (r.person) r.* FROM (
    SELECT *, least(wa_id, COALESCE(NULLIF(also, ''), wa_id)) AS person
    FROM broadcasts_filerow
    WHERE file_id = ANY(%s::bigint[]) AND verdict = 'good' AND contact_id IS NULL) r
  ORDER BY r.person, r.id) f
LEFT JOIN inbox_contact c ON false
CROSS JOIN LATERAL (SELECT f.wa_id AS value) w
"""


def _bits(broadcast: Broadcast) -> tuple[str, list]:
    now, number = clock.now(), broadcast.number
    scope = str(number.account.portfolio_id or number.account.meta_id)
    codes = Tag.objects.filter(workspace=broadcast.workspace).exclude(code="")
    tags = dict(codes.values_list("code", "id"))
    has_tag = (
        "EXISTS (SELECT 1 FROM inbox_contacttag t"
        " WHERE t.contact_id = c.id AND t.tag_id = %s)"
    )
    parts = [
        (BLOCKED, "c.blocked_at IS NOT NULL", []),
        (
            IDENTITY,
            "w.value IS NOT NULL OR EXISTS (SELECT 1 FROM inbox_identity u"
            " WHERE u.contact_id = c.id AND u.kind = 'user_id' AND u.scope = %s)",
            [scope],
        ),
        (DND, has_tag, [tags.get(Tag.DND)]),
        (DO_NOT_SEND, has_tag, [tags.get(Tag.DO_NOT_SEND)]),
        (REFUSES, "c.refuses_marketing", []),
        (
            CAP,
            "EXISTS (SELECT 1 FROM inbox_attempt p WHERE p.contact_id = c.id"
            " AND p.state = 'failed' AND p.error_code = %s AND p.started_at > %s"
            " AND COALESCE(p.failed_at, p.started_at) > %s)",
            [CAPPED, now - CAP_LASTS, now - CAP_LASTS],
        ),
        (
            US,
            "length(w.value) = 11 AND left(w.value, 1) = '1'"
            " AND NOT substr(w.value, 2, 3) = ANY(%s::text[])",
            [sorted(phones.NOT_US)],
        ),
        (
            OPEN,
            "EXISTS (SELECT 1 FROM inbox_conversation v WHERE v.contact_id = c.id"
            " AND v.number_id = %s AND v.last_inbound_at > %s)",
            [number.id, now - DAY],
        ),
    ]
    sql = " | ".join(
        f"(COALESCE({test}, false))::int * {bit}" for bit, test, _ in parts
    )
    return sql, [value for _, _, params in parts for value in params]


def verdicts(broadcast: Broadcast, kinds: set[Kind]) -> dict[Kind, Verdict]:
    now = clock.now()
    return {kind: verdict(facts(broadcast, kind, now)) for kind in kinds}


def facts(broadcast: Broadcast, kind: Kind, now: datetime) -> Facts:
    number, template = broadcast.number, broadcast.template
    labels = [v.label for v in filling.needed(template)]
    return Facts(
        now=now,
        sender=Sender.BROADCAST,
        kind="template",
        is_whatsapp=number.is_whatsapp,
        is_blocked=bool(kind.bits & BLOCKED),
        has_identity=bool(kind.bits & IDENTITY),
        gone=gone(number),
        dnd=bool(kind.bits & DND),
        do_not_send=bool(kind.bits & DO_NOT_SEND),
        refuses_marketing=bool(kind.bits & REFUSES),
        capped_at=now if kind.bits & CAP else None,
        is_us_number=bool(kind.bits & US),
        window=Window(now if kind.bits & OPEN else None),
        template=about_template(
            template,
            number,
            tuple(label for n, label in enumerate(labels) if kind.missing >> n & 1),
        ),
    )


def verdict(facts: Facts) -> Verdict:
    """A wait is no reason to leave anybody out: they get it later."""
    decision = decide(facts)
    if not isinstance(decision, Refuse):
        return Verdict(Recipient.WAITING)
    is_personal = decision.effect in (Effect.SKIP, Effect.CANCEL_RETRY)
    return Verdict(
        Recipient.SKIPPED,
        decision.reason.name,
        decision.detail[:200],
        stops=not is_personal,
    )


def count(broadcast: Broadcast) -> list[tuple[Kind, str, int]]:
    """(kind, country, people) of the whole audience, in one query."""
    sql, params = query(broadcast)
    rows = bulk.fetch(
        f"SELECT bits, missing, country, count(*) FROM ({sql}) AS people"
        " GROUP BY bits, missing, country",
        params,
    )
    return [(Kind(bits, missing), country, n) for bits, missing, country, n in rows]
