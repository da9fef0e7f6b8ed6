"""How a team shares its work, for an export: teams, rules of numbers, and saved views."""

from accounts.models import Team
from inbox.exporting import Part, Row
from inbox.models import AssignmentRule, SavedView

LINES = 500


def teams(workspace: int, after: str) -> list[Row]:
    own = Team.objects.filter(workspace=workspace)
    return [
        Row(str(team.id), _team(team))
        for team in _next(own.prefetch_related("members__user"), after)
    ]


def rules(workspace: int, after: str) -> list[Row]:
    own = AssignmentRule.objects.filter(workspace=workspace)
    own = own.select_related("number", "person", "team")
    return [Row(str(rule.id), _rule(rule)) for rule in _next(own, after)]


def views(workspace: int, after: str) -> list[Row]:
    own = SavedView.objects.filter(workspace=workspace).select_related("user")
    return [Row(str(view.id), _view(view)) for view in _next(own, after)]


PARTS = (
    Part("teams", teams),
    Part("assignment_rules", rules),
    Part("saved_views", views),
)


def _next(rows, after: str):
    rows = rows.filter(id__gt=after) if after else rows
    return rows.order_by("id")[:LINES]


def _team(team: Team) -> dict:
    members = sorted(member.user.email for member in team.members.all())
    return {"name": team.name, "members": members}


def _rule(rule: AssignmentRule) -> dict:
    return {
        "number": rule.number.meta_id,
        "kind": rule.kind,
        "person": rule.person.email if rule.person else None,
        "team": rule.team.name if rule.team else None,
    }


def _view(view: SavedView) -> dict:
    return {
        "name": view.name,
        "of": view.user.email if view.user else None,
        "query": view.query,
        "position": view.position,
    }
