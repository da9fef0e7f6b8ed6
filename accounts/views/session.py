"""Where signing in and the short paths lead, and what a refused form gives back."""

from allauth.account.views import password_reset
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import is_scripted, public, signed_in
from accounts.models import Membership


@public
def csrf_failed(request, reason=""):
    """Signing in rotates the token, so an older page's form lands here: give its text back."""
    if is_scripted(request):
        return HttpResponse(status=403, headers={"HX-Trigger": "csrf-expired"})
    kept = [
        value
        for key, value in request.POST.items()
        if key not in ("csrfmiddlewaretoken", "password", "token") and len(value) > 3
    ]
    return render(request, "403_csrf.html", {"kept": kept}, status=403)


@public
def forgot(request):
    """A page that promises an e-mail only where there is mail."""
    if settings.EMAIL_URL:
        return password_reset(request)
    return render(request, "account/password_reset.html", {"is_silent": True})


@require_GET
@signed_in
def go_to(request, page: str, rest: str = ""):
    """`/inbox/…` leads to the workspace used last: `/w/<slug>/inbox/…`."""
    workspace = request.user.last_workspace
    if not (
        workspace and request.user.memberships.filter(workspace=workspace).exists()
    ):
        first = Membership.objects.filter(user=request.user).order_by("id").first()
        if first is None:
            return redirect("no_workspace")
        workspace = first.workspace
    query = request.META.get("QUERY_STRING", "")
    target = f"/w/{workspace.slug}/{page}/{rest}"
    return redirect(f"{target}?{query}" if query else target)


@require_GET
@signed_in
def no_workspace(request):
    return render(request, "accounts/no_workspace.html")
