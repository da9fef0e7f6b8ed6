"""Who is calling: tokens, their state, appsecret_proof, and what they may touch."""

import hashlib
import hmac
from datetime import UTC, datetime

from simulator.exchange import Request
from simulator.graph.errors import TOKEN_WORDS, GraphError, missing_object
from simulator.state import Simulator
from simulator.world import Token

# What somebody did to a token → subcode of 190.
SUBCODES = {
    "revoked": None,
    "app_removed": 458,
    "checkpoint": 459,
    "password_changed": 460,
    "expired": 463,
    "unconfirmed": 464,
    "logged_out": 467,
}
# The token is alive, yet something is refused.
LOSSES = ("lost_permission", "lost_asset", "blocked")
STATES = ("valid", *SUBCODES, *LOSSES)

MANAGEMENT = "whatsapp_business_management"
MESSAGING = "whatsapp_business_messaging"
MESSAGING_EDGES = ("messages", "marketing_messages", "media", "register", "deregister")
INSTAGRAM_BASIC = "instagram_business_basic"
INSTAGRAM_MESSAGES = "instagram_business_manage_messages"

_proofs: dict[tuple[str, str], str] = {}


def read_token(sim: Simulator, request: Request) -> Token:
    value = _find_token_text(request)
    if not value:
        raise GraphError(
            104,
            message="An access token is required to request this resource.",
            http=401,
        )
    token = sim.world.tokens.get(value) or _read_app_token(sim, value)
    if token is None:
        raise GraphError(
            190, message="Invalid OAuth access token - Cannot parse access token"
        )
    check_token(sim, token)
    _check_proof(sim, request, token)
    return token


def check_token(sim: Simulator, token: Token) -> None:
    if token.expires_at and sim.clock.now() >= token.expires_at:
        raise _expired(token.expires_at, sim.clock.now())
    if token.state == "expired":
        raise _expired(token.issued_at, sim.clock.now())
    if token.state in SUBCODES:
        subcode = SUBCODES[token.state]
        raise GraphError(190, subcode=subcode, message=TOKEN_WORDS[subcode])
    if token.state == "blocked":
        raise GraphError(368)


def check_reach(token: Token, verb: str, owner_id: str, node_id: str) -> None:
    """The token must cover the account a node belongs to."""
    if token.type == "APP" or token.state == "lost_asset":
        raise missing_object(verb, node_id)
    if owner_id not in token.targets:
        raise missing_object(verb, node_id)


def check_scope(token: Token, kind: str, edge: str) -> None:
    """The permission one edge of one kind of node needs; any one of several will do."""
    if kind == "instagram":
        needed = (
            (INSTAGRAM_MESSAGES,) if edge else (INSTAGRAM_MESSAGES, INSTAGRAM_BASIC)
        )
    elif edge in MESSAGING_EDGES:
        needed = (MESSAGING,)
    else:
        needed = (MANAGEMENT, MESSAGING)
    if token.state == "lost_permission" or not any(s in token.scopes for s in needed):
        raise GraphError(
            200,
            message=(
                "(#200) You do not have the necessary permissions to send messages or "
                "manage this account on behalf of this WhatsApp Business Account"
            ),
        )


def make_proof(secret: str, token: str) -> str:
    known = _proofs.get((secret, token))
    if known is None:
        known = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        _proofs[secret, token] = known
    return known


def _find_token_text(request: Request) -> str:
    header = request.headers.get("authorization", "")
    kind, _, value = header.partition(" ")
    if value and kind in ("Bearer", "OAuth", "bearer"):
        return value.strip()
    if "access_token" in request.query:
        return request.query["access_token"]
    if request.method == "POST" and b"access_token" in request.body:
        try:
            return str(request.read_fields().get("access_token", ""))
        except ValueError:
            return ""
    return ""


def _read_app_token(sim: Simulator, value: str) -> Token | None:
    app_id, _, secret = value.partition("|")
    if app_id in sim.options.app_ids() and secret in sim.secrets():
        return Token(value, "APP", app_id, (), ())
    return None


def _check_proof(sim: Simulator, request: Request, token: Token) -> None:
    proof = request.query.get("appsecret_proof")
    if proof is None:
        return
    expected = (make_proof(secret, token.value) for secret in sim.secrets())
    if not any(hmac.compare_digest(proof, known) for known in expected):
        raise GraphError(
            100,
            message="Invalid appsecret_proof provided in the API argument",
            type="GraphMethodException",
        )


def _expired(at: float, now: float) -> GraphError:
    return GraphError(
        190,
        subcode=463,
        message=(
            f"Error validating access token: Session has expired on {_say(at)}. "
            f"The current time is {_say(now)}."
        ),
    )


def _say(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%A, %d-%b-%y %H:%M:%S UTC")
