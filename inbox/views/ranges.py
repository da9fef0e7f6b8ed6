"""A file, or the part of it a player asks for: without that nobody can jump in a recording."""

import re

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

BLOCK = 64 * 1024
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def answer(request, file, size: int, content_type: str):
    """`file` is open and is closed by the response. Several ranges at once get it whole."""
    wanted = _read(request.headers.get("Range", ""), size)
    if wanted is None:
        response = FileResponse(file, content_type=content_type)
        response["Content-Length"] = str(size)
    elif not wanted:
        file.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        first, last = wanted[0], wanted[-1]
        response = StreamingHttpResponse(
            _part(file, first, last - first + 1), status=206, content_type=content_type
        )
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    return response


def _read(header: str, size: int) -> range | None:
    """The bytes wanted: None is everything, an empty range what is not there."""
    match = ONE_RANGE.fullmatch(header.strip())
    if not match or match[1] == match[2] == "":
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size)
    last = int(match[2]) if match[2] else size - 1
    return range(int(match[1]), min(last, size - 1) + 1)


def _part(file, first: int, left: int):
    with file:
        file.seek(first)
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
