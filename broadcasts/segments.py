"""Segments as people see them beside their contacts: a filter that was given a name."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import QueryDict

from accounts import audit
from broadcasts import audience
from broadcasts.models import Broadcast, Segment
from converge import asked, bulk
from inbox import directory
from inbox.directory import ContactFilter
from inbox.models import Contact, Tag

PAGE = 25
KIND = "people"


@dataclass(frozen=True)
class Asker:
    """Rules are asked for a broadcast; here for none."""

    workspace_id: int
    id: int | None = None

    @classmethod
    def of(cls, segment: Segment):
        return cls(segment.workspace_id)


def rule_of(form: ContactFilter) -> dict:
    """The list's filter as a rule of an audience."""
    return {"kind": KIND, **form.chosen()}


def is_filter(segment: Segment) -> bool:
    """Whether one filter over the list says it all."""
    return len(segment.rules) == 1 and segment.rules[0]["kind"] == KIND


def query_of(segment: Segment) -> str:
    """The list that shows the same people, or ""."""
    if not is_filter(segment):
        return ""
    query = QueryDict(mutable=True)
    query.update({k: v for k, v in segment.rules[0].items() if k != "kind"})
    return query.urlencode()


def filter_of(segment: Segment, data) -> ContactFilter | None:
    """Its filter as a form: as it is kept, or as somebody wants it now."""
    if not is_filter(segment):
        return None
    given = QueryDict(query_of(segment)) if data is None else data
    return ContactFilter(given, workspace=segment.workspace)


def change(request, segment: Segment, name: str, rules: list) -> None:
    """What names it follows: a broadcast asks for its people when it starts."""
    before = {"name": segment.name, "rules": segment.rules}
    after = {"name": name, "rules": rules}
    if before == after:
        return
    segment.name, segment.rules = name, rules
    segment.save(update_fields=["name", "rules"])
    audit.record(request, "segment changed", name, before=before, after=after)
    messages.info(request, f"“{name}” is saved.")


def dependents(segment: Segment) -> list[Broadcast | Segment]:
    """Broadcasts that will ask for it, and segments that are made of it."""
    named = [{"kind": "segment", "id": segment.id}]
    own = {"workspace": segment.workspace_id}
    waiting = Broadcast.objects.filter(
        Q(include__contains=named) | Q(exclude__contains=named),
        state__in=(Broadcast.DRAFT, Broadcast.SCHEDULED),
        **own,
    )
    made_of_it = Segment.objects.filter(rules__contains=named, **own)
    return [*waiting.order_by("name"), *made_of_it.order_by("name")]


def count(segment: Segment) -> int:
    query, params = _people(segment)
    ((found,),) = bulk.fetch(f"SELECT count(*) {query}", params)
    return found


def page(segment: Segment, before: str) -> tuple[list[directory.Row], str]:
    """Newest first, by key, drawn as the list of contacts draws them."""
    query, params = _people(segment)
    if (last := asked.number(before)) is not None:
        query, params = f"{query} AND c.id < %s", [*params, last]
    rows = bulk.fetch(
        f"SELECT c.id {query} ORDER BY c.id DESC LIMIT %s",
        [*params, directory.PAGE + 1],
    )
    ids = [pk for (pk,) in rows]
    following = str(ids[directory.PAGE - 1]) if len(ids) > directory.PAGE else ""
    found = Contact.objects.in_bulk(ids[: directory.PAGE])
    return directory.draw([found[pk] for pk in ids[: directory.PAGE]]), following


def _people(segment: Segment) -> tuple[str, list]:
    query, params = audience.of_segment(segment, Asker.of(segment))
    sql = f"""
      FROM ({query}) AS people(id) JOIN inbox_contact c
        ON c.id = people.id AND c.merged_into_id IS NULL
      WHERE true"""
    return sql, params


def remove(request, segment: Segment) -> bool:
    """The people stay; a draft that names it finds nobody by it."""
    planned = planned_with(segment)
    if planned:
        messages.error(
            request,
            f"The broadcast “{planned.name}” is planned with this segment. Stop that "
            "broadcast first, or wait until it is out.",
        )
        return False
    audit.record(request, "segment removed", segment.name)
    messages.info(request, f"“{segment.name}” is removed. Its people stay.")
    segment.delete()
    return True


def planned_with(segment: Segment) -> Broadcast | None:
    """A broadcast that will ask for these people at its hour, and must not miss them."""
    named = {"kind": "segment", "id": segment.id}
    planned = Broadcast.objects.filter(
        workspace=segment.workspace_id, state=Broadcast.SCHEDULED
    )
    for broadcast in planned.order_by("starts_at"):
        if named in broadcast.include or named in broadcast.exclude:
            return broadcast
    return None


def names(workspace) -> tuple[dict, dict]:
    """Tags and segments by id, for the words of rules."""
    own = {"workspace": workspace}
    tags = dict(Tag.objects.filter(**own).values_list("id", "name"))
    segments = dict(Segment.objects.filter(**own).values_list("id", "name"))
    return tags, segments


def describe(segment: Segment, tags: dict, others: dict) -> str:
    """Who is in it, in words; any of the rules is enough."""
    if not segment.rules:
        return "A list that was made once"
    return ", or ".join(say(rule, tags, others) for rule in segment.rules)


def say(rule: dict, tags: dict, others: dict) -> str:
    kind = rule["kind"]
    if kind == KIND:
        return ", ".join(_filter_words(rule, tags))
    if kind == "tags":
        said = (tags.get(pk, "a deleted tag") for pk in rule["ids"])
        return f"Tag {(' and ' if rule.get('all') else ' or ').join(said)}"
    if kind == "segment":
        return f"Segment {others.get(rule['id'], 'that was removed')}"
    return PLAIN[kind].format(**rule)


PLAIN = {
    "everyone": "Everybody",
    "wrote": "Wrote in the last {days} days",
    "got": "Got a broadcast in the last {days} days",
    "field": "{name} is {value}",
    "file": "A file",
}


def _filter_words(rule: dict, tags: dict) -> list[str]:
    said = []
    if "q" in rule:
        said.append(f"Name or number like “{rule['q']}”")
    if "tag" in rule:
        said.append(f"Tag {tags.get(int(rule['tag']), 'that was deleted')}")
    if "rule" in rule:
        said.append(dict(directory.RULES)[rule["rule"]])
    if "channel" in rule:
        said.append(f"On {dict(directory.CHANNELS)[rule['channel']]}")
    return said
