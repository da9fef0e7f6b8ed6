"""Settings: the person's own, the workspace's, its team, and the log."""

from django.conf import settings as django_settings
from django.contrib import messages
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts import audit, roles
from accounts.access import member, signed_in
from accounts.forms import (
    InvitationForm,
    NotificationsForm,
    ProfileForm,
    WorkspaceForm,
)
from accounts.models import AuditEntry, Invitation, Membership

AUDIT_PAGE = 50


@require_GET
@member("read")
def overview(request):
    return render(request, "accounts/settings.html")


@require_http_methods(["GET", "POST"])
@member("read")
def profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.info(request, "Your profile is saved.")
        return redirect("profile", slug=request.workspace.slug)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@member("read")
def notifications(request):
    """What rings for this person, everywhere; whether it may is each browser's to know."""
    given = request.POST if request.method == "POST" else None
    form = NotificationsForm(given, instance=request.user)
    if form.is_valid():
        form.save()
        messages.info(request, "Your notifications are saved.")
        return redirect("notifications", slug=request.workspace.slug)
    context = {"form": form, "is_mailing": bool(django_settings.EMAIL_URL)}
    return render(request, "accounts/notifications.html", context)


@require_http_methods(["GET", "POST"])
@member("manage_workspace")
def workspace(request):
    form = WorkspaceForm(request.POST or None, instance=request.workspace)
    if form.is_valid():
        form.save()
        audit.record(request, "workspace changed", request.workspace.name)
        messages.info(request, "The workspace is saved.")
        return redirect("workspace", slug=request.workspace.slug)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/workspace.html", {"form": form}, status=status)


@require_GET
@signed_in
def workspaces(request):
    """Every workspace of this person; choosing one leads to its inbox."""
    found = request.user.memberships.select_related("workspace").order_by(
        "workspace__name"
    )
    return render(request, "accounts/workspaces.html", {"memberships": found})


@require_http_methods(["GET", "POST"])
@member("manage_team")
def team(request):
    form = InvitationForm(
        request.POST or None,
        may_invite_owners=request.membership.may("manage_owners"),
        workspace=request.workspace,
    )
    link = ""
    if form.is_valid():
        link = _invite(request, form)
    context = {
        "form": form,
        "link": link,
        "memberships": request.workspace.memberships.select_related("user").order_by(
            "user__name"
        ),
        "invitations": request.workspace.invitations.open().order_by("-created_at"),
        "roles": roles.ROLES,
        "is_mailing": bool(django_settings.EMAIL_URL),
    }
    status = 422 if form.is_bound and not link else 200
    return render(request, "accounts/team.html", context, status=status)


def _invite(request, form) -> str:
    """Make (or renew) an invitation; its link is mailed, or shown where no mail is set up."""
    invitation = (
        request.workspace.invitations.filter(
            email__iexact=form.cleaned_data["email"], accepted_at=None, revoked_at=None
        ).first()
        or form.instance
    )
    invitation.workspace, invitation.invited_by = request.workspace, request.user
    invitation.role = form.cleaned_data["role"]
    token = invitation.issue_token()
    invitation.save()
    audit.record(request, "invited", invitation.email, role=invitation.role)
    link = django_settings.PUBLIC_URL + reverse("accept_invitation", args=[token])
    if django_settings.EMAIL_URL:
        send_mail(
            f"{request.user} invites you to {request.workspace} on Converge",
            f"Join {request.workspace}:\n\n{link}\n\nThe link works for 7 days.",
            None,
            [invitation.email],
        )
    return link


@require_POST
@member("manage_team")
def revoke_invitation(request, pk):
    invitation = get_object_or_404(
        Invitation.objects.open(), workspace=request.workspace, pk=pk
    )
    invitation.revoked_at = invitation.expires_at
    invitation.save(update_fields=["revoked_at"])
    audit.record(request, "invitation revoked", invitation.email)
    return redirect("team", slug=request.workspace.slug)


@require_POST
@member("manage_team")
def change_member(request, pk):
    """A new role, or out. The last owner stays; only owners touch owners."""
    target = get_object_or_404(Membership, workspace=request.workspace, pk=pk)
    role = request.POST.get("role", "")
    problem = _why_not(request, target, role)
    if problem:
        messages.error(request, problem)
    elif role == "":
        audit.record(request, "member removed", target.user.email)
        target.delete()
    else:
        audit.record(request, "role changed", target.user.email, role=role)
        target.role = role
        target.save(update_fields=["role"])
    return redirect("team", slug=request.workspace.slug)


def _why_not(request, target: Membership, role: str) -> str:
    if role and role not in dict(roles.ROLES):
        return "There is no such role."
    touches_owner = roles.OWNER in (target.role, role)
    if touches_owner and not request.membership.may("manage_owners"):
        return "Only owners can change owners."
    owners = request.workspace.memberships.filter(role=roles.OWNER)
    if target.role == roles.OWNER and role != roles.OWNER and owners.count() == 1:
        return "A workspace keeps at least one owner."
    return ""


@require_GET
@member("read_audit")
def audit_log(request):
    entries = AuditEntry.objects.filter(workspace=request.workspace).order_by("-at")
    page = Paginator(entries, AUDIT_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/audit.html", {"page": page})
