"""People by a part of a name, a username or a phone number, found in two indexes of words.

The indexes (migration 0005) hold every ending of every word, so that what is asked for
may begin anywhere: `usuf` finds Yusuf, `7700 900` finds +44 7700 900112.
"""

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from converge import bulk
from inbox import tokens

FEW = 1_000
ENDING_MAX = 30
NAMED = """
SELECT id FROM inbox_contact
WHERE inbox_endings(workspace_id, name || ' ' || profile_name) @@ lower(%s)::tsquery
UNION ALL SELECT contact_id FROM inbox_identity
WHERE inbox_endings(workspace_id, value) @@ lower(%s)::tsquery"""


def named(workspace_id: int, text: str, column: str) -> Q | RawSQL:
    """Whether a column of the statement's own table, as `table.column`, is one of them.

    Few are named one by one, so that the database begins with them; with many it can
    walk in the order it is asked for and meets them soon.
    """
    params = _asks(workspace_id, text)
    table, _, name = column.partition(".")
    rows = bulk.fetch(f"{NAMED} LIMIT %s", [*params, FEW + 1])
    if len(rows) <= FEW:
        # 0 is nobody's: a condition without anybody would be no SQL to put elsewhere.
        return Q(**{f"{name}__in": [pk for (pk,) in rows] or [0]})
    # IS TRUE keeps this from becoming a join that is made again for each row.
    sql = f"({table}.{name} IN ({NAMED})) IS TRUE"
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611


def _asks(workspace_id: int, text: str) -> list[str]:
    words = [word[:ENDING_MAX] for word in tokens.split(text)]
    digits = "".join(words) if words and all(w.isdecimal() for w in words) else ""
    return [
        _ask(workspace_id, words),
        _ask(workspace_id, [digits] if digits else words),
    ]


def _ask(workspace_id: int, words: list[str]) -> str:
    """Without a word nobody is meant; no index holds a bare sign."""
    return " & ".join(f"'{workspace_id}:{word}':*" for word in words or ["#"])
