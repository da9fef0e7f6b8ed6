"""The login dialogs: who logs in, what is granted, and back to the app with a code."""

from urllib.parse import urlencode

from simulator.exchange import Request, Response, redirect_to
from simulator.graph.oauth import HOUR, SIXTY_DAYS, Code, make_code
from simulator.pages import signup
from simulator.pages.phone import describe_world
from simulator.pages.render import render
from simulator.webhooks.account_events import post_event
from simulator.world import INSTAGRAM_SCOPES, WHATSAPP_SCOPES

PERSONAS = (
    ("admin", "Olivia Hart (admin of the app)"),
    ("teammate", "Sam Reyes (invited teammate, no role in the app)"),
)
KEPT = (
    *("client_id", "redirect_uri", "state", "config_id", "scope", "response_type"),
    *("display", "origin"),
)
DENIED = {
    "error": "access_denied",
    "error_code": "200",
    "error_reason": "user_denied",
    "error_description": "Permissions error",
}


def show_facebook(sim, request: Request) -> Response:
    query = request.query
    if problem := _find_problem(sim, query):
        return problem
    scopes = query.get("scope") or ", ".join(WHATSAPP_SCOPES)
    context = {
        "title": "Connect your WhatsApp account",
        "sentence": "The app wants to manage messages for your business.",
        "action": "/dialog/oauth",
        "personas": PERSONAS,
        "assets": list(sim.world.accounts.values()),
        "scopes": scopes.replace(",", ", "),
        "endings": signup.ENDINGS if signup.is_popup(query) else (),
    }
    return _show(sim, query, context)


def decide_facebook(sim, request: Request) -> Response:
    fields = request.read_fields()
    if problem := _find_problem(sim, fields):
        return problem
    if fields.get("decision") != "allow" and not signup.is_popup(fields):
        return _go_back(fields, DENIED)
    if (
        fields.get("persona") == "teammate"
        and sim.settings.public_profile == "standard"
    ):
        return _show_unavailable(sim)
    granted = [a for a in sim.world.accounts.values() if f"asset-{a.id}" in fields]
    if signup.is_popup(fields):
        return _finish_window(sim, fields, granted)
    if not granted:
        return _go_back(fields, DENIED)
    if fields.get("config_id"):
        for account in granted:
            _tell_partner_added(sim, account)
    return _go_back(fields, {"code": _grant(sim, fields, granted).value})


def _finish_window(sim, fields: dict, granted: list) -> Response:
    """Codes of a window belong to no redirect URI."""
    if fields.get("decision") != "allow":
        return signup.finish(sim, fields | {"ending": "CANCEL"}, granted, "")
    for account in granted:
        _tell_partner_added(sim, account)
    code = _grant(sim, fields | {"redirect_uri": ""}, granted)
    return signup.finish(sim, fields, granted, code.value)


def _grant(sim, fields: dict, accounts: list) -> Code:
    """A business-integration token by configuration, else a short user token."""
    kind, lives_for = (
        ("SYSTEM_USER", SIXTY_DAYS) if fields.get("config_id") else ("USER", 2 * HOUR)
    )
    targets = [account.id for account in accounts]
    app_id, redirect_uri = fields["client_id"], fields["redirect_uri"]
    return make_code(sim, app_id, redirect_uri, targets, kind, lives_for)


def show_instagram(sim, request: Request) -> Response:
    query = request.query
    if problem := _find_problem(sim, query):
        return problem
    context = {
        "title": "Connect your Instagram account",
        "sentence": "The app wants to read and answer your messages.",
        "action": "/oauth/authorize",
        "assets": list(sim.world.instagram.values()),
        "scopes": ", ".join(INSTAGRAM_SCOPES),
    }
    return _show(sim, query, context)


def decide_instagram(sim, request: Request) -> Response:
    fields = request.read_fields()
    if problem := _find_problem(sim, fields):
        return problem
    granted = [a.id for a in sim.world.instagram.values() if f"asset-{a.id}" in fields]
    if fields.get("decision") != "allow" or not granted:
        return _go_back(fields, DENIED)
    code = make_code(
        sim, fields["client_id"], fields["redirect_uri"], granted, "INSTAGRAM", HOUR
    )
    # Meta's own redirect ends so; whoever does not strip it loses the code.
    return _go_back(fields, {"code": code.value}, ending="#_")


def _show(sim, query: dict, context: dict) -> Response:
    hidden = [(name, query[name]) for name in KEPT if name in query]
    return render("login.html", {**context, "hidden": hidden, **describe_world(sim)})


def _find_problem(sim, fields: dict) -> Response | None:
    if fields.get("client_id") not in sim.options.app_ids():
        return _show_problem(sim, "Invalid app id", "There is no app with this id.")
    if not str(fields.get("redirect_uri", "")).startswith(("http://", "https://")):
        return _show_problem(
            sim, "URL blocked", "The redirect URI is missing or is no http address."
        )
    return None


def _show_problem(sim, problem: str, explanation: str) -> Response:
    context = {"problem": problem, "explanation": explanation}
    return render("login.html", {**context, **describe_world(sim)}, status=400)


def _show_unavailable(sim) -> Response:
    """No way back to the app: exactly what makes this hard to notice."""
    context = {
        "problem": "Feature Unavailable",
        "explanation": (
            "This app cannot be used for logging in at the moment: we are updating "
            "additional details for it. Try again later."
        ),
        "feature": True,
    }
    return render("login.html", {**context, **describe_world(sim)})


def _go_back(fields: dict, answer: dict, ending: str = "") -> Response:
    if fields.get("state"):
        answer = {**answer, "state": fields["state"]}
    uri = fields["redirect_uri"]
    separator = "&" if "?" in uri else "?"
    return redirect_to(f"{uri}{separator}{urlencode(answer)}{ending}")


def _tell_partner_added(sim, account) -> None:
    info = {"waba_id": account.id, "owner_business_id": sim.world.business_id}
    value = {"event": "PARTNER_ADDED", "waba_info": info}
    post_event(sim, sim.world.business_id, "account_update", value)
