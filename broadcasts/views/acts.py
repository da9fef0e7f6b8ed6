"""Everything a person does with a broadcast: plain forms that lead back to its page."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import member
from broadcasts import control, figures, making, outcomes, planning, testing, words
from broadcasts.access import broadcast_for, draft_for, recipient_for
from broadcasts.models import Broadcast
from broadcasts.views import wizard
from business_numbers import phones
from converge import asked, clock
from inbox.gate import Refuse
from inbox.words import say


def _back(request, broadcast: Broadcast, page: str = "show", **more):
    return redirect(
        f"broadcasts:{page}",
        slug=request.workspace.slug,
        broadcast_id=broadcast.public_id,
        **more,
    )


@require_POST
@member("broadcast")
def start(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    if broadcast.state != Broadcast.DRAFT:
        return _back(request, broadcast)  # pressed twice
    problem = _problem(request, broadcast)
    if not problem:
        Broadcast.objects.filter(id=broadcast.id).update(has_agreed=True)
        try:
            control.start(broadcast.id, by=request.user)
        except planning.CannotStart as refused:
            problem = str(refused)
    if problem:
        broadcast.has_agreed = bool(request.POST.get("agreed"))
        context = wizard.check_context(request, broadcast, problem)
        return render(request, "broadcasts/check.html", context, status=422)
    audit.record(request, "broadcast started", broadcast.name)
    return _back(request, broadcast)


def _problem(request, broadcast: Broadcast) -> str:
    if not (broadcast.number and broadcast.template and broadcast.include):
        return "Something is not chosen yet."
    if not request.POST.get("agreed"):
        return "Tick that these people agreed to get this."
    is_late = broadcast.starts_at and broadcast.starts_at <= clock.now()
    if broadcast.timing != Broadcast.NOW and is_late:
        return "The time you chose is over. Choose a later one."
    return ""


@require_POST
@member("broadcast")
def undo(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    if control.undo(broadcast.id):
        messages.info(request, "Nothing was sent. It is a draft again.")
    else:
        messages.info(request, "The first messages have left. You can stop the rest.")
    return _back(request, broadcast)


@require_POST
@member("broadcast")
def pause(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    if control.pause(broadcast.id, by=request.user):
        audit.record(request, "broadcast paused", broadcast.name)
    return _back(request, broadcast)


@require_POST
@member("broadcast")
def resume(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    obstacle = control.resume(broadcast.id, by=request.user)
    if obstacle:
        messages.info(request, words.OBSTACLES[obstacle])
    else:
        audit.record(request, "broadcast resumed", broadcast.name)
    return _back(request, broadcast)


@require_GET
@member("broadcast")
def ask_stop(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    counted = figures.load(broadcast)
    rest = counted.waiting + counted.again
    context = {
        "broadcast": broadcast,
        "rest": rest,
        "got": counted.reached,
        "also": Broadcast.objects.filter(
            workspace=request.workspace,
            number=broadcast.number,
            state__in=[Broadcast.SENDING, Broadcast.PAUSED, Broadcast.HELD],
        ).exclude(id=broadcast.id),
    }
    return render(request, "broadcasts/stop.html", context)


@require_POST
@member("broadcast")
def stop(request, broadcast_id):
    """This one, or every running one of the same number."""
    broadcast = broadcast_for(request, broadcast_id)
    chosen = [broadcast.id]
    if request.POST.get("all") and broadcast.number_id:
        running = Broadcast.objects.filter(
            workspace=request.workspace,
            number=broadcast.number,
            state__in=[
                Broadcast.SCHEDULED, Broadcast.SENDING, Broadcast.PAUSED, Broadcast.HELD,
            ],
        )  # fmt: skip
        chosen += running.exclude(id=broadcast.id).values_list("id", flat=True)
    for pk in chosen:
        if control.cancel(pk, by=request.user):
            audit.record(request, "broadcast stopped", str(pk))
    return _back(request, broadcast)


@require_POST
@member("broadcast")
def retries(request, broadcast_id):
    """Stop second chances, or take them now: for one person or for everybody."""
    broadcast = broadcast_for(request, broadcast_id)
    one = asked.number(request.POST.get("recipient", ""))
    recipient = recipient_for(broadcast, one).id if one else None
    is_stop = request.POST.get("choice") == "stop"
    act = control.stop_retries if is_stop else control.retry_now
    people = act(broadcast.id, recipient=recipient)
    said = "will not be tried again" if is_stop else "are tried again now"
    messages.info(request, f"{people:,} {said}.")
    if recipient:
        return _back(request, broadcast, "timeline", recipient_id=recipient)
    return _back(request, broadcast)


@require_GET
@member("broadcast")
def ask_unknown(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    people = figures.load(broadcast).counted[outcomes.UNKNOWN]
    if not people:
        return _back(request, broadcast)
    context = {"broadcast": broadcast, "people": people}
    return render(request, "broadcasts/unknown.html", context)


@require_POST
@member("broadcast")
def settle(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    choice = "sent" if request.POST.get("choice") == "sent" else "again"
    one = asked.number(request.POST.get("recipient", ""))
    recipient = recipient_for(broadcast, one).id if one else None
    people = control.settle_unknown(
        broadcast.id, choice, by=request.user, recipient=recipient
    )
    said = "marked as sent" if choice == "sent" else "sent again"
    audit.record(request, f"unknown {said}", broadcast.name, people=people)
    messages.info(request, f"{people:,} {said}.")
    return _back(request, broadcast)


@require_POST
@member("broadcast")
def test(request, broadcast_id):
    """To a phone of the team, with the values of the person of the preview."""
    broadcast = draft_for(request, broadcast_id)
    digits = phones.wa_id(request.POST.get("phone", "")[:40], request.workspace.country)
    if not (broadcast.number and broadcast.template):
        return _back(request, broadcast, "message")
    if not digits:
        problem = (
            "That does not look like a phone number. Write it with + and the country."
        )
        context = wizard.check_context(request, broadcast) | {"test_problem": problem}
        return render(request, "broadcasts/check.html", context, status=422)
    decision = testing.send(broadcast, digits, by=request.user)
    if isinstance(decision, Refuse):
        sentence = say(
            decision.reason, name="This person", now=clock.now(),
            until=decision.until, detail=decision.detail,
        )  # fmt: skip
        messages.info(request, f"The test was not sent. {sentence}")
    else:
        messages.info(request, f"A test is on its way to {phones.shown(digits)}.")
    return _back(request, broadcast, "check")


@require_POST
@member("broadcast")
def duplicate(request, broadcast_id):
    copy = making.duplicate(broadcast_for(request, broadcast_id), by=request.user)
    return _back(request, copy)


@require_POST
@member("broadcast")
def delete(request, broadcast_id):
    broadcast = draft_for(request, broadcast_id)
    audit.record(request, "broadcast draft deleted", broadcast.name)
    broadcast.delete()
    return redirect("broadcasts:list", slug=request.workspace.slug)


@require_POST
@member("broadcast")
def make_segment(request, broadcast_id):
    """Those who read and did not answer, those who failed …, as a list of their own."""
    broadcast = broadcast_for(request, broadcast_id)
    which = request.POST.get("which", "")
    if which not in making.SEGMENTS:
        return _back(request, broadcast)
    try:
        with transaction.atomic():
            segment, people = making.make_segment(broadcast, which, by=request.user)
    except IntegrityError:
        messages.info(request, "There is a segment of that name already.")
    else:
        messages.info(
            request, f"{people:,} people are in the segment “{segment.name}”."
        )
    return _back(request, broadcast)
