"""The help: short articles in our own words, found by topic, by error code, by Meta's wording."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import public
from business_numbers.errors import MEANINGS


@dataclass(frozen=True)
class Article:
    slug: str
    title: str
    about: str
    words: str  # what else people search for, Meta's own wording among it
    codes: tuple[int, ...] = ()


ARTICLES = (
    Article(
        "messages-stopped",
        "Messages stopped arriving",
        "Six steps, in order, and the one button that mends each.",
        "inbound silent no messages webhook callback override subscribed connected",
        (133010,),
    ),
    Article(
        "connection-states",
        "Connected, Disconnected, Reauth required",
        "What the three words say, and what they do not.",
        "token expired 60 days session has been invalidated access revoked password",
        (0, 10, 190, 102, 131005, 200),
    ),
    Article(
        "feature-unavailable",
        "Meta says “Feature Unavailable” at login",
        "A setting of the Meta app keeps people without a role out.",
        "facebook login is currently unavailable updating additional details public_profile",
    ),
    Article(
        "retire-or-reconnect",
        "Retire, disconnect, reconnect: which one",
        "Only one of them is hard to undo.",
        "deregister delete number moving workspace account does not exist in cloud api",
        (133000, 133010, 133015),
    ),
    Article(
        "pin",
        "The 6-digit PIN, and why we stop after two",
        "Three wrong ones make Meta lock the number.",
        "two-step verification pin mismatch guessed too fast re-verification needed",
        (133005, 133006, 133008, 133009, 133016, 131031),
    ),
    Article(
        "window",
        "When a free message may be sent",
        "24 hours from the customer’s last message, then templates.",
        "re-engagement message more than 24 hours outside allowed window",
        (131047, 10),
    ),
    Article(
        "not-delivered",
        "Sent, but not delivered",
        "Unreachable numbers, Meta’s limits, and silence.",
        "undeliverable ecosystem engagement spam rate limit blocked no report",
        (131026, 131049, 131050, 131056, 130429, 131048, 130472),
    ),
    Article(
        "limits",
        "How many people in 24 hours",
        "Shared by all numbers of a Meta business.",
        "messaging limit tier 250 2000 portfolio business verification",
        (131048,),
    ),
    Article(
        "templates",
        "Templates that cannot be used",
        "Not approved, paused, in another account.",
        "template paused disabled rejected does not exist in the translation",
        (132000, 132001, 132005, 132007, 132012, 132015, 132016),
    ),
)
FOR_PROGRAMS = settings.BASE_DIR / "docs" / "api.md"
BY_SLUG = {a.slug: a for a in ARTICLES}


@require_GET
@public
def index(request):
    q = request.GET.get("q", "").strip()[:80]
    code = int(q.lstrip("#")) if q.lstrip("#").isdecimal() else None
    context = {
        "q": q,
        "articles": [a for a in ARTICLES if _matches(a, q, code)],
        "meaning": MEANINGS.get(code) if code is not None else None,
        "code": code,
    }
    return render(request, "help/index.html", context)


def _matches(article: Article, q: str, code: int | None) -> bool:
    if code is not None:
        return code in article.codes
    text = f"{article.title} {article.about} {article.words}".lower()
    return all(word in text for word in q.lower().split())


@require_GET
@public
def article(request, slug):
    found = BY_SLUG.get(slug)
    if found is None:
        raise Http404
    return render(request, f"help/{found.slug}.html", {"article": found})


@require_GET
@public
def for_programs(request):
    """The description of the API and of webhooks, as it stands in the repository."""
    text = FOR_PROGRAMS.read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
