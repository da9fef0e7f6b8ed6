"""The inbox's pages: the list, a conversation, its contact. Fragments are the same parts."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from converge import clock
from inbox import canned, reading, rows, saved_views, snoozing, thread
from inbox.access import conversation_for
from inbox.drawing import conversation_context, team
from inbox.filters import SORTS, VIEWS, ConversationFilter


@require_GET
@member("read")
def inbox(request):
    context = list_context(request)
    if request.htmx.target in ("conversations", "list-more"):
        return render(request, "inbox/_rows.html", context)
    return render(request, "inbox/inbox.html", context | {"level": "list"})


@require_GET
@member("read")
def conversation(request, public_id):
    """The whole page, or, when a row was followed, only the conversation's part."""
    mode = "note" if request.GET.get("mode") == "note" else "reply"
    found = conversation_for(request, public_id)
    before = request.GET.get("before", "")
    if "at" in request.GET:
        before = thread.key_around(found, request.GET["at"])
    context = conversation_context(
        found,
        request.membership,
        mode=mode,
        before=before,
        quoting=request.GET.get("reply_to", ""),
    )
    if inserted := canned.text_of(found, request.GET.get("insert", "")):
        context["kept"] = "\n".join(filter(None, [context["composer"].draft, inserted]))
    if request.htmx.target == "conversation":
        return render(request, "inbox/_conversation.html", context)
    context |= list_context(request)
    return render(request, "inbox/inbox.html", context | {"level": "thread"})


@require_GET
@member("read")
def contact(request, public_id):
    found = conversation_for(request, public_id)
    context = conversation_context(found, request.membership, limit=1)
    return render(request, "inbox/contact.html", context | {"level": "contact"})


def list_context(request) -> dict:
    form = ConversationFilter(
        request.GET, workspace=request.workspace, user=request.user
    )
    page, following = rows.page(form, request.membership, request.GET.get("after", ""))
    counts = reading.count(request.membership)
    query, saved = saved_views.query_of(form), list(saved_views.of(request.membership))
    return {
        "rows": page,
        "following": following,
        "form": form,
        "views": [(key, label, getattr(counts, key, None)) for key, label in VIEWS],
        "sorts": [(key, label) for key, (label, _) in SORTS.items()],
        "counts": counts,
        "unread": counts.unread,
        "query": _query(request),
        "saved": saved,
        "saved_query": query,
        "can_save": form.is_narrow and query not in [view.query for view in saved],
        "selects": request.membership.may("organise"),
        "selecting": "select" in request.GET,
        "team": team(request.membership),
        "snoozes": snoozing.choices(clock.now()),
    }


def _query(request) -> str:
    """The filters, for links that lead into the list and back."""
    kept = request.GET.copy()
    for key in ("after", "mode", "before", "at", "reply_to", "insert", "select"):
        kept.pop(key, None)
    return kept.urlencode()
