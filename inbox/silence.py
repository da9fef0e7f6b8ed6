"""Messages Meta accepted and never reported on: after its retention window they failed,
without a code. A late report replaces that; nothing is ever sent again because of it."""

from datetime import timedelta

from django.db import transaction

from converge import bulk, clock
from inbox import outgoing, statuses
from inbox.apply import tell
from inbox.models import Attempt
from inbox.states import State

# Meta keeps trying for 30 days unless the template says less.
RETENTION = timedelta(days=30)
AT_ONCE = 500


@transaction.atomic
def mark_silent() -> int:
    """WhatsApp only: Instagram reports nothing but reading."""
    rows = bulk.fetch(DUE, [clock.now() - RETENTION, AT_ONCE])
    if not rows:
        return 0
    messages = {message for message, _ in rows}
    Attempt.objects.filter(message__in=messages, state=State.SENT).update(
        state=State.SILENT
    )
    outgoing.moved(statuses.settle_messages(messages))
    tell({conversation for _, conversation in rows})
    return len(rows)


DUE = """
SELECT m.id, m.conversation_id FROM inbox_conversation c
JOIN (
  SELECT m.id, m.conversation_id FROM inbox_message m
  JOIN numbers_number n ON n.id = m.number_id AND n.kind = 'whatsapp'
  WHERE m.state = 'sent' AND m.at < %s AND m.kind <> 'reaction'
    AND m.origin NOT IN ('phone', 'elsewhere')
  LIMIT %s) AS m ON m.conversation_id = c.id
ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
"""
