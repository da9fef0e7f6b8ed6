"""What must hold on every page whatever a test is about, gathered while it runs."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Response

REPORTER = """
addEventListener("securitypolicyviolation", (e) =>
  console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));
// The list may be put in order while nobody points at it; the conversation never moves.
window.shift = 0;
window.shifted = [];
const isRead = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest(".conversation");
const told = ({ node, previousRect, currentRect }) =>
  `${node?.nodeName}#${node?.id} ${[previousRect, currentRect].map((r) => [r.x, r.y, r.width, r.height]).join(" to ")}`;
new PerformanceObserver((list) => {
  for (const e of list.getEntries())
    if (!e.hadRecentInput && e.sources.some(isRead)) {
      window.shift += e.value;
      window.shifted.push(...e.sources.map(told));
    }
}).observe({ type: "layout-shift", buffered: true });
"""


class Watch:
    """Collects what went wrong in a context; `excuse` names what a test provokes."""

    def __init__(self, context: BrowserContext, origin: str):
        self.origin = origin
        self.faults: list[str] = []
        self.excused: list[str] = []
        context.add_init_script(REPORTER)
        context.on("page", self._follow)
        context.on("request", self._judge_request)
        context.on("response", self._judge_response)

    def excuse(self, *parts: str) -> None:
        self.excused += parts

    def _follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("console", self._judge_console)

    def _judge_console(self, message) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.faults.append(f"console: {message.text} {where}")

    def _judge_request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and not request.url.startswith(
            self.origin
        ):
            self.faults.append(f"left the origin: {request.url}")

    def _judge_response(self, response: Response) -> None:
        kind = response.headers.get("content-type", "")
        if "text/html" in kind and "/w/" in response.url:
            held = response.headers.get("cache-control", "")
            if "no-store" not in held:
                self.faults.append(f"may be cached: {response.url} ({held})")

    def check(self, context: BrowserContext) -> None:
        """No fault but the excused ones, and one `<h1>` on what is shown now."""
        for page in context.pages:
            if page.url.startswith(self.origin):
                count = page.locator("h1").count()
                if count != 1:
                    self.faults.append(f"{count} h1 on {page.url}")
        real = [f for f in self.faults if not any(e in f for e in self.excused)]
        assert not real, real
