"""HTTP errors that carry no Graph error, as gateways and overloaded servers answer."""

import json

from simulator.exchange import Response

BAD_GATEWAY = b"""<!DOCTYPE html>
<html lang="en"><head><title>502 Bad Gateway</title></head>
<body><h1>502 Bad Gateway</h1><p>The upstream server did not answer.</p></body></html>
"""


def answer_http_error(status: int) -> Response:
    if status == 502:
        return Response(502, BAD_GATEWAY, "text/html; charset=utf-8")
    if status == 503:
        body = {
            "error": {
                "message": "(#2) Service temporarily unavailable",
                "type": "OAuthException",
                "is_transient": True,
                "code": 2,
            }
        }
        return Response(503, json.dumps(body).encode())
    return Response(status, b"", "text/plain")
