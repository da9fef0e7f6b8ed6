"""Pages from templates: Django's engine on its own, without settings or apps."""

from pathlib import Path

from django.template import Context, Engine

from simulator.exchange import Response

HERE = Path(__file__).parent.parent
ENGINE = Engine(dirs=[str(HERE / "templates")], autoescape=True)
POLICY = (
    "default-src 'self'; img-src 'self' http: https: data:; media-src 'self' http: "
    "https:; base-uri 'none'; object-src 'none'"
)
GUARDS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


def render(name: str, context: dict, status: int = 200) -> Response:
    return Response(
        status,
        render_text(name, context).encode(),
        "text/html; charset=utf-8",
        headers=GUARDS,
    )


def render_text(name: str, context: dict) -> str:
    # Without l10n and time zones nothing asks for Django's settings.
    filled = Context(context, use_l10n=False, use_tz=False)
    return ENGINE.get_template(name).render(filled)
