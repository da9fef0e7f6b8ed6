"""Assignment rules in the settings: one for each number."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, roles
from accounts.access import member
from accounts.models import Membership, User
from business_numbers.models import Number
from inbox.models import AssignmentRule, Online
from inbox.online import ONLINE_FOR

NOBODY, TURNS = "nobody", "turns"


@require_GET
@member("manage_team")
def rules(request):
    team = _team(request.workspace)
    numbers = _numbers(request.workspace).select_related("assignment_rule__person")
    ids = {user.pk for user in team}
    rows = [_row(number, ids) for number in numbers.order_by("label", "id")]
    online = Online.objects.filter(
        workspace=request.workspace,
        user__in=team,
        seen_at__gt=timezone.now() - ONLINE_FOR,
    )
    context = {
        "rows": rows,
        "team": team,
        "online": [o.user for o in online.select_related("user").order_by("user_id")],
        "has_turns": any(row["chosen"] == TURNS for row in rows),
    }
    return render(request, "assignment/list.html", context)


@require_POST
@member("manage_team")
def set_rule(request, number_id):
    number = get_object_or_404(_numbers(request.workspace), pk=number_id)
    chosen = request.POST.get("to", "")
    person = next((u for u in _team(request.workspace) if str(u.pk) == chosen), None)
    if chosen not in (NOBODY, TURNS) and person is None:
        messages.error(request, "Choose somebody who can answer in this workspace.")
        return _back(request)
    with transaction.atomic():
        _keep(number, chosen, person)
        said = _say(chosen, person)
        audit.record(request, "assignment rule changed", number.label, to=said)
    messages.info(request, f"{number.label}: {said}.")
    return _back(request)


def _keep(number: Number, chosen: str, person: User | None) -> None:
    if chosen == NOBODY:
        AssignmentRule.objects.filter(number=number).delete()
        return
    kind = AssignmentRule.PERSON if person else AssignmentRule.TURNS
    AssignmentRule.objects.update_or_create(
        number=number,
        defaults={
            "workspace_id": number.workspace_id,
            "kind": kind,
            "person": person,
        },
    )


def _say(chosen: str, person: User | None) -> str:
    if person:
        return f"always {person.name}"
    return "online members by turns" if chosen == TURNS else "nobody"


def _row(number: Number, team: set[int]) -> dict:
    """`gone`: the rule names somebody who can no longer answer here."""
    rule = getattr(number, "assignment_rule", None)
    if rule is None:
        return {"number": number, "chosen": NOBODY, "given": 0, "gone": None}
    gone = rule.person if rule.person and rule.person_id not in team else None
    chosen = str(rule.person_id) if rule.person else TURNS
    return {
        "number": number,
        "chosen": chosen,
        "given": rule.given_count,
        "gone": gone,
    }


def _numbers(workspace):
    return Number.objects.in_use().filter(workspace=workspace)


def _team(workspace) -> list[User]:
    """Who may answer."""
    may = [role for role, _ in roles.ROLES if roles.may(role, "reply")]
    found = Membership.objects.filter(
        workspace=workspace, role__in=may, user__is_active=True
    )
    return [m.user for m in found.select_related("user").order_by("user__name", "id")]


def _back(request):
    return redirect("assignment:list", slug=request.workspace.slug)
