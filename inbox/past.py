"""What was said in the phone app before the number came here, as Meta tells it afterwards.

It is shown where it belongs and wakes nobody: not unread, nothing waits for an answer, no
flow starts, no conversation opens. The window counts it, because Meta does.
"""

from business_numbers.webhook_facts import Inbound
from converge import bulk
from inbox.models import Message
from inbox.placed import Placed
from inbox.states import FROM_META, State

UNTOLD = {"error": State.FAILED}


def state_of(echo: Inbound) -> State:
    """What had become of a message of ours when it was told."""
    context = echo.payload.get("history_context")
    said = str(context.get("status") or "") if isinstance(context, dict) else ""
    return UNTOLD.get(said.lower()) or FROM_META.get(said.lower(), State.SENT)


def is_placeholder(p: Placed) -> bool:
    """Its picture may be in the same batch, and goes before it."""
    return p.fact.is_past and p.fact.kind == "unsupported"


def fill_placeholders(placed: list[Placed], rows: dict, new: set) -> list[tuple]:
    """Pictures come after their messages, which were kept as placeholders until now.

    Gives the (fact, row) pairs whose files are to be fetched.
    """
    late = {
        (p.number.id, p.fact.wamid): p
        for p in placed
        if p.fact.is_past
        and p.fact.media
        and rows[p.number.id, p.fact.wamid]["id"] not in new
    }
    if not late:
        return []
    wanted = [rows[key] for key in sorted(late)]
    columns = ("number_id", "wamid", "kind", "body", "payload")
    given = [{name: row[name] for name in columns} for row in wanted]
    filled = bulk.fetch(FILL, [bulk.to_json(given)])
    return [
        (late[number, wamid], rows[number, wamid] | {"id": pk})
        for pk, number, wamid in filled
    ]


FILL = f"""
UPDATE {Message._meta.db_table} m SET kind = r.kind, body = r.body, payload = r.payload
FROM jsonb_to_recordset(%s::jsonb)
  AS r(number_id bigint, wamid text, kind text, body text, payload jsonb)
WHERE m.number_id = r.number_id AND m.wamid = r.wamid AND m.wamid <> ''
  AND m.kind = 'unsupported' AND m.payload #>> '{{unsupported,type}}' = 'media_placeholder'
RETURNING m.id, m.number_id, m.wamid
"""
