"""Instagram fetches what it is given by URL, before it answers; here from the product alone."""

from simulator.graph.errors import GraphError
from simulator.webhooks.client import NoAnswer

PATIENCE = 10.0
LARGEST = {"image": 8, "audio": 25, "video": 25, "file": 25}  # megabytes
MIME_TYPES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"%PDF": "application/pdf",
    b"\x1aE\xdf\xa3": "video/webm",
    b"\xff\xf1": "audio/aac",
}
FAMILIES = {"image": "image/", "video": "video/", "audio": "audio/", "file": "appl"}


def of_the_product(sim, content: dict) -> list[dict]:
    """Attachments whose file lies with the product; others may be anywhere, or nowhere."""
    start = f"{sim.options.product}/"
    return [
        attachment
        for attachment in content.get("attachments", [])
        if str(attachment["payload"].get("url", "")).startswith(start)
    ]


async def fetch(sim, attachment: dict) -> None:
    """Keep a copy and name it by a link of our own, as the echo does."""
    kind, url = attachment["type"], attachment["payload"]["url"]
    try:
        status, content = await sim.sender.client.request(
            "GET", url, b"", {"User-Agent": "facebookexternalua"}, PATIENCE
        )
    except NoAnswer:
        raise _refused(2018008, "Failed to fetch the file.") from None
    if status != 200:
        raise _refused(2018008, f"Failed to fetch the file: status {status}.")
    if len(content) > LARGEST[kind] * 1_048_576:
        raise _refused(2018109, "The file is too large.")
    mime_type = _type_of(kind, content)
    if not mime_type.startswith(FAMILIES[kind]):
        raise _refused(2018047, f"The file is no {kind}.")
    media = sim.media.keep(content, mime_type)
    url = sim.media.make_public_url(sim.options.base_url, media.id)
    attachment["payload"] = {"url": url}


def _type_of(kind: str, content: bytes) -> str:
    if content[4:8] == b"ftyp":
        is_sound = content[8:11] == b"M4A" or kind == "audio"
        return "audio/mp4" if is_sound else "video/mp4"
    starts = (t for start, t in MIME_TYPES.items() if content.startswith(start))
    return next(starts, "text/plain")


def _refused(subcode: int, words: str) -> GraphError:
    return GraphError(100, subcode=subcode, message=f"(#100) {words}")
