"""The smallest parts a page asks for again when it hears that something changed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from inbox import crossing, reading, rows, thread
from inbox.access import are_uuids, conversation_for
from inbox.drawing import conversation_context
from inbox.filters import ConversationFilter
from inbox.models import Conversation

TAIL = 40
ROWS_MAX = 60


@require_GET
@member("read")
def tail(request, public_id):
    """The newest part of a thread with its head, line and chip; merged by id."""
    found = conversation_for(request, public_id)
    if request.GET.get("version") == str(found.version):
        return HttpResponse(status=204)
    mode = "note" if request.GET.get("mode") == "note" else "reply"
    context = conversation_context(
        found,
        request.membership,
        mode=mode,
        limit=TAIL,
        quoting=request.GET.get("reply_to", ""),
        seen=crossing.parse(request.GET.get("seen", "")),
    )
    context["reacted"] = thread.reacted_lately(
        found, request.membership, context["thread"]
    )
    return render(request, "inbox/_tail.html", context)


@require_GET
@member("read")
def older(request, public_id):
    """Earlier messages, above what is shown."""
    found = conversation_for(request, public_id)
    earlier = thread.load(
        found, request.membership, before=request.GET.get("before", "")
    )
    return render(
        request,
        "inbox/_older.html",
        {"thread": earlier, "conversation": found, "number": found.number},
    )


@require_GET
@member("read")
def changed_rows(request):
    """Rows of the given conversations as this list sees them; those it no longer shows
    are named with the reason."""
    ids = are_uuids(request.GET.getlist("id")[:ROWS_MAX])
    form = ConversationFilter(
        request.GET, workspace=request.workspace, user=request.user
    )
    asked = list(rows.own(request.membership).filter(public_id__in=ids))
    matching = set(
        form.filter(rows.own(request.membership))
        .filter(id__in=[c.id for c in asked])
        .values_list("id", flat=True)
    )
    counts = reading.count(request.membership)
    shown = [c for c in asked if c.id in matching]
    gone = [(c, _why_gone(c)) for c in asked if c.id not in matching]
    return render(
        request,
        "inbox/_changed_rows.html",
        {
            "rows": rows.draw(shown, request.membership),
            "gone": gone,
            "counts": counts,
            "unread": counts.unread,
            "query": request.GET.get("list", ""),
            "selects": request.membership.may("organise"),
        },
    )


def _why_gone(conversation: Conversation) -> str:
    if conversation.state == Conversation.CLOSED:
        return "Closed"
    if conversation.state == Conversation.SNOOZED:
        return "Snoozed"
    if conversation.assignee:
        return f"Assigned to {conversation.assignee.first_name}"
    return "No longer in this view"
