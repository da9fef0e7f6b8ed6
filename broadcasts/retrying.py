"""Sorts out whose message ended: who needs nothing more, who is tried again and when.

Run each minute and before a broadcast is called done. Rows are the queue, so it is
harmless twice. Whether the retry may really go is asked of the gate when it is due.
"""

from collections import defaultdict

from broadcasts import handing, retries
from broadcasts.models import Broadcast, Ladder, Recipient
from converge import bulk, clock

AT_ONCE = 5_000
LEFT = frozenset(reason.name for reason in handing.OF_EVERYBODY)


def sort_out(broadcast: Broadcast) -> None:
    """Call with the broadcast locked."""
    bulk.execute(SETTLE, [broadcast.id])
    rows = bulk.fetch(FAILED, [broadcast.id, AT_ONCE])
    if not rows:
        return
    waits, groups, left = ladders(broadcast.workspace_id), defaultdict(list), {}
    for pk, message, refused, *facts in rows:
        if refused in LEFT:
            left[message] = None
        else:
            groups[refused, *facts].append(pk)
    if left:
        handing.take_back(broadcast, left)
    updates = [
        row
        for key, people in groups.items()
        for row in _next(key, people, waits, broadcast.state)
    ]
    bulk.update(
        Recipient,
        updates,
        "state = r.state, reason = r.reason, due_at = r.due_at,"
        " cap_retries = r.cap_retries, hour_retries = r.hour_retries",
    )


# Delivered, read or silent: Meta may say more, but nobody here does anything about it.
SETTLE = """
UPDATE broadcasts_recipient r SET state = 'ended' FROM inbox_message m
WHERE r.broadcast_id = %s AND r.state = 'given' AND m.id = r.message_id
  AND m.state IN ('delivered', 'read', 'played', 'silent')
"""
FAILED = """
SELECT r.id, m.id, CASE WHEN m.decision ->> 'verdict' = 'refuse'
    THEN m.decision ->> 'reason' ELSE '' END,
  m.tries, m.error_code, r.cap_retries, r.hour_retries,
  COALESCE(a.failed_at, a.started_at)
FROM broadcasts_recipient r JOIN inbox_message m ON m.id = r.message_id
LEFT JOIN inbox_attempt a ON a.message_id = m.id AND a.n = m.tries
WHERE r.broadcast_id = %s AND r.state = 'given' AND m.state = 'failed'
ORDER BY r.id LIMIT %s
"""


def ladders(workspace: int) -> dict[str, tuple]:
    own = Ladder.objects.filter(workspace=workspace).values_list("kind", "waits")
    return retries.USUAL | dict(own)


def _next(key, people: list[int], waits: dict, state: str) -> list[dict]:
    refused, tries, code, cap, hours, failed_at = key
    used = {retries.CAP: cap, retries.HOURS: hours}
    again = None
    if not refused and state != Broadcast.CANCELLED:
        again = retries.next_try(code, used, failed_at or clock.now(), waits)
    if again:
        used[again.ladder] += 1
    ended = Recipient.SKIPPED if refused and not tries else Recipient.ENDED
    return [
        {
            "id": pk,
            "state": Recipient.WAITING if again else ended,
            "reason": refused,
            "due_at": again.at if again else None,
            "cap_retries": used[retries.CAP],
            "hour_retries": used[retries.HOURS],
        }
        for pk in people
    ]
