"""Acts on many conversations of the list, and taking the last one back."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import is_scripted, member
from converge import asked, clock
from inbox import rows, snoozing, together, undoing
from inbox.access import are_uuids
from inbox.filters import ConversationFilter
from inbox.models import TeamAct
from inbox.snoozing import Unusable
from inbox.together import Done, Order
from inbox.views import rules

NOTHING = "Nothing was changed."


class Refused(Exception):
    """Why nothing was done, in a sentence."""


@require_POST
@member("organise")
def act(request):
    """What the bar of the list asks for: `act` names it, with what belongs to it."""
    try:
        order, ids, more = _order(request), *_chosen(request)
    except (Refused, Unusable) as problem:
        return _answer(request, str(problem))
    done = together.do(order, request.workspace, ids)
    if done.act:
        audit.record(
            request,
            f"conversations: {done.act.get_kind_display().lower()}",
            str(done.act.public_id),
            count=done.changed,
        )
    return _answer(request, _say(done, more), done.act)


@require_GET
@member("organise")
def done(request, act_id):
    """What was done, with the way back; where a page without a script lands."""
    found = _own(request, act_id)
    may_undo = undoing.last(request.workspace, request.user).filter(id=found.id)
    context = {"act": found, "may_undo": may_undo.exists()}
    return render(request, "inbox/done_together.html", context)


@require_POST
@member("organise")
def undo(request, act_id=None):
    """This act of theirs, or their last one."""
    if act_id:
        _own(request, act_id)
    undone = undoing.undo(request.workspace, request.user, act_id)
    if undone.act:
        target = str(undone.act.public_id)
        counts = {"count": undone.restored, "left": undone.left}
        audit.record(request, "conversations: undo", target, **counts)
    if is_scripted(request):
        return HttpResponse(undone.sentence, content_type="text/plain")
    messages.info(request, undone.sentence)
    return redirect("inbox:inbox", slug=request.workspace.slug)


def _own(request, act_id) -> TeamAct:
    own = TeamAct.objects.filter(workspace=request.workspace, user=request.user)
    return get_object_or_404(own, public_id=act_id)


def _order(request) -> Order:
    kind, _, chosen = request.POST.get("act", "").partition(":")
    name, at = request.POST.get("name", ""), request.POST.get("at", "")
    if kind == together.TAG and at and not name.strip():
        kind = together.SNOOZE  # Enter in the field of a time presses the first button
    if kind not in dict(TeamAct.KINDS):
        raise Refused(f"Choose what to do. {NOTHING}")
    if kind == together.SNOOZE:
        until = snoozing.wake_at(chosen, at, clock.now())
        return Order(kind, request.user, until=until)
    if kind == together.ASSIGN:
        return Order(kind, request.user, to=_teammate(request, chosen))
    if kind == together.TAG:
        name = rules.label(name)
        if problem := rules.label_problem(name):
            raise Refused(problem)
        return Order(kind, request.user, tag=name)
    return Order(kind, request.user)


def _teammate(request, chosen: str):
    if not chosen:
        return None
    return get_object_or_404(
        get_user_model(),
        pk=asked.number(chosen, 0),
        memberships__workspace=request.workspace,
    )


def _chosen(request) -> tuple[list, int]:
    """The addresses, and how many more there are than one act takes."""
    if request.POST.get("all"):
        return _everything(request)
    ids = are_uuids(request.POST.getlist("id"))
    if not ids:
        raise Refused(f"Select conversations first. {NOTHING}")
    return ids[: together.AT_ONCE], max(0, len(ids) - together.AT_ONCE)


def _everything(request) -> tuple[list, int]:
    """What the list's own filter shows, from its top."""
    query = QueryDict(request.POST.get("list", ""))
    form = ConversationFilter(query, workspace=request.workspace, user=request.user)
    found = form.filter(rows.own(request.membership)).values_list(
        "public_id", flat=True
    )
    ids = list(found[: together.AT_ONCE + 1])
    more = found.count() - together.AT_ONCE if len(ids) > together.AT_ONCE else 0
    return ids[: together.AT_ONCE], more


def _say(done: Done, more: int) -> str:
    rest = f" {more} more are not changed yet." if more else ""
    if done.act is None:
        return f"They were so already. {NOTHING}{rest}"
    already = f" {done.left} {'was' if done.left == 1 else 'were'} so already."
    return f"{done.act.sentence}.{already if done.left else ''}{rest}"


def _answer(request, sentence: str, act: TeamAct | None = None):
    if is_scripted(request):
        context = {"sentence": sentence, "undo": act and act.public_id}
        return render(request, "inbox/_done_together.html", context)
    if act:
        messages.info(request, sentence)
        return redirect(
            "inbox:done_together", slug=request.workspace.slug, act_id=act.public_id
        )
    messages.info(request, sentence)
    return redirect("inbox:inbox", slug=request.workspace.slug)
