"""Who gets a conversation a customer opens, by the rule of its number.

`decide` is the rule as a pure function. `follow` applies it to a batch of ingest, in its
transaction: conversations are locked already, a rule's row is the turn everybody waits for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts import roles
from converge import bulk, clock
from inbox import outgoing
from inbox.arrivals import Arrived
from inbox.models import AssignmentRule, Conversation, Event
from inbox.online import ONLINE_FOR

NOBODY_ONLINE = "nobody it asks was online"
GONE = "the person it names can no longer answer here"
# What a flow hands over is nobody's yet; these say that somebody has it.
TAKEN = (Conversation.BY_REPLY, Conversation.BY_PHONE, Conversation.BY_SWITCH)


@dataclass(frozen=True)
class Rule:
    """`person` is None where online members (of a `team`) take turns; `turn` had the last."""

    number: int
    label: str
    person: int | None = None
    turn: int = 0
    team: int | None = None


@dataclass(frozen=True)
class Opened:
    conversation: int
    number: int
    assignee: int | None = None
    is_taken: bool = False
    taken_by: int | None = None


@dataclass(frozen=True)
class Teammate:
    """Who may answer in a workspace."""

    id: int
    name: str
    is_online: bool
    teams: Sequence[int] = ()


@dataclass(frozen=True)
class Assign:
    to: int


@dataclass(frozen=True)
class Leave:
    """`why` is shown; empty where somebody has the conversation already."""

    why: str = ""


def decide(opened: Opened, rule: Rule, team: Sequence[Teammate]) -> Assign | Leave:
    """`team` in the order of turns: by id."""
    if opened.assignee is not None:
        return Leave()
    if opened.is_taken and (rule.person is None or opened.taken_by != rule.person):
        return Leave()
    if rule.person is not None:
        is_there = any(mate.id == rule.person for mate in team)
        return Assign(rule.person) if is_there else Leave(GONE)
    asked = [m for m in team if rule.team is None or rule.team in m.teams]
    online = [mate.id for mate in asked if mate.is_online]
    if not online:
        return Leave(NOBODY_ONLINE)
    return Assign(next((pk for pk in online if pk > rule.turn), online[0]))


def ruled(numbers):
    """Numbers that know whether they have a rule: `has_rule`; whoever has none pays nothing."""
    rule = AssignmentRule.objects.filter(number=OuterRef("pk"))
    return numbers.annotate(has_rule=Exists(rule))


def follow(arrived: list[Arrived], numbers: list) -> None:
    """Assign what `arrived` messages opened: the same few statements for all of them."""
    opening: dict[int, Arrived] = {}
    for message in sorted(arrived, key=lambda a: (a.at, a.conversation)):
        if message.has_opened:
            opening.setdefault(message.conversation, message)
    with_rule = [n for n in numbers if n.has_rule]
    if not opening or not with_rule:
        return
    rules = _lock(with_rule)
    teams = _teams({n.workspace_id for n in with_rule})
    outcomes = []
    for opened in _opened(list(opening), list(rules)):
        rule = rules[opened.number]
        message = opening[opened.conversation]
        outcome = decide(opened, _as_rule(rule), teams.get(rule.workspace_id, []))
        if isinstance(outcome, Assign):
            rule.turn, rule.given_count = outcome.to, rule.given_count + 1
        outcomes.append((message, rule, outcome))
    given = _write(outcomes, teams)
    if any(n.is_listened for n in with_rule):
        outgoing.reassigned(given, by=None)


def _lock(numbers: list) -> dict[int, AssignmentRule]:
    """By number; in order of id, so that two batches never wait for one another."""
    found = AssignmentRule.objects.filter(number__in=numbers).order_by("id")
    locked = found.select_for_update(no_key=True, of=("self",))
    return {rule.number_id: rule for rule in locked.select_related("number")}


def _teams(workspaces: set[int]) -> dict[int, list[Teammate]]:
    may = [role for role, _ in roles.ROLES if roles.may(role, "reply")]
    teams: dict[int, list[Teammate]] = {}
    for workspace, *facts in bulk.fetch(TEAMS, [ONLINE_FOR, sorted(workspaces), may]):
        teams.setdefault(workspace, []).append(Teammate(*facts))
    return teams


TEAMS = """
SELECT m.workspace_id, m.user_id, COALESCE(NULLIF(btrim(u.name), ''), u.email),
  COALESCE(o.seen_at > clock_timestamp() - %s, false),
  ARRAY(SELECT t.team_id FROM accounts_team_members t WHERE t.membership_id = m.id)
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN inbox_online o ON o.workspace_id = m.workspace_id AND o.user_id = m.user_id
WHERE m.workspace_id = ANY(%s) AND m.role = ANY(%s) AND u.is_active
ORDER BY m.user_id
"""


def _opened(conversations: list[int], numbers: list[int]) -> list[Opened]:
    """In the order their customers wrote."""
    found = Conversation.objects.filter(id__in=conversations, number__in=numbers)
    rows = {
        c.id: Opened(
            c.id,
            c.number_id,
            c.assignee_id,
            c.takeover and c.takeover_reason in TAKEN,
            c.takeover_by_id,
        )
        for c in found
    }
    return [rows[pk] for pk in conversations if pk in rows]


def _as_rule(rule: AssignmentRule) -> Rule:
    label = rule.number.label
    return Rule(rule.number_id, label, rule.person_id, rule.turn, rule.team_id)


def _write(outcomes: list, teams: dict) -> list[int]:
    """The conversations that somebody has now."""
    given = [(m, rule, o.to) for m, rule, o in outcomes if isinstance(o, Assign)]
    bulk.update(
        Conversation,
        [{"id": m.conversation, "assignee_id": to} for m, _, to in given],
        "assignee_id = r.assignee_id",
    )
    changed = {rule.id: rule for _, rule, _ in given}.values()
    bulk.update(
        AssignmentRule,
        [{"id": r.id, "turn": r.turn, "given_count": r.given_count} for r in changed],
        "turn = r.turn, given_count = r.given_count",
    )
    names = {mate.id: mate.name for team in teams.values() for mate in team}
    said = [
        _event(m, rule, "assigned_by_rule", to=names[to].split()[0])
        for m, rule, to in given
    ]
    said += [
        _event(m, rule, "left_unassigned", why=o.why)
        for m, rule, o in outcomes
        if isinstance(o, Leave) and o.why
    ]
    bulk.insert(Event, said)
    return [m.conversation for m, _, _ in given]


def _event(message: Arrived, rule: AssignmentRule, kind: str, **data: str) -> dict:
    return {
        "workspace_id": message.workspace,
        "conversation_id": message.conversation,
        "at": clock.now(),
        "kind": kind,
        "data": data | {"number": rule.number.label},
        "source": f"rule {message.message.hex}",
    }
