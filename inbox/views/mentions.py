"""Mentions of this person: the list, the way to the note, and marking as read."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import member
from converge import asked, clock
from inbox import mentions, ringing, words
from inbox.models import Mention

PAGE = 50
EXCERPT = 200


@require_GET
@member("read")
def show_all(request):
    own = Mention.objects.of(request.membership).select_related(
        "note__author", "note__conversation__contact"
    )
    before = asked.number(request.GET.get("before", ""))
    if before is not None:
        own = own.filter(id__lt=before)
    found = list(own.order_by("-id")[: PAGE + 1])
    context = {
        "rows": [_row(mention) for mention in found[:PAGE]],
        "before": found[PAGE - 1].id if len(found) > PAGE else None,
    }
    return render(request, "inbox/mentions.html", context)


def _row(mention: Mention) -> dict:
    note = mention.note
    body = words.visible(" ".join(note.body.split()))
    return {
        "mention": mention,
        "author": note.author.name if note.author else "Somebody who left",
        "about": words.visible(note.conversation.contact.title),
        "text": f"{body[:EXCERPT]}…" if len(body) > EXCERPT else body,
    }


@require_GET
@member("read")
def open_one(request, mention_id):
    """To the note in its thread. Who went there has read it."""
    mention = _own(request, mention_id)
    _mark(Mention.objects.filter(id=mention.id))
    note = mention.note
    thread = reverse(
        "inbox:conversation",
        kwargs={
            "slug": request.workspace.slug,
            "public_id": note.conversation.public_id,
        },
    )
    return redirect(f"{thread}?at={note.id}#n-{note.id}")


@require_POST
@member("read")
def read(request, mention_id):
    _mark(Mention.objects.filter(id=_own(request, mention_id).id))
    return redirect("inbox:mentions", slug=request.workspace.slug)


@require_POST
@member("read")
def read_all(request):
    """Those that were shown; what came since stays new."""
    newest = asked.number(request.POST.get("newest", ""), 0)
    own = Mention.objects.of(request.membership)
    _mark(own.filter(id__lte=newest))
    return redirect("inbox:mentions", slug=request.workspace.slug)


@require_GET
@member("read")
def bell(request):
    count = mentions.count(request.membership)
    return HttpResponse(str(count), content_type="text/plain")


@require_GET
@member("read")
def rings(request):
    """What rings now, each under a key; a browser rings once for a key."""
    found = ringing.rings(request.membership)
    return JsonResponse({"rings": [asdict(ring) for ring in found]})


@require_GET
@member("reply")
def names(request):
    """What may follow an @, for the script."""
    context = {"offers": mentions.offers(request.membership)}
    return render(request, "inbox/_names.html", context)


def _own(request, mention_id: int) -> Mention:
    own = Mention.objects.of(request.membership).select_related("note__conversation")
    return get_object_or_404(own, id=mention_id)


def _mark(found) -> None:
    found.unread().update(read_at=clock.now())
