"""The first page: what this is, how the product is connected, what it heard."""

from simulator.exchange import Request, Response
from simulator.pages.phone import describe_world
from simulator.pages.render import render


def show(sim, request: Request) -> Response:
    summary = sim.sender.log.summarise()
    context = {
        "at": "overview",
        "settings": _list_settings(sim),
        "numbers": list(sim.world.numbers.values()),
        "instagram": list(sim.world.instagram.values()),
        "tokens": list(sim.world.tokens.values())[:3],
        "accounts": list(sim.world.accounts.values()),
        "summary": summary,
        "accepted": len(sim.journal.entries),
        "reach": _judge_reach(summary),
        "product": sim.options.product,
        **describe_world(sim),
    }
    return render("overview.html", context)


def _list_settings(sim) -> list[tuple[str, str]]:
    options = sim.options
    url = options.base_url
    return [
        ("GRAPH_URL", url),
        ("INSTAGRAM_GRAPH_URL", url),
        ("FACEBOOK_DIALOG_URL", url),
        ("INSTAGRAM_AUTH_URL", url),
        ("INSTAGRAM_TOKEN_URL", url),
        ("META_APP_ID", options.app_id),
        ("META_APP_SECRET", options.app_secret),
        ("META_VERIFY_TOKEN", options.verify_token),
    ]


def _judge_reach(summary: dict) -> tuple[str, str]:
    """(kind of chip, words): does the product answer its webhooks?"""
    if summary["answers"].get("200"):
        return "chip-ok", "The product answers its webhooks"
    if summary["deliveries"]:
        return "chip-bad", "The product has not answered a webhook yet"
    return "chip", "No webhook was sent yet"
