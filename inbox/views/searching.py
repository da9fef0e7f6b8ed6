"""Search over people and messages, as a page with an address."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from inbox import finding
from inbox.search import OPERATORS, QUERY_MAX, parse


@require_GET
@member("read")
def search(request):
    typed, after = request.GET.get("q", "")[:QUERY_MAX], request.GET.get("after", "")
    query = parse(typed)
    context = {
        "typed": typed,
        "query": query,
        "maximum": QUERY_MAX,
        "is_older": bool(after),
        "operators": [(example, says) for _, example, says in OPERATORS.values()],
    }
    if query:
        context |= _found(query, request.membership, after)
    return render(request, "inbox/search.html", context)


def _found(query, membership, after: str) -> dict:
    people, has_more = ([], False) if after else finding.people(query, membership)
    hits, following = finding.messages(query, membership, after)
    names = dict.fromkeys(name for name, _ in query.operators)
    return {
        "people": people,
        "has_more": has_more,
        "hits": hits,
        "following": following,
        "simpler": [(name, query.without(name)) for name in names],
        "recent_days": 0 if query.words else finding.RECENT.days,
    }
