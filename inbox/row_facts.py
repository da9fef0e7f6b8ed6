"""What the rows of a list show beside their conversations: one statement for a page."""

from dataclasses import dataclass

from accounts.models import Membership
from converge import bulk
from inbox.models import Conversation, Draft
from inbox.reading import COUNTED_MAX
from inbox.states import TROUBLED


@dataclass(frozen=True)
class RowFacts:
    """How many messages this person has not seen, their draft, the state of a message in
    trouble ("" when none is), and the codes of the customer's tags."""

    unread: int = 0
    draft: str = ""
    trouble: str = ""
    codes: frozenset = frozenset()


def load(
    conversations: list[Conversation], membership: Membership
) -> dict[int, RowFacts]:
    """By conversation id; each conversation knows its `seen_seq`."""
    rows = [
        {
            "id": c.id,
            "contact": c.contact_id,
            "seen": c.seen_seq if c.last_inbound_seq > c.seen_seq else None,
        }
        for c in conversations
    ]
    if not rows:
        return {}
    params = {
        "rows": bulk.to_json(rows),
        "most": COUNTED_MAX,
        "user": membership.user_id,
        "reply": Draft.REPLY,
    }
    return {
        pk: RowFacts(unread, draft or "", trouble or "", frozenset(codes))
        for pk, unread, draft, trouble, codes in bulk.fetch(FACTS, params)
    }


# As the index of messages in trouble has them. Of two, `unknown` comes first.
TROUBLE = ", ".join(f"'{state}'" for state in TROUBLED)
FACTS = f"""
SELECT r.id,
  (SELECT count(*) FROM (
    SELECT 1 FROM inbox_message m
    WHERE m.conversation_id = r.id AND m.direction = 'in' AND m.seq > r.seen
    LIMIT %(most)s) AS new),
  (SELECT d.body FROM inbox_draft d
    WHERE d.conversation_id = r.id AND d.user_id = %(user)s AND d.mode = %(reply)s
    LIMIT 1),
  (SELECT m.state FROM inbox_message m
    WHERE m.conversation_id = r.id AND m.state IN ({TROUBLE}) AND m.dismissed_at IS NULL
    ORDER BY m.state DESC LIMIT 1),
  ARRAY(SELECT t.code FROM inbox_contacttag g JOIN inbox_tag t ON t.id = g.tag_id
    WHERE g.contact_id = r.contact AND t.code <> '')
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id bigint, contact bigint, seen bigint)
"""
