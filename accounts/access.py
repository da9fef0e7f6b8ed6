"""Deny by default: every view says who may call it, and a test visits them all.

`@member("reply")` finds the workspace named in the URL, answers 404 to strangers and
403 to members whose role may not, and sets `request.workspace` and `request.membership`.
"""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import roles
from accounts.models import Membership


def public(view):
    """Anyone may call it, signed in or not."""
    view.access = "public"
    return view


def signed_in(view):
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    wrapper.access = "signed in"
    return wrapper


def member(act: str):
    """Members of the workspace in the URL whose role may do `act`."""
    if act not in roles.MAY:
        raise ValueError(f"no such act: {act}")

    def decorator(view):
        @wraps(view)
        def wrapper(request, slug, *args, **kwargs):
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            enter_workspace(request, slug)
            if not request.membership.may(act):
                return refuse(request, act)
            if needs_second_factor(request):
                return redirect("second_factor_needed", slug=slug)
            return view(request, *args, **kwargs)

        wrapper.access = act
        return wrapper

    return decorator


def enter_workspace(request, slug: str) -> None:
    membership = (
        Membership.objects.select_related("workspace")
        .filter(workspace__slug=slug, user=request.user)
        .first()
    )
    if membership is None:
        raise Http404
    request.membership, request.workspace = membership, membership.workspace
    request.membership.user = request.user
    if request.user.last_workspace_id != membership.workspace_id:
        request.user.last_workspace = membership.workspace
        request.user.save(update_fields=["last_workspace"])


def is_scripted(request) -> bool:
    """Asked for by a page that is open, not by following a link."""
    return bool(request.htmx) or request.headers.get("X-Requested-With") == "fetch"


def ask_to_sign_in(request):
    """A page goes to the sign-in page; a fragment learns it by 401, so nothing is lost."""
    if is_scripted(request):
        return HttpResponse(status=401, headers={"HX-Trigger": "session-expired"})
    if request.method != "GET":
        back = request.headers.get("Referer", "")
        here = f"{settings.PUBLIC_URL}/"
        path = back.removeprefix(here[:-1]) if back.startswith(here) else "/inbox/"
        return redirect(f"{reverse('account_login')}?{urlencode({'next': path})}")
    return redirect_to_login(request.get_full_path())


def refuse(request, act: str):
    people = (
        Membership.objects.filter(workspace=request.workspace, role__in=roles.MAY[act])
        .select_related("user")
        .order_by("role", "user__name")[:3]
    )
    return render(
        request,
        "403.html",
        {"allowed": roles.roles_that(act), "people": [m.user for m in people]},
        status=403,
    )


def needs_second_factor(request) -> bool:
    """Owners need two-factor in production; the demo is exempt and says so."""
    if settings.DEMO or settings.DEBUG or request.membership.role != roles.OWNER:
        return False
    return not request.user.authenticator_set.exists()
