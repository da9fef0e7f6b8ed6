"""What a person waits for at a million conversations, against the same at a tenth of it.

Takes as long as ten million messages take to write. SCALE=0.1 is a tenth of everything.
"""

import os
import re
import statistics
import time
from pathlib import Path

import django
import requests
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks import pages, report
from tests.running import Running

CONVERSATIONS, MESSAGES = 1_000_000, 10_000_000
WARM, VISITS = 3, 30
BASE = "/w/synth-1/inbox/"
SWITCH = {"HX-Request": "true", "HX-Target": "conversation"}
# What is looked at: a name, a page, and whether only the conversation's part.
LOOKS = {
    "list": BASE,
    "list, closed ones": f"{BASE}?status=closed",
    "list, its next page": "",
    "list, unread ones": f"{BASE}?unread=on",
    "switch to a conversation": "",
    "switch to one with very many messages": "",
    "whole page of a thread": "",
    "search: a name": f"{BASE}search/?q=amina+okafor",
    "search: a common word": f"{BASE}search/?q=kettle",
    "search: one order": "",
    "search: two words of one teammate": f"{BASE}search/?q=brass+lamp+from:leila",
    "people": "/w/synth-1/contacts/",
    "people: a name": "/w/synth-1/contacts/?q=zeman",
}
LONGEST = """
SELECT c.public_id FROM inbox_conversation c
WHERE c.id <= 20 ORDER BY (SELECT count(*) FROM inbox_message m
  WHERE m.conversation_id = c.id) DESC LIMIT 1
"""


def measure(folder: Path, server_url: str) -> None:
    """Both sizes stand side by side and are visited in turn, so that a busy moment of
    the machine meets both."""
    scale = float(os.environ.get("SCALE", 1))
    sizes = [
        _filled(scale / 10, folder / "small", server_url),
        _filled(scale, folder / "large", server_url),
    ]
    try:
        for running, _ in sizes:
            running.start("web")
        small, large = _look(*sizes)
        queries = _count_queries(*sizes[1])
    finally:
        for running, _ in sizes:
            running.stop()
    size = f"{int(CONVERSATIONS * scale):,} conversations"
    for name in LOOKS:
        report.milliseconds(f"{name}, {size}", large[name], None, 120)
        report.row("… queries", str(queries[name]), "≤ 12", queries[name] <= 12)
        now, before = statistics.median(large[name]), statistics.median(small[name])
        report.row(
            "… against a tenth of the data",
            f"{now / before:.2f} × ({now * 1000:.0f}/{before * 1000:.0f} ms)",
            "≤ 1.3",
            now / before <= 1.3,
        )


def _filled(scale: float, folder: Path, server_url: str) -> tuple[Running, dict]:
    folder.mkdir()
    running = Running(folder, server_url=server_url, name=f"scale_{folder.name}")
    running.create_database()
    begun_at = time.monotonic()
    conversations, messages = int(CONVERSATIONS * scale), int(MESSAGES * scale)
    login = running.synth(conversations, messages)
    took = time.monotonic() - begun_at
    report.say(f"{messages:,} messages of {conversations:,} people: {took:.0f} s")
    return running, login


def _look(*sizes: tuple[Running, dict]) -> list[dict]:
    """For each size: the seconds of every visit, by name."""
    people = []
    for running, login in sizes:
        session = pages.sign_in(running, login["email"], login["password"])
        urls = {name: _urls(running, session, name) for name in LOOKS}
        people.append((running, session, urls))
    times = [{name: [] for name in LOOKS} for _ in sizes]
    for visit in range(-WARM, VISITS):
        for name in LOOKS:
            for kept, (running, session, urls) in zip(times, people, strict=True):
                url = running.url + urls[name][visit % len(urls[name])]
                took = pages._timed(session, url, headers=_headers(name))
                if visit >= 0:
                    kept[name].append(took)
    return times


def _headers(name: str) -> dict:
    return SWITCH if name.startswith("switch") else {}


def _urls(running: Running, session: requests.Session, name: str) -> list[str]:
    """Where to look; some places are known only once the database is filled."""
    if name == "list, its next page":
        text = session.get(running.url + BASE).text
        return [BASE + re.search(r'href="(\?[^"]*after=[^"]+)"', text)[1]]
    if name == "switch to one with very many messages":
        return [f"{BASE}c/{running.one(LONGEST)}/"]
    if name in ("switch to a conversation", "whole page of a thread"):
        rows = running.sql(
            "SELECT public_id FROM inbox_conversation ORDER BY last_at DESC LIMIT 30"
        )
        return [f"{BASE}c/{pk}/" for (pk,) in rows]
    if name == "search: one order":
        (body,) = running.sql(
            "SELECT body FROM inbox_message WHERE body LIKE '%% Order %%'"
            " ORDER BY at DESC OFFSET 100 LIMIT 1"
        )[0]
        return [f"{BASE}search/?q={body.rsplit(' ', 1)[1]}"]
    return [LOOKS[name]]


def _count_queries(running: Running, login: dict) -> dict:
    """Asked for by a client of this process, whose queries can be counted."""
    session = pages.sign_in(running, login["email"], login["password"])
    os.environ.update(running.environment)
    django.setup()
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(get_user_model().objects.get(email=login["email"]))
    return {
        name: _count(client, _urls(running, session, name)[0], _headers(name))
        for name in LOOKS
    }


def _count(client: Client, url: str, headers: dict) -> int:
    client.get(url, headers=headers)  # what is kept for a while is kept now
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, headers=headers)
    if answer.status_code != 200:
        raise AssertionError(f"{answer.status_code} {url}")
    return len(captured)
