"""Connecting numbers and accounts: by Meta's login, or by pasting a token and ids."""

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts import audit
from accounts.access import member, signed_in
from accounts.models import Membership
from business_numbers import (
    checking,
    fixes,
    looks,
    oauth,
    onboarding,
    standing,
    warnings,
)
from business_numbers.access import account_for, number_for
from business_numbers.forms import PasteForm
from business_numbers.graph import GraphError
from business_numbers.models import BusinessAccount, CheckRun, Number
from business_numbers.onboarding import CannotConnect, connect_whatsapp

KINDS = dict(BusinessAccount.KINDS)
TOO_LATE = (
    "This login does not belong to the one begun here, or it took more than ten minutes. "
    "Nothing was changed. Start again."
)
CANCELLED = "The login was cancelled at Meta. Nothing was changed."


def origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


# Meta's window answers to the page that opened it: this page alone lets it.
DIALOG_ORIGINS = {origin(settings.FACEBOOK_DIALOG_URL)}
if "https://www.facebook.com" in DIALOG_ORIGINS:
    DIALOG_ORIGINS.add("https://web.facebook.com")
FACEBOOK = {
    "script-src": [origin(settings.FACEBOOK_SDK_URL)],
    "frame-src": sorted(DIALOG_ORIGINS),
    "connect-src": sorted(DIALOG_ORIGINS),
}


@require_GET
@csp_update(FACEBOOK)
@member("manage_numbers")
def connect(request):
    """Before you start, and the ways to begin."""
    has_window = bool(settings.META_APP_ID and settings.META_CONFIG_ID)
    context = {
        "has_window": has_window,
        "window": _window(request) if has_window else {},
        "has_whatsapp_login": oauth.is_set_up(BusinessAccount.WHATSAPP),
        "has_instagram_login": oauth.is_set_up(BusinessAccount.INSTAGRAM),
        "waiting": _waiting(request),
    }
    response = render(request, "numbers/connect.html", context)
    response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def _window(request) -> dict:
    return {
        "app": settings.META_APP_ID,
        "config": settings.META_CONFIG_ID,
        "version": settings.GRAPH_VERSION,
        "sdk": settings.FACEBOOK_SDK_URL,
        "origins": " ".join(sorted(DIALOG_ORIGINS)),
        "state": oauth.new_state(request.session, request.workspace, oauth.WINDOW),
    }


def _waiting(request) -> list[BusinessAccount]:
    """Accounts a login brought whose number was not chosen yet."""
    found = BusinessAccount.objects.filter(
        workspace=request.workspace, kind=BusinessAccount.WHATSAPP, numbers=None
    )
    return list(found.exclude(token=""))


@require_GET
@member("manage_numbers")
def login(request):
    """On to Meta's dialog. `account` is one to be connected again."""
    kind, account = request.GET.get("kind", BusinessAccount.WHATSAPP), ""
    if request.GET.get("account"):
        found = account_for(request, _uuid(request.GET["account"]))
        kind, account = found.kind, str(found.id)
    if kind not in KINDS or not oauth.is_set_up(kind):
        raise Http404
    return redirect(oauth.begin(request.session, request.workspace, kind, account))


def _uuid(text: str) -> str:
    return text if len(text) == 36 and text.count("-") == 4 else str(0)


@require_GET
@signed_in
def come_back(request, kind, mark_gap=None):
    """Meta sends the browser here. The code is exchanged before anything else is done.

    `mark_gap` marks the threads of a number that was cut off; the wiring hands it down.
    """
    try:
        begun = oauth.take(request.session, kind, request.GET.get("state", ""))
    except oauth.BadState:
        messages.error(request, TOO_LATE)
        return redirect("workspaces")
    membership = get_object_or_404(
        Membership.objects.select_related("workspace"),
        user=request.user,
        workspace=begun.workspace,
    )
    if not membership.may("manage_numbers"):
        raise Http404
    request.workspace = membership.workspace
    code = request.GET.get("code", "")
    if not code:
        messages.error(request, CANCELLED)
        return redirect("numbers:connect", slug=request.workspace.slug)
    cut_off = _cut_off(request.workspace)
    try:
        place = _accept(request, begun, code)
        _mark_gaps(request.workspace, cut_off, mark_gap)
        return redirect(place)
    except CannotConnect as problem:
        messages.error(request, str(problem))
    except GraphError as error:
        messages.error(request, exchange_words(error))
    return redirect("numbers:connect", slug=request.workspace.slug)


def _cut_off(workspace) -> dict:
    """Accounts that could not be acted for, and since when."""
    found = BusinessAccount.objects.filter(
        workspace=workspace, authorisation=BusinessAccount.DISCONNECTED
    )
    return dict(found.values_list("id", "authorisation_changed_at"))


def _mark_gaps(workspace, cut_off: dict, mark_gap) -> None:
    back = Number.objects.in_use().filter(
        workspace=workspace,
        account__in=cut_off,
        account__authorisation=BusinessAccount.CONNECTED,
    )
    for number in back:
        mark_gap(number, cut_off[number.account_id])


def _accept(request, begun: oauth.Login, code: str) -> str:
    """Where to go on."""
    workspace, by = request.workspace, request.user.name
    if begun.kind == BusinessAccount.INSTAGRAM:
        number = onboarding.connect_instagram(
            workspace, oauth.instagram_token_for(code), by
        )
        audit.record(request, "instagram connected", number.display)
        messages.info(request, f"{number.label} is connected.")
        return _page_of(number)
    token = oauth.token_for(code, redirect_uri=oauth.back(begun.kind))
    if begun.account:
        return _accept_again(request, begun.account, token)
    accounts = onboarding.accept_login(workspace, token, by)
    for account in accounts:
        audit.record(request, "account connected", account.meta_id)
    return reverse("numbers:choose", args=[workspace.slug])


def _accept_again(request, account_id: str, token: str) -> str:
    account = account_for(request, account_id)
    onboarding.accept_again(account, token, request.user.name)
    account.refresh_from_db()
    audit.record(request, "account reconnected", account.meta_id)
    messages.info(
        request,
        f"Connected as {request.user.first_name}’s Meta account. Token ends in "
        f"{account.token_last4}. Messages sent to you in between may be missing; open "
        "WhatsApp Manager to check.",
    )
    numbers = list(account.numbers.in_use().select_related("account"))
    for number in numbers:
        checking.check(number, CheckRun.AFTER_CHANGE, request.user.first_name)
    if not numbers:
        return reverse("numbers:choose", args=[request.workspace.slug])
    return _page_of(numbers[0])


def exchange_words(error: GraphError) -> str:
    """Why a code could not be exchanged. Each is said once, and nothing was kept."""
    if error.code == 100 and error.subcode in (36007, 36009):
        return "Meta’s code is good for 30 seconds and once. Start the login again."
    if error.code == 100 and error.subcode == 36008:
        return "Meta does not know the address it was to come back to. Add it in the App Dashboard."
    if error.code is None:
        return "Meta did not answer. Nothing was changed. Try the login again."
    return f"Meta refused: {error.meaning.words} Nothing was changed."


def _page_of(number: Number) -> str:
    return reverse("numbers:show", args=[number.workspace.slug, number.id])


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def choose(request):
    """Which of the numbers Meta showed: those that are taken are listed with why."""
    problem = ""
    if request.method == "POST":
        account_id, _, phone = request.POST.get("number", "").partition(":")
        account = account_for(request, _uuid(account_id)) if phone else None
        try:
            if account is None:
                raise CannotConnect("Choose a number.")
            number = onboarding.choose(account, phone)
        except CannotConnect as refused:
            problem = str(refused)
        else:
            audit.record(request, "number connected", number.meta_id)
            is_done = number.status == Number.ACTIVE
            name = "numbers:show" if is_done else "numbers:setup"
            return redirect(name, slug=request.workspace.slug, number_id=number.id)
    found = offers(request.workspace)
    context = {
        "offers": found,
        "can_choose": any(not offer["why_not"] for offer in found),
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "numbers/choose.html", context, status=status)


def offers(workspace) -> list[dict]:
    """Every number of every account with a token, and why one cannot be chosen."""
    accounts = BusinessAccount.objects.filter(
        workspace=workspace, kind=BusinessAccount.WHATSAPP
    ).exclude(token="")
    found = [(account, seen) for account in accounts for seen in account.offered]
    ids = [seen["id"] for _, seen in found]
    taken = dict(
        Number.objects.in_use()
        .filter(kind=Number.WHATSAPP, meta_id__in=ids)
        .values_list("meta_id", "workspace_id")
    )
    return [
        {
            "account": account,
            "seen": seen,
            "value": f"{account.id}:{seen['id']}",
            "why_not": _why_not(taken.get(seen["id"]), workspace),
        }
        for account, seen in found
    ]


def _why_not(owner: int | None, workspace) -> str:
    if owner is None:
        return ""
    if owner == workspace.id:
        return "Already one of your numbers."
    return onboarding.ELSEWHERE


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def paste(request):
    form = PasteForm(request.POST or None)
    if form.is_valid():
        try:
            number = connect_whatsapp(
                request.workspace, form.pasted(), form.cleaned_data["label"]
            )
        except CannotConnect as problem:
            form.add_error(None, str(problem))
        else:
            audit.record(request, "number connected", number.meta_id)
            messages.info(request, f"{number.label} is connected.")
            return redirect(_page_of(number))
    status = 422 if form.is_bound else 200
    return render(request, "numbers/paste.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def disconnect(request, number_id):
    """Ours to undo: subscription, override, token. The registration stays."""
    number = number_for(request, number_id)
    if request.method == "POST":
        fixes.disconnect(number, request.user.first_name)
        audit.record(request, "account disconnected", number.account.meta_id)
        messages.info(
            request, f"{number.account} is disconnected. The phone stays registered."
        )
        return redirect(_page_of(number))
    others = number.account.numbers.in_use().exclude(id=number.id)
    context = {"number": number, "others": others}
    return render(request, "numbers/disconnect.html", context)


@require_POST
@member("reply")
def ask_owner(request, number_id):
    """Who may not reconnect asks who may, with one click."""
    number = number_for(request, number_id)
    people = warnings.ask_owners(number, request.user, _page_of(number))
    audit.record(request, "owners asked about a number", number.meta_id)
    messages.info(request, f"Asked: {', '.join(people)}.")
    return redirect(_page_of(number))


@require_GET
@member("read")
def feature_unavailable(request):
    return render(request, "numbers/feature_unavailable.html")


@require_GET
@member("read")
def platform(request, kind):
    """Settings → Platforms: the accounts of one channel and their authorisation."""
    if kind not in KINDS:
        raise Http404
    found = [
        s for s in standing.of_workspace(request.workspace) if s.number.kind == kind
    ]
    accounts = BusinessAccount.objects.filter(workspace=request.workspace, kind=kind)
    for account in accounts:
        account.look = looks.authorisation(account)
        account.standings = [s for s in found if s.number.account_id == account.id]
        account.why = warnings.cause_words(account)
    context = {
        "kind": kind,
        "kind_name": KINDS[kind],
        "accounts": accounts,
        "may_connect": request.membership.may("manage_numbers"),
        "has_login": oauth.is_set_up(kind),
    }
    return render(request, "numbers/platform.html", context)
