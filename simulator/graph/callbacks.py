"""Callback URLs: Meta asks a new one to echo a challenge before it believes in it."""

from urllib.parse import urlencode

from simulator.graph.errors import GraphError
from simulator.webhooks.client import NoAnswer
from simulator.world import Override


def read_override(fields: object) -> Override | None:
    """None when the override is to be removed."""
    if not isinstance(fields, dict):
        raise GraphError(100, message="(#100) webhook_configuration must be an object")
    url = str(fields.get("override_callback_uri") or "")
    if not url:
        return None
    if len(url) > 200 or not url.startswith(("http://", "https://")):
        raise GraphError(100, message="(#100) override_callback_uri is not a valid URL")
    return Override(url, str(fields.get("verify_token") or ""))


async def verify_callback(sim, callback: Override) -> None:
    challenge = str(sim.ids.make_number("1"))
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": callback.verify_token,
    }
    separator = "&" if "?" in callback.url else "?"
    url = f"{callback.url}{separator}{urlencode(query)}"
    try:
        status, body = await sim.sender.client.request("GET", url, b"", {}, 10)
    except NoAnswer as problem:
        raise _failed(str(problem)) from problem
    if status != 200:
        raise _failed(f"HTTP Status Code = {status}")
    if body.strip() != challenge.encode():
        raise _failed("The response does not match the challenge")


def _failed(reason: str) -> GraphError:
    return GraphError(
        2200,
        message=(
            "(#2200) Callback verification failed with the following errors: "
            f"{reason}; URL is not valid or does not echo hub.challenge"
        ),
    )
