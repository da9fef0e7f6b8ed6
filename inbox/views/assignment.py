"""Assignment rules in the settings: one for each number."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, roles
from accounts.access import member
from accounts.models import Membership, Team, User
from business_numbers.models import Number
from inbox.models import AssignmentRule, Online
from inbox.online import ONLINE_FOR

NOBODY, TURNS, TEAM = "nobody", "turns", "team-"


@dataclass(frozen=True)
class Choice:
    """`kind` is empty for nobody."""

    kind: str
    sentence: str
    person: User | None = None
    team: Team | None = None


@require_GET
@member("manage_team")
def rules(request):
    mates = _mates(request.workspace)
    numbers = _numbers(request.workspace).select_related("assignment_rule__person")
    ids = {user.pk for user in mates}
    rows = [_row(number, ids) for number in numbers.order_by("label", "id")]
    online = Online.objects.filter(
        workspace=request.workspace,
        user__in=mates,
        seen_at__gt=timezone.now() - ONLINE_FOR,
    )
    context = {
        "rows": rows,
        "mates": mates,
        "teams": [
            (f"{TEAM}{t.pk}", t) for t in request.workspace.teams.order_by("name")
        ],
        "online": [o.user for o in online.select_related("user").order_by("user_id")],
        "has_turns": any(row.get("is_turns") for row in rows),
    }
    return render(request, "assignment/list.html", context)


@require_POST
@member("manage_team")
def set_rule(request, number_id):
    number = get_object_or_404(_numbers(request.workspace), pk=number_id)
    choice = _choice(request.workspace, request.POST.get("to", ""))
    if choice is None:
        messages.error(request, "Choose somebody who can answer in this workspace.")
        return _back(request)
    with transaction.atomic():
        _keep(number, choice)
        audit.record(
            request, "assignment rule changed", number.label, to=choice.sentence
        )
    messages.info(request, f"{number.label}: {choice.sentence}.")
    return _back(request)


def _choice(workspace, chosen: str) -> Choice | None:
    """What one of the page's options means; None when it offers no such thing."""
    if chosen == NOBODY:
        return Choice("", "nobody")
    if chosen == TURNS:
        return Choice(AssignmentRule.TURNS, "online members by turns")
    for team in workspace.teams.all():
        if chosen == f"{TEAM}{team.pk}":
            sentence = f"online members of {team.name} by turns"
            return Choice(AssignmentRule.TURNS, sentence, team=team)
    for user in _mates(workspace):
        if chosen == str(user.pk):
            return Choice(AssignmentRule.PERSON, f"always {user.name}", person=user)
    return None


def _keep(number: Number, choice: Choice) -> None:
    if not choice.kind:
        AssignmentRule.objects.filter(number=number).delete()
        return
    AssignmentRule.objects.update_or_create(
        number=number,
        defaults={
            "workspace_id": number.workspace_id,
            "kind": choice.kind,
            "person": choice.person,
            "team": choice.team,
        },
    )


def _row(number: Number, mates: set[int]) -> dict:
    """`gone`: the rule names somebody who can no longer answer here."""
    rule = getattr(number, "assignment_rule", None)
    if rule is None:
        return {"number": number, "chosen": NOBODY, "given": 0, "gone": None}
    chosen = f"{TEAM}{rule.team_id}" if rule.team_id else TURNS
    return {
        "number": number,
        "chosen": str(rule.person_id) if rule.person_id else chosen,
        "is_turns": rule.kind == AssignmentRule.TURNS,
        "given": rule.given_count,
        "gone": rule.person if rule.person and rule.person_id not in mates else None,
    }


def _numbers(workspace):
    return Number.objects.in_use().filter(workspace=workspace)


def _mates(workspace) -> list[User]:
    """Who may answer."""
    may = [role for role, _ in roles.ROLES if roles.may(role, "reply")]
    found = Membership.objects.filter(
        workspace=workspace, role__in=may, user__is_active=True
    )
    return [m.user for m in found.select_related("user").order_by("user__name", "id")]


def _back(request):
    return redirect("assignment:list", slug=request.workspace.slug)
