"""What a person at the screen waits for: pages, their weight, live arrival, keys."""

import asyncio
import os
import time
from pathlib import Path

import requests
from playwright.sync_api import sync_playwright

from tests.benchmarks import report
from tests.running import Running

STREAMS = 300
FILLING, ARRIVALS = 30, 40
VISITS = 60
KEYS = 15
OBSERVE = """
  window.seen = {}; window.shift = 0; window.lcp = 0;
  // The list puts a row at its top when somebody writes; what is being read never moves.
  const isRead = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest(".conversation");
  new PerformanceObserver((l) => { for (const e of l.getEntries()) if (!e.hadRecentInput && e.sources.some(isRead)) window.shift += e.value; })
    .observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((l) => { for (const e of l.getEntries()) window.lcp = e.startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new MutationObserver(() => {
    for (const el of document.querySelectorAll('.msg--in .bubble__text')) {
      if (!(el.textContent in window.seen)) window.seen[el.textContent] = 0;
    }
    requestAnimationFrame(() => setTimeout(() => {
      for (const key in window.seen) if (!window.seen[key]) window.seen[key] = Date.now();
    }));
  }).observe(document, { childList: true, subtree: true });
"""


def sign_in(running: Running, email: str, password: str) -> requests.Session:
    session = requests.Session()
    page = f"{running.url}/accounts/login/"
    session.get(page)
    session.post(
        page,
        data={
            "login": email,
            "password": password,
            "csrfmiddlewaretoken": session.cookies["csrf"],
        },
        headers={"Referer": page},
    )
    return session


def visit(running: Running, session: requests.Session) -> None:
    """List and thread through the real server, one person clicking."""
    base = f"{running.url}/w/northwind/inbox/"
    ids = running.sql("SELECT public_id FROM inbox_conversation LIMIT 30")
    switch = {"HX-Request": "true", "HX-Target": "conversation"}
    pages, switches = [], []
    for place in range(VISITS):
        pages.append(_timed(session, base))
        url = f"{base}c/{ids[place % len(ids)][0]}/"
        switches.append(_timed(session, url, headers=switch))
    report.milliseconds("inbox list, whole page", pages, None, 120)
    report.milliseconds("switching to another conversation", switches, None, 120)


def _timed(session, url: str, **options) -> float:
    begun_at = time.perf_counter()
    answer = session.get(url, **options)
    took = time.perf_counter() - begun_at
    if answer.status_code != 200 or answer.url != url:
        raise AssertionError(f"{answer.status_code} {answer.url}")
    return took


def arrive(running: Running, number: str, login: dict, session) -> None:
    """A message's way from Meta's POST to pixels, among three hundred open streams."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in session.cookies)
    crowd = asyncio.run(_with_crowd(running, number, login, cookies))
    report.milliseconds(
        f"webhook POST → pixels, {STREAMS} open streams", crowd["waits"], None, 500
    )
    report.row("… of those streams that fetch a fragment", "1 (the others only listen)")
    report.row("layout shift of a full thread during those arrivals", f"{crowd['shift']:.4f}", "≤ 0.005",
               crowd["shift"] <= 0.005)  # fmt: skip


async def _with_crowd(running, number, login, cookies) -> dict:
    listeners = [
        asyncio.create_task(_listen(running.port, cookies)) for _ in range(STREAMS - 1)
    ]
    await asyncio.sleep(2)
    try:
        return await asyncio.to_thread(_watch_arrivals, running, number, login)
    finally:
        for task in listeners:
            task.cancel()


async def _listen(port: int, cookies: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /live/?w=northwind HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n"
    writer.write(head.encode())
    try:
        while await reader.read(4096):
            pass
    finally:
        writer.close()


def _watch_arrivals(running: Running, number: str, login: dict) -> dict:
    # A thread that fills its place: a shorter one moves up with every message, as meant.
    for n in range(FILLING):
        running.simulator.write(f"before {n}", person="sol", number=number)
    running.wait_until_quiet()
    with open_page(running, login) as page:
        page.click(".conv__link:has-text('Sol')")
        page.wait_for_selector("h1:has-text('Sol')")
        page.wait_for_timeout(1500)
        page.evaluate("window.shift = 0")
        sent = {}
        for n in range(ARRIVALS):
            text = f"arrival {n}"
            sent[text] = time.time()
            running.simulator.write(text, person="sol", number=number)
            page.wait_for_timeout(250)
        page.wait_for_selector(f".bubble__text:has-text('arrival {ARRIVALS - 1}')")
        page.wait_for_timeout(300)
        seen, shift = page.evaluate("window.seen"), page.evaluate("window.shift")
    return {"waits": [seen[t] / 1000 - at for t, at in sent.items()], "shift": shift}


def weigh(running: Running, login: dict) -> None:
    """A first visit: bytes over the wire, largest paint, and a key's way to a bubble."""
    with open_page(running, login) as signed_in:
        page = _with_empty_cache(signed_in)
        sizes = []
        page.on("response", lambda r: sizes.append(_weight(r)))
        page.goto(f"{running.url}/w/northwind/inbox/")
        page.wait_for_timeout(1000)
        lcp, total = page.evaluate("window.lcp"), sum(sizes) / 1024
        page.click(".conv__link:has-text('Sol')")
        page.wait_for_selector("[data-composer=reply] textarea")
        page.wait_for_timeout(800)
        keys = [_key_to_bubble(page, n) for n in range(KEYS)]
    report.row(
        "inbox page, first visit, compressed", f"{total:.1f} KB", "≤ 60", total <= 60
    )
    report.row("largest paint on localhost", f"{lcp:.0f} ms", "≤ 1000", lcp <= 1000)
    report.milliseconds("Enter → optimistic bubble", keys, 50, None)


def _with_empty_cache(page):
    """The same person in a browser that has never been here."""
    state = page.context.storage_state()
    context = page.context.browser.new_context(
        storage_state=state, viewport={"width": 1440, "height": 900}
    )
    context.add_init_script(OBSERVE)
    return context.new_page()


def _weight(response) -> int:
    """Bytes of the body as they travelled; the server says them for every file."""
    return int(response.headers.get("content-length") or 0)


def _key_to_bubble(page, n: int) -> float:
    page.fill("[data-composer=reply] textarea", f"key {n}")
    return page.evaluate(
        """() => new Promise((done) => {
          const field = document.querySelector('[data-composer=reply] textarea');
          const items = document.querySelector('.thread__items'), before = performance.now();
          new MutationObserver((_, o) => { o.disconnect(); done((performance.now() - before) / 1000); })
            .observe(items, { childList: true });
          field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        })"""
    )


class open_page:
    """A signed-in page in a real browser."""

    def __init__(self, running: Running, login: dict):
        self.running, self.login = running, login

    def __enter__(self):
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"],
        )
        page = self.browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(OBSERVE)
        page.goto(f"{self.running.url}/accounts/login/")
        page.fill("[name=login]", self.login["email"])
        page.fill("[name=password]", self.login["password"])
        page.click("button:has-text('Sign in')")
        page.wait_for_url("**/inbox/**")
        return page

    def __exit__(self, *_):
        self.browser.close()
        self.playwright.stop()


def weigh_memory(running: Running) -> None:
    """Proportional set size of everything that runs when nothing happens."""
    time.sleep(5)
    total = 0
    for process in running.processes.values():
        total += sum(_pss(pid) for pid in _family(process.pid))
    total += sum(_pss(pid) for pid in _postgres(running))
    report.row("memory, whole stack idle (PSS)", f"{total / 1024:.0f} MB", "≤ 450",
               total / 1024 <= 450)  # fmt: skip


def _family(pid: int) -> list[int]:
    """A process and everything in its session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[3]) == pid:
            found.append(int(entry.name))
    return found


def _postgres(running: Running) -> list[int]:
    rows = running.sql(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() OR datname IS NULL"
    )
    return [pid for (pid,) in rows]


def _pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(x.split()[1]) for x in rollup if x.startswith("Pss:"))


def measure(running: Running, login: dict) -> None:
    running.begin("qcluster")
    for name in ("ingest", "deliver"):
        running.begin_and_wait(name)
    weigh_memory(running)
    session = sign_in(running, login["email"], login["password"])
    visit(running, session)
    arrive(running, running.simulator.number, login, session)
    weigh(running, login)
    for name in ("ingest", "deliver", "qcluster"):
        running.end(name)
