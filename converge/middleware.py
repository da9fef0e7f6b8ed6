"""Small promises about every page: not cached, in the viewer's time, for who is still there."""

import time
import zoneinfo

from django.conf import settings
from django.contrib.auth import logout
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

NOTED_EVERY = 600
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


def idle_sessions(get_response):
    """Signed out after twelve hours without a request; noted every ten minutes."""

    def middleware(request):
        if request.user.is_authenticated:
            now, seen = time.time(), request.session.get("seen", 0)
            if seen and now - seen > settings.SESSION_IDLE:
                logout(request)
            elif now - seen > NOTED_EVERY:
                request.session["seen"] = now
        return get_response(request)

    return middleware


def viewer_time_zone(get_response):
    def middleware(request):
        name = getattr(request.user, "time_zone", "") or "UTC"
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware
