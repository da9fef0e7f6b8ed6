"""From an audience's rules to SQL that names its contacts: any of `include`, none of
`exclude`. Rules are small dicts, checked by the forms that make them."""

from datetime import timedelta

from accounts.models import Workspace
from broadcasts.models import Segment
from converge import bulk, clock
from inbox.directory import ContactFilter, everybody

NOBODY = ("SELECT NULL::bigint WHERE false", [])


def contacts(broadcast) -> tuple[str, list]:
    """`SELECT contact id …` and its parameters; each contact comes once."""
    include = [_rule(rule, broadcast) for rule in broadcast.include] or [NOBODY]
    query, params = _joined(include, " UNION ")
    if broadcast.exclude:
        without, more = _joined(
            [_rule(r, broadcast) for r in broadcast.exclude], " UNION "
        )
        query, params = f"({query}) EXCEPT ({without})", params + more
    return query, params


def count(rule: dict, broadcast) -> int:
    """How many people one rule names, by itself."""
    query, params = _rule(rule, broadcast)
    ((found,),) = bulk.fetch(f"SELECT count(*) FROM ({query}) AS people", params)
    return found


def may_be_kept(rules: list[dict]) -> bool:
    """A segment outlives files, and one that is another segment says nothing new."""
    kinds = [rule["kind"] for rule in rules]
    return bool(kinds) and "file" not in kinds and kinds != ["segment"]


def files(broadcast) -> list[int]:
    """Ids of the files that take part."""
    return [rule["id"] for rule in broadcast.include if rule["kind"] == "file"]


def _joined(parts: list[tuple[str, list]], word: str) -> tuple[str, list]:
    query = word.join(f"({sql})" for sql, _ in parts)
    return query, [value for _, params in parts for value in params]


def _rule(rule: dict, broadcast) -> tuple[str, list]:
    return RULES[rule["kind"]](rule, broadcast)


def _everyone(rule, broadcast):
    query = "SELECT id FROM inbox_contact WHERE workspace_id = %s"
    return query, [broadcast.workspace_id]


def _tags(rule, broadcast):
    query = (
        "SELECT contact_id FROM inbox_contacttag"
        " WHERE workspace_id = %s AND tag_id = ANY(%s::bigint[])"
    )
    params = [broadcast.workspace_id, rule["ids"]]
    if rule.get("all"):
        query += " GROUP BY contact_id HAVING count(DISTINCT tag_id) = %s"
        params.append(len(set(rule["ids"])))
    return query, params


def _file(rule, broadcast):
    query = (
        "SELECT contact_id FROM broadcasts_filerow WHERE workspace_id = %s"
        " AND file_id = %s AND verdict = 'good' AND contact_id IS NOT NULL"
    )
    return query, [broadcast.workspace_id, rule["id"]]


def _wrote(rule, broadcast):
    query = (
        "SELECT contact_id FROM inbox_conversation"
        " WHERE workspace_id = %s AND last_inbound_at > %s"
    )
    since = clock.now() - timedelta(days=rule["days"])
    return query, [broadcast.workspace_id, since]


def _field(rule, broadcast):
    query = (
        "SELECT id FROM inbox_contact WHERE workspace_id = %s AND fields ->> %s = %s"
    )
    return query, [broadcast.workspace_id, rule["name"], rule["value"]]


def _got(rule, broadcast):
    """Got another broadcast lately, or is about to."""
    query = (
        "SELECT r.contact_id FROM broadcasts_recipient r WHERE r.workspace_id = %s"
        " AND r.broadcast_id IS DISTINCT FROM %s AND (r.given_at > %s"
        " OR r.state = 'waiting')"
    )
    since = clock.now() - timedelta(days=rule["days"])
    return query, [broadcast.workspace_id, broadcast.id, since]


def _segment(rule, broadcast):
    segment = Segment.objects.filter(
        workspace_id=broadcast.workspace_id, id=rule["id"]
    ).first()
    return of_segment(segment, broadcast) if segment else NOBODY


def of_segment(segment: Segment, broadcast) -> tuple[str, list]:
    """Its people by its rules, or those it was made with."""
    if segment.rules:
        return _joined([_rule(r, broadcast) for r in segment.rules], " UNION ")
    query = "SELECT contact_id FROM broadcasts_segmentmember WHERE segment_id = %s"
    return query, [segment.id]


def _people(rule, broadcast):
    """Whom the list of contacts shows with this filter.

    A filter that names what is gone (a deleted tag) would widen to everybody.
    """
    workspace = Workspace(id=broadcast.workspace_id)
    form = ContactFilter(rule, workspace=workspace)
    if not form.is_valid():
        return NOBODY
    query, params = everybody(form).values("id").query.sql_with_params()
    return query, list(params)


RULES = {
    "everyone": _everyone,
    "tags": _tags,
    "file": _file,
    "wrote": _wrote,
    "field": _field,
    "got": _got,
    "segment": _segment,
    "people": _people,
}
