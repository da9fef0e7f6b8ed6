"""Teams of a workspace: members under a name."""

from django import forms
from django.contrib import messages
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, roles
from accounts.access import member
from accounts.models import Membership, Team
from converge.forms import save_unless_taken

NAME_TAKEN = "There is a team of this name."


class MemberBoxes(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, membership) -> str:
        return membership.user.name


class TeamForm(forms.ModelForm):
    members = MemberBoxes(Membership.objects.none(), required=False)

    class Meta:
        model = Team
        fields = ["name", "members"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        may = [role for role, _ in roles.ROLES if roles.may(role, "reply")]
        own = Membership.objects.filter(workspace=self.instance.workspace, role__in=may)
        people = own.select_related("user").order_by("user__name", "id")
        self.fields["members"].queryset = people

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = Team.objects.filter(workspace=self.instance.workspace, name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(NAME_TAKEN)
        return name


@require_http_methods(["GET", "POST"])
@member("manage_team")
def teams(request):
    """All of them; a new one is made below the list."""
    team = Team(workspace=request.workspace)
    form = TeamForm(request.POST or None, instance=team)
    if form.is_valid() and save_unless_taken(form, NAME_TAKEN):
        audit.record(request, "team made", team.name, members=_names(team))
        messages.info(request, f"The team “{team.name}” is made.")
        return _back(request)
    found = request.workspace.teams.prefetch_related("members__user").order_by("name")
    rows = [(t, _names(t)) for t in found]
    status = 422 if form.is_bound else 200
    context = {"rows": rows, "form": form}
    return render(request, "teams/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member("manage_team")
def edit(request, team_id):
    team = _own(request, team_id)
    name = team.name
    form = TeamForm(request.POST or None, instance=team)
    if form.is_valid() and save_unless_taken(form, NAME_TAKEN):
        audit.record(request, "team changed", team.name, members=_names(team))
        messages.info(request, f"The team “{team.name}” is saved.")
        return _back(request)
    status = 422 if form.is_bound else 200
    context = {"form": form, "name": name}
    return render(request, "teams/edit.html", context, status=status)


@require_POST
@member("manage_team")
def delete(request, team_id):
    """Not while a rule asks it: then a rule would mean something else by itself."""
    team = _own(request, team_id)
    try:
        team.delete()
    except ProtectedError as error:
        used = ", ".join(sorted(str(user) for user in error.protected_objects))
        messages.error(request, f"“{team.name}” is used by {used}. Change that first.")
        return _back(request)
    audit.record(request, "team deleted", team.name)
    messages.info(request, f"The team “{team.name}” is deleted.")
    return _back(request)


def _names(team: Team) -> list[str]:
    return sorted(m.user.name for m in team.members.all())


def _own(request, team_id: int) -> Team:
    return get_object_or_404(Team, workspace=request.workspace, pk=team_id)


def _back(request):
    return redirect("teams", slug=request.workspace.slug)
