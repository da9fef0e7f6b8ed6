"""Media over the Graph: upload, look up, fetch by a short-lived URL, delete."""

from simulator.exchange import Request, Response, answer_json
from simulator.graph.access import read_token
from simulator.graph.errors import GraphError, missing
from simulator.media import UPLOAD_KEPT_FOR, Media, UploadSession
from simulator.multipart import Upload
from simulator.world import PhoneNumber, Token

MEGABYTE = 1024 * 1024
LARGEST = {
    "audio": 16 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "image": 5 * MEGABYTE,
    "sticker": 500 * 1024,
    "document": 100 * MEGABYTE,
}
OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "audio/aac": "audio",
    "audio/amr": "audio",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "audio",
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "sticker",
    "video/mp4": "video",
    "video/3gpp": "video",
    "text/plain": "document",
    "application/pdf": "document",
    "application/msword": "document",
    "application/vnd.ms-excel": "document",
    "application/vnd.ms-powerpoint": "document",
    f"{OFFICE}.wordprocessingml.document": "document",
    f"{OFFICE}.spreadsheetml.sheet": "document",
    f"{OFFICE}.presentationml.presentation": "document",
}


def upload(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    fields = request.read_fields()
    if fields.get("messaging_product") != "whatsapp":
        raise GraphError(
            100, message="(#100) The parameter messaging_product is required."
        )
    file = fields.get("file")
    if not isinstance(file, Upload):
        raise missing("file")
    mime_type = _choose_mime_type(fields, file)
    _check_size(KINDS[mime_type.partition(";")[0]], len(file.content))
    media = sim.media.keep(file.content, mime_type, file.filename, UPLOAD_KEPT_FOR)
    return answer_json({"id": media.id})


def read(sim, request: Request, media: Media, token: Token) -> Response:
    number_id = request.query.get("phone_number_id")
    if number_id and number_id not in sim.world.numbers:
        raise GraphError(100, message="(#100) Param phone_number_id is not valid")
    return answer_json(
        {
            "url": sim.media.make_url(sim.options.base_url, media.id),
            "mime_type": media.mime_type.partition(";")[0],
            "sha256": media.sha256,
            "file_size": str(len(media.content)),
            "id": media.id,
            "messaging_product": "whatsapp",
        }
    )


def delete(sim, request: Request, media: Media, token: Token) -> Response:
    sim.media.delete(media.id)
    return answer_json({"success": True})


def fetch(sim, request: Request) -> Response:
    """The bytes, for whoever brings the token; 404 once the URL is too old."""
    read_token(sim, request)
    media = sim.media.read_url(request.query.get("hash", ""))
    if media is None:
        return Response(404, b"", "text/plain")
    return Response(200, media.content, media.mime_type)


def begin_upload(sim, request: Request, app, token: Token) -> Response:
    """`POST /{app}/uploads`: sample media for templates, in resumable pieces."""
    fields = request.read_fields()
    length, mime_type = str(fields.get("file_length", "")), fields.get("file_type")
    if not length.isdecimal() or not mime_type:
        raise missing("file_length and file_type")
    session = sim.media.begin_upload(int(length), str(mime_type))
    return answer_json({"id": session.id})


def continue_upload(
    sim, request: Request, session: UploadSession, token: Token
) -> Response:
    session.content = request.body
    if len(session.content) != session.length:
        raise GraphError(100, message="(#100) The file is not as long as announced.")
    return answer_json({"h": f"4::{sim.ids.make_secret('')[:60]}"})


def _choose_mime_type(fields: dict, file: Upload) -> str:
    """Meta takes the part's type, or `type` when the part has none."""
    for mime_type in (file.content_type, str(fields.get("type", ""))):
        if mime_type.partition(";")[0] in KINDS:
            return mime_type
    raise GraphError(
        100,
        message=(
            "(#100) Param file must be a file with one of the following types: "
            f"{', '.join(KINDS)}. Received file of type '{file.content_type}'."
        ),
    )


def _check_size(kind: str, size: int) -> None:
    if size > LARGEST[kind]:
        raise GraphError(131053, f"The {kind} is larger than {LARGEST[kind]} bytes.")
    if size == 0:
        raise GraphError(131053, "The file is empty.")
