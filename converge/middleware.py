"""Two small promises about every page: it is not cached, and it speaks the viewer's time."""

import zoneinfo

from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

PERMISSIONS = "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)"


def private_pages(get_response):
    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith("/static/"):
            patch_vary_headers(response, ["HX-Request"])
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
                response["Cache-Control"] = "no-store"
        return response

    return middleware


def viewer_time_zone(get_response):
    def middleware(request):
        name = getattr(request.user, "time_zone", "") or "UTC"
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware
