"""Names from the address book of the phone app (coexistence), as Meta's sync tells them.

Everybody in it becomes a contact, and nobody is woken: no conversation, nothing unread.
The newest entry counts, by Meta's time. Its name is shown until a person here types
another one; who is removed there keeps everything here but that name.
"""

from converge import bulk
from inbox.models import Contact, Conversation
from inbox.placed import Placed


def keep(entries: list[Placed]) -> set[int]:
    """The conversations in which somebody is called differently now."""
    newest: dict[int, tuple] = {}
    for p in entries:
        entry = (p.fact.at, p.fact.name)
        newest[p.contact] = max(entry, newest.get(p.contact, entry))
    if not newest:
        return set()
    rows = [
        {"id": contact, "phone_name": name, "phone_name_at": at}
        for contact, (at, name) in sorted(newest.items())
    ]
    bulk.execute(HOLD, [sorted(newest)])
    query = KEEP.format(entries=bulk.recordset(Contact, rows[0]))
    changed = [pk for (pk,) in bulk.fetch(query, [bulk.to_json(rows)])]
    found = Conversation.objects.filter(contact__in=changed)
    return set(found.values_list("id", flat=True))


HOLD = """
SELECT id FROM inbox_contact WHERE id = ANY(%s::bigint[])
ORDER BY id FOR NO KEY UPDATE
"""
# Of two entries of one second the name that sorts last counts, whatever the order.
KEEP = """
UPDATE inbox_contact t SET phone_name = r.phone_name, phone_name_at = r.phone_name_at,
  name = CASE WHEN t.name IN ('', t.phone_name) THEN r.phone_name ELSE t.name END
FROM {entries} WHERE t.id = r.id AND (t.phone_name_at IS NULL
  OR (t.phone_name_at, t.phone_name COLLATE "C")
    < (r.phone_name_at, r.phone_name COLLATE "C"))
RETURNING t.id
"""
