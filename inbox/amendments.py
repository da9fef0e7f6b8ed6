"""What is said about a message afterwards: reactions, edits, deletions.

Each may come before its message; the newest by Meta's time wins.
"""

from converge import bulk
from inbox.models import Message, ParkedChange, Reaction
from inbox.placed import Placed


def store_reactions(placed: list[Placed]) -> None:
    """The newest reaction of a side to a message, whether that message came or not."""
    newest: dict[tuple, Placed] = {}
    for p in sorted(placed, key=lambda p: (p.fact.at, p.seq)):
        newest[p.number.id, p.fact.message] = p
    rows = [
        {
            "workspace_id": p.number.workspace_id,
            "number_id": number,
            "target": target,
            "is_ours": False,
            "emoji": p.fact.emoji[:40],
            "at": p.fact.at,
        }
        for (number, target), p in sorted(newest.items())
    ]
    bulk.insert(
        Reaction,
        rows,
        conflict="(number_id, target, is_ours) DO UPDATE SET"
        " emoji = excluded.emoji, at = excluded.at"
        " WHERE inbox_reaction.at <= excluded.at",
    )


def store_changes(placed: list[Placed]) -> None:
    """Edits and deletions: applied to what is here, parked for what is still to come."""
    newest: dict[tuple, Placed] = {}
    for p in sorted(placed, key=lambda p: (p.fact.at, p.seq)):
        newest[p.number.id, p.fact.message] = p
    rows = [
        {
            "number_id": number,
            "workspace_id": p.number.workspace_id,
            "target": target,
            "at": p.fact.at,
            "body": p.fact.body,
            "parked_at": p.received_at,
        }
        for (number, target), p in sorted(newest.items())
    ]
    bulk.insert(
        ParkedChange,
        rows,
        conflict="(number_id, target) DO UPDATE SET body = excluded.body,"
        " at = excluded.at WHERE inbox_parkedchange.at <= excluded.at",
    )
    apply_parked([{"number_id": r["number_id"], "wamid": r["target"]} for r in rows])


def apply_parked(rows: list[dict]) -> None:
    """Join changes with their messages. A deletion takes the words away for good.

    `wamid <> ''` says what the index of wamids holds; without it PostgreSQL cannot use it.
    """
    keys = [{"number_id": r["number_id"], "wamid": r["wamid"]} for r in rows]
    if not keys:
        return
    query = f"""
      WITH done AS (
        DELETE FROM inbox_parkedchange c USING inbox_message m,
          {bulk.recordset(Message, keys[0])}
        WHERE c.number_id = r.number_id AND c.target = r.wamid
          AND m.number_id = r.number_id AND m.wamid = r.wamid AND m.wamid <> ''
        RETURNING m.id, c.body, c.at)
      UPDATE inbox_message t SET
        body = coalesce(done.body, ''),
        payload = CASE WHEN done.body IS NULL THEN '{{}}' ELSE t.payload END,
        edited_at = CASE WHEN done.body IS NULL THEN NULL ELSE done.at END,
        deleted_at = CASE WHEN done.body IS NULL THEN done.at ELSE t.deleted_at END
      FROM done WHERE t.id = done.id AND t.deleted_at IS NULL
        AND (done.body IS NULL OR t.edited_at IS NULL OR t.edited_at <= done.at)
    """
    bulk.execute(query, [bulk.to_json(keys)])
    bulk.execute(QUOTE_CHANGES, [bulk.to_json(keys)])


# The list shows a conversation's last words; those taken back must not stay there.
QUOTE_CHANGES = """
WITH m AS MATERIALIZED (
  SELECT m.conversation_id, m.at, m.seq, m.body
  FROM jsonb_to_recordset(%s::jsonb) AS r(number_id bigint, wamid text)
  JOIN inbox_message m USING (number_id, wamid)
  WHERE m.wamid <> '' AND (m.edited_at IS NOT NULL OR m.deleted_at IS NOT NULL))
UPDATE inbox_conversation t SET last_text = left(m.body, 160)
FROM m WHERE t.id = m.conversation_id AND (t.last_at, t.last_seq) = (m.at, m.seq)
"""
