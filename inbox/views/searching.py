"""Search over people and messages, as a page with an address."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from inbox import finding, hits, narrowing
from inbox.looking import TooLong, patience
from inbox.search import OPERATORS, QUERY_MAX, Query, parse

SECONDS = 4


@require_GET
@member("read")
def search(request):
    typed, after = request.GET.get("q", ""), request.GET.get("after", "")
    query = parse(typed)
    context = {
        "typed": typed[:QUERY_MAX],
        "query": query,
        "maximum": QUERY_MAX,
        "is_older": bool(after),
        "operators": [(example, says) for _, example, says in OPERATORS.values()],
    }
    if query:
        context |= _found(query, request.membership, after)
    return render(request, "inbox/search.html", context)


def _found(query: Query, membership, after: str) -> dict:
    names = dict.fromkeys(name for name, _ in query.operators)
    try:
        with patience(SECONDS):
            found = finding.messages(query, membership, after)
            contacts = None if after else narrowing.people(query, membership)
            people, has_more = hits.draw_people(contacts)
    except TooLong:
        return {"is_stopped": True}
    return {
        "people": people,
        "has_more": has_more,
        "hits": hits.draw_hits(found.places, query),
        "found": found,
        "simpler": [(name, query.without(name)) for name in names],
    }
