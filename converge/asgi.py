"""The front door: two raw lanes for what must be light, Django's pages behind a bounded pool."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import parse_qs

os.environ.setdefault("CONVERGE_ROLE", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "converge.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.contrib.auth import get_user
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from converge.grouped_writer import GroupedWriter
from converge.hub import Hub, LiveDoor
from converge.webhooks import PATHS, WebhookDoor

PAGE_THREADS = 8

pages = WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS)

from accounts.models import Membership  # noqa: E402  (needs the applications)
from inbox import online  # noqa: E402

door_keepers = ThreadPoolExecutor(2, thread_name_prefix="live-login")
lanes: dict = {}


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        path = scope["path"]
        if path.rstrip("/") in PATHS:
            await lanes["webhooks"](scope, receive, send)
        elif path == "/live/":
            await lanes["live"](scope, receive, send)
        else:
            await pages(scope, receive, send)


async def _live(receive, send):
    """Begin and end with the server."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            writer = GroupedWriter(settings.DATABASE_URL)
            hub = Hub(settings.LISTEN_DATABASE_URL, tell_online)
            writer.start()
            hub.start()
            lanes["webhooks"] = WebhookDoor(writer)
            lanes["live"] = LiveDoor(hub, authenticate)
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.stop()
            await writer.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def tell_online(people: set[tuple[int, int]]) -> None:
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(door_keepers, _keep_online, people)


def _keep_online(people: set[tuple[int, int]]) -> None:
    close_old_connections()
    try:
        online.keep(people)
    finally:
        close_old_connections()


async def authenticate(scope) -> tuple[int, int] | None:
    """(workspace id, user id) of a signed-in member, or None."""
    cookies = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies.load(value.decode("latin-1"))
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    slug = parse_qs(scope["query_string"].decode("latin-1")).get("w", [""])[0]
    if key is None:
        return None
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(door_keepers, _member, key.value, slug)


def _member(session_key: str, slug: str) -> tuple[int, int] | None:
    close_old_connections()
    try:
        engine = import_module(settings.SESSION_ENGINE)
        user = get_user(SimpleNamespace(session=engine.SessionStore(session_key)))
        membership = (
            Membership.objects.filter(user_id=user.pk, workspace__slug=slug).first()
            if user.is_active
            else None
        )
        return (membership.workspace_id, membership.user_id) if membership else None
    finally:
        close_old_connections()
