"""When something breaks: a page for people, JSON for programs."""

from django.http import JsonResponse
from django.views import defaults


def server_error(request):
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    error = {
        "code": "internal_error",
        "message": "Something broke here. Send it again with the same idempotency_key.",
    }
    return JsonResponse({"error": error}, status=500)
