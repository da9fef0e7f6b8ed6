"""What the inbox costs on a first visit. Times are printed by the benchmarks."""

from tests.browser.northwind import INBOX

PAGE_MAX, OWN_SCRIPT_MAX = 60_000, 15_000  # bytes on the wire


def load_cold(page) -> list:
    """Every finished request of a first visit: (resource type, url, bytes)."""
    finished = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(INBOX)
    page.wait_for_load_state("load")
    return [(r.resource_type, r.url, r.sizes()["responseBodySize"]) for r in finished]


def test_a_first_visit_is_light(page):
    loaded = load_cold(page)

    assert sum(size for kind, _, size in loaded if kind != "eventsource") <= PAGE_MAX


def test_our_own_script_is_small(page):
    loaded = load_cold(page)

    own = [size for _, url, size in loaded if "/static/js/" in url]

    assert len(own) >= 6
    assert sum(own) <= OWN_SCRIPT_MAX


def test_only_the_page_and_its_styles_block_the_first_paint(page):
    page.goto(INBOX)

    blocking = page.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter((r) => r.renderBlockingStatus === "blocking").map((r) => r.name)"""
    )
    scripts = page.locator("script[src]:not([defer])").count()

    assert scripts == 0
    # The script that puts a thread at its place runs before the first picture of it.
    rest = [url for url in blocking if not url.endswith(".css")]
    assert len(blocking) > len(rest)
    assert [url for url in rest if "/js/thread." not in url] == []


def test_the_inbox_stays_small_in_the_memory(page, northwind):
    page.goto(northwind.conversation_of("amelia").path)

    assert page.evaluate("document.querySelectorAll('*').length") <= 2500
