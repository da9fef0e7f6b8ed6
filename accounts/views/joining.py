"""How people come in: by an invitation, or as the first owner of a new installation."""

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit, roles
from accounts.access import public, signed_in
from accounts.forms import FirstOwnerForm, NewPersonForm
from accounts.models import Invitation, Membership, User, Workspace

FIRST_RUN = "accounts.first-run"
FIRST_RUN_AGE = 24 * 3600
BACKEND = "django.contrib.auth.backends.ModelBackend"


def first_run_token() -> str:
    """Printed at the start of an installation without people; void once there is one."""
    return signing.dumps("first owner", salt=FIRST_RUN)


@require_http_methods(["GET", "POST"])
@public
def first_run(request, token):
    try:
        signing.loads(token, salt=FIRST_RUN, max_age=FIRST_RUN_AGE)
    except signing.BadSignature as error:
        raise Http404 from error
    if User.objects.exists():
        raise Http404
    form = FirstOwnerForm(request.POST or None)
    if form.is_valid():
        user = _found(form.cleaned_data)
        login(request, user, backend=BACKEND)
        return redirect("/inbox/")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/first_run.html", {"form": form}, status=status)


@transaction.atomic
def _found(data: dict) -> User:
    user = User.objects.create_superuser(
        data["email"], data["password"], name=data["name"]
    )
    workspace = Workspace.objects.create(
        name=data["workspace"], slug=slugify(data["workspace"])[:40] or "workspace"
    )
    Membership.objects.create(user=user, workspace=workspace, role=roles.OWNER)
    audit.record_system("workspace founded", workspace.name, workspace=workspace)
    return user


@require_http_methods(["GET", "POST"])
@public
def accept_invitation(request, token):
    """A known address joins after signing in; a new one sets a name and password."""
    invitation = Invitation.objects.by_token(token).select_related("workspace").first()
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    known = User.objects.filter(email__iexact=invitation.email).first()
    if known and request.user != known:
        return redirect(f"{settings.PUBLIC_URL}/accounts/login/?next={request.path}")
    form = NewPersonForm(request.POST or None) if not known else None
    is_ready = request.method == "POST" and (known or form.is_valid())
    if is_ready:
        user = known or User.objects.create_user(
            invitation.email,
            form.cleaned_data["password"],
            name=form.cleaned_data["name"],
        )
        _join(invitation, user)
        login(request, user, backend=BACKEND)
        return redirect("inbox:inbox", slug=invitation.workspace.slug)
    status = 422 if form is not None and form.is_bound else 200
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/invitation.html", context, status=status)


@transaction.atomic
def _join(invitation: Invitation, user: User) -> None:
    accepted = Invitation.objects.open().filter(pk=invitation.pk)
    if not accepted.update(accepted_at=timezone.now()):
        raise Http404  # somebody else used the link first
    Membership.objects.get_or_create(
        workspace=invitation.workspace, user=user, defaults={"role": invitation.role}
    )
    audit.record_system(
        "joined", user.email, workspace=invitation.workspace, role=invitation.role
    )


@require_GET
@signed_in
def second_factor_needed(request, slug):
    return render(request, "accounts/second_factor_needed.html", {"slug": slug})
