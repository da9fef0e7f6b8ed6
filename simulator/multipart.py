"""Reading multipart/form-data bodies: uploads arrive whole, in memory."""

from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True)
class Upload:
    filename: str
    content_type: str
    content: bytes


def read_multipart(content_type: str, body: bytes) -> dict[str, str | Upload]:
    boundary = _read_parameters(content_type).get("boundary")
    if not boundary:
        return {}
    fields: dict[str, str | Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if part.startswith(b"--"):
            break
        head, found, content = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if found:
            _add_part(fields, head.decode("utf-8", "replace"), content)
    return fields


def _add_part(fields: dict[str, str | Upload], head: str, content: bytes) -> None:
    lines = (line.partition(":") for line in head.split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    names = _read_parameters(headers.get("content-disposition", ""))
    if "filename" in names:
        kind = headers.get("content-type", "application/octet-stream")
        fields[names.get("name", "")] = Upload(names["filename"], kind, content)
    else:
        fields[names.get("name", "")] = content.decode("utf-8", "replace")


def _read_parameters(header: str) -> dict[str, str]:
    message = Message()
    message["Content-Type"] = header
    parameters = message.get_params(failobj=[]) or []
    return {name.lower(): value for name, value in parameters[1:]}
