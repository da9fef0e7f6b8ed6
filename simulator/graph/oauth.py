"""Tokens: code exchange, longer lives, refresh, and `debug_token`.

A code lives thirty seconds and is good once; its redirect URI must be repeated.
"""

from dataclasses import dataclass

from simulator.exchange import Request, Response, answer_json
from simulator.graph.access import check_token, read_token
from simulator.graph.errors import GraphError
from simulator.world import INSTAGRAM_SCOPES, WHATSAPP_SCOPES, Token

CODE_LIVES_FOR = 30
DAY = 86_400
SIXTY_DAYS = 60 * DAY
HOUR = 3600


@dataclass(slots=True)
class Code:
    value: str
    app_id: str
    redirect_uri: str
    issued_at: float
    targets: tuple[str, ...]
    type: str  # of the token it is good for
    lives_for: float  # the token; 0 = for ever
    used: bool = False


def make_code(sim, app_id, redirect_uri, targets, kind, lives_for) -> Code:
    code = Code(
        sim.ids.make_secret("AQ")[:120],
        app_id,
        redirect_uri,
        sim.clock.now(),
        tuple(targets),
        kind,
        lives_for,
    )
    sim.codes[code.value] = code
    return code


def exchange(sim, request: Request) -> Response:
    """`/oauth/access_token`, Facebook's and Instagram's alike."""
    fields = request.read_fields()
    _check_client(sim, fields)
    grant = fields.get("grant_type", "")
    if grant == "fb_exchange_token":
        return _lengthen(sim, fields)
    if grant == "client_credentials":
        token = f"{fields['client_id']}|{fields['client_secret']}"
        return answer_json({"access_token": token, "token_type": "bearer"})
    return _exchange_code(sim, fields)


def _exchange_code(sim, fields: dict) -> Response:
    code = sim.codes.get(str(fields.get("code", "")).removesuffix("#_"))
    if code is None:
        raise GraphError(
            100, message="Invalid verification code format.", subcode=36007
        )
    if code.used:
        raise GraphError(
            100, message="This authorization code has been used.", subcode=36009
        )
    if sim.clock.now() - code.issued_at > CODE_LIVES_FOR:
        raise GraphError(
            100, message="This authorization code has expired.", subcode=36007
        )
    if code.redirect_uri != fields.get("redirect_uri", ""):
        raise GraphError(
            100,
            message=(
                "Error validating verification code. Please make sure your redirect_uri "
                "is identical to the one you used in the OAuth dialog request"
            ),
            subcode=36008,
        )
    code.used = True
    token = issue_token(sim, code)
    return answer_json(_describe_issued(sim, token))


def issue_token(sim, code: Code) -> Token:
    instagram = code.type == "INSTAGRAM"
    now = sim.clock.now()
    token = Token(
        sim.ids.make_secret("IGAASIM" if instagram else "EAASIM"),
        code.type,
        code.app_id,
        INSTAGRAM_SCOPES if instagram else WHATSAPP_SCOPES,
        code.targets,
        now,
        expires_at=now + code.lives_for if code.lives_for else 0.0,
        long_lived=code.type == "SYSTEM_USER",
    )
    if instagram:
        token.user_id = sim.world.instagram[code.targets[0]].user_id
    sim.world.tokens[token.value] = token
    return token


def _describe_issued(sim, token: Token) -> dict:
    described: dict = {"access_token": token.value}
    if token.type == "INSTAGRAM":
        described["user_id"] = int(token.user_id)
        described["permissions"] = list(token.scopes)
        return described
    described["token_type"] = "bearer"  # noqa: S105
    if token.expires_at:
        described["expires_in"] = int(token.expires_at - sim.clock.now())
    return described


def _lengthen(sim, fields: dict) -> Response:
    """User tokens only, and only while they live."""
    old = sim.world.tokens.get(str(fields.get("fb_exchange_token", "")))
    if old is None:
        raise GraphError(190, message="Invalid OAuth access token.")
    check_token(sim, old)
    if old.type != "USER":
        raise GraphError(100, message="(#100) This kind of token cannot be exchanged.")
    token = _make_longer(sim, old, "EAASIM")
    return answer_json(_describe_issued(sim, token))


def exchange_instagram(sim, request: Request) -> Response:
    """`GET /access_token?grant_type=ig_exchange_token`"""
    fields = request.read_fields()
    if fields.get("grant_type") != "ig_exchange_token":
        raise GraphError(100, message="(#100) Param grant_type is not valid")
    if fields.get("client_secret") not in sim.secrets():
        raise GraphError(1, message="Error validating client secret.")
    return _answer_longer(sim, read_token(sim, request))


def refresh_instagram(sim, request: Request) -> Response:
    """`GET /refresh_access_token`: not younger than a day, not expired."""
    if request.query.get("grant_type") != "ig_refresh_token":
        raise GraphError(100, message="(#100) Param grant_type is not valid")
    old = read_token(sim, request)
    if not old.long_lived or sim.clock.now() - old.issued_at < DAY:
        raise GraphError(100, message="(#100) The token cannot be refreshed yet.")
    return _answer_longer(sim, old)


def _answer_longer(sim, old: Token) -> Response:
    if old.type != "INSTAGRAM":
        raise GraphError(
            190, message="Invalid OAuth access token - Cannot parse access token"
        )
    token = _make_longer(sim, old, "IGAASIM")
    return answer_json(
        {
            "access_token": token.value,
            "token_type": "bearer",
            "expires_in": int(SIXTY_DAYS),
        }
    )


def _make_longer(sim, old: Token, prefix: str) -> Token:
    now = sim.clock.now()
    token = Token(
        sim.ids.make_secret(prefix),
        old.type,
        old.app_id,
        old.scopes,
        old.targets,
        now,
        expires_at=now + SIXTY_DAYS,
        user_id=old.user_id,
    )
    sim.world.tokens[token.value] = token
    return token


def debug(sim, request: Request) -> Response:
    """`GET /debug_token`: about any token, asked by the app it belongs to."""
    caller = read_token(sim, request)
    value = request.query.get("input_token", "")
    token = sim.world.tokens.get(value)
    if token is None:
        error = {
            "code": 190,
            "message": "Invalid OAuth access token - Cannot parse access token",
        }
        return answer_json({"data": {"error": error, "is_valid": False, "scopes": []}})
    if caller.app_id != token.app_id:
        raise GraphError(100, message="(#100) You must provide an app access token")
    return answer_json({"data": _describe_debugged(sim, token)})


def _describe_debugged(sim, token: Token) -> dict:
    described = {
        "app_id": token.app_id,
        "type": "USER" if token.type == "INSTAGRAM" else token.type,
        "application": "Simulated app",
        "data_access_expires_at": int(token.issued_at + 90 * DAY)
        if token.type == "USER"
        else 0,
        "expires_at": int(token.expires_at),
        "is_valid": True,
        "issued_at": int(token.issued_at),
        "scopes": list(token.scopes),
        "granular_scopes": [
            {"scope": scope, "target_ids": list(token.targets)}
            for scope in token.scopes
            if scope.startswith(("whatsapp", "instagram"))
        ],
        "user_id": token.user_id,
    }
    try:
        check_token(sim, token)
    except GraphError as error:
        described["is_valid"] = False
        described["error"] = {
            "code": error.code,
            "message": error.message,
            "subcode": error.subcode or 0,
        }
    return described


def _check_client(sim, fields: dict) -> None:
    if fields.get("client_id") not in sim.options.app_ids():
        raise GraphError(
            101, message="Error validating application. Invalid application ID."
        )
    instagram = fields["client_id"] == sim.options.instagram_app_id
    secret = sim.options.secret_for("instagram" if instagram else "whatsapp")
    if fields.get("client_secret") != secret:
        raise GraphError(1, message="Error validating client secret.")
