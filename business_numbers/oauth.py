"""Meta's logins: the way there, and what comes back. A state is good once, for ten minutes.

The state lives in the session of who began it and names the workspace it was begun in, so
an answer to somebody else's login, or to another workspace's, finds nothing.
"""

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from business_numbers.graph import Grant, call, exchange
from business_numbers.models import BusinessAccount
from converge import clock

KEY, LIVES_FOR = "meta_login", 600
WINDOW = "window"  # Embedded Signup in a window of its own
WHATSAPP_SCOPES = (
    "public_profile",
    "whatsapp_business_management",
    "whatsapp_business_messaging",
)
INSTAGRAM_SCOPES = ("instagram_business_basic", "instagram_business_manage_messages")


class BadState(Exception):
    """This answer does not belong to a login begun here and now."""


@dataclass(frozen=True)
class Login:
    kind: str
    workspace: int
    account: str  # to be connected again, or ""


def begin(session, workspace, kind: str, account: str = "") -> str:
    """Remember that a login is under way; where to send the browser."""
    state = new_state(session, workspace, kind, account)
    if kind == BusinessAccount.INSTAGRAM:
        return _instagram_url(state)
    return _facebook_url(state, again=bool(account))


def new_state(session, workspace, kind: str, account: str = "") -> str:
    """One that replaces any other begun in this session with the same way back."""
    state = secrets.token_urlsafe(32)
    session[f"{KEY}:{kind}"] = {
        "state": state,
        "kind": kind,
        "workspace": workspace.id,
        "account": account,
        "at": clock.now().timestamp(),
    }
    return state


def take(session, kind: str, state: str) -> Login:
    """The login this state belongs to; it cannot be taken twice."""
    kept = session.pop(f"{KEY}:{kind}", None)
    if not kept or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        raise BadState
    if kept["kind"] != kind or clock.now().timestamp() - kept["at"] > LIVES_FOR:
        raise BadState
    return Login(kind, kept["workspace"], kept["account"])


def back(kind: str) -> str:
    return f"{settings.PUBLIC_URL}/connect/{kind}/"


def is_set_up(kind: str) -> bool:
    return bool(
        instagram_app() if kind == BusinessAccount.INSTAGRAM else settings.META_APP_ID
    )


def instagram_app() -> str:
    return settings.INSTAGRAM_APP_ID or settings.META_APP_ID


def _facebook_url(state: str, *, again: bool) -> str:
    query = {
        "client_id": settings.META_APP_ID,
        "redirect_uri": back(BusinessAccount.WHATSAPP),
        "response_type": "code",
        "state": state,
    }
    if settings.META_CONFIG_ID:
        query["config_id"] = settings.META_CONFIG_ID
        query["override_default_response_type"] = "true"
    else:
        query["scope"] = ",".join(WHATSAPP_SCOPES)
    if again:
        query["auth_type"] = "rerequest"  # asks for what was declined before, too
    base = f"{settings.FACEBOOK_DIALOG_URL}/{settings.GRAPH_VERSION}/dialog/oauth"
    return f"{base}?{urlencode(query)}"


def _instagram_url(state: str) -> str:
    query = {
        "client_id": instagram_app(),
        "redirect_uri": back(BusinessAccount.INSTAGRAM),
        "response_type": "code",
        "scope": ",".join(INSTAGRAM_SCOPES),
        "state": state,
    }
    return f"{settings.INSTAGRAM_AUTH_URL}/oauth/authorize?{urlencode(query)}"


def token_for(code: str, *, redirect_uri: str) -> str:
    """A WhatsApp login's token. The code lives thirty seconds: nothing comes before this."""
    url = f"{settings.GRAPH_URL}/{settings.GRAPH_VERSION}/oauth/access_token"
    fields = {
        "client_id": settings.META_APP_ID,
        "client_secret": settings.META_APP_SECRET,
        "code": code,
    }
    if redirect_uri:
        fields["redirect_uri"] = redirect_uri
    return str(exchange(url, fields)["access_token"])


@dataclass(frozen=True)
class InstagramLogin:
    token: str
    lives_for: int


def instagram_token_for(code: str) -> InstagramLogin:
    """The short token of a login, made long at once."""
    secret = settings.INSTAGRAM_APP_SECRET or settings.META_APP_SECRET
    fields = {
        "client_id": instagram_app(),
        "client_secret": secret,
        "grant_type": "authorization_code",
        "redirect_uri": back(BusinessAccount.INSTAGRAM),
        "code": code.removesuffix("#_"),
    }
    answer = exchange(f"{settings.INSTAGRAM_TOKEN_URL}/oauth/access_token", fields)
    short = Grant.with_token(
        str(answer["access_token"]), kind=BusinessAccount.INSTAGRAM
    )
    query = {"grant_type": "ig_exchange_token", "client_secret": secret}
    longer = call(short, "GET", "access_token", params=query)
    return InstagramLogin(
        str(longer["access_token"]), int(longer.get("expires_in") or 0)
    )
