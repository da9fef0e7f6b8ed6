"""A teammate's messages: sent, sent again, settled, discarded."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import is_scripted, member
from converge import clock
from inbox import (
    canned,
    closing,
    crossing,
    outbox,
    snoozing,
    together,
    uncertain,
    words,
)
from inbox.access import conversation_for, message_for
from inbox.apply import tell
from inbox.composer import TEXT_MAX
from inbox.crossing import Crossed
from inbox.gate import Refuse
from inbox.models import Draft, Message
from inbox.outbox import Draught, SameIdOtherText
from inbox.states import TROUBLED, State
from inbox.tasks import join_parked
from inbox.views import answers, uploading
from inbox.views import crossing as crossed_views
from inbox.views.acts import done


@require_POST
@member("reply")
def send(request, public_id):
    """One text or file. The browser's id makes a second click the same message."""
    conversation = conversation_for(request, public_id)
    if "file" in request.FILES:
        return uploading.send_file(request, conversation)
    body = request.POST.get("body", "").strip()
    if problem := _problem(conversation, body):
        return answers.refused(request, conversation, body, problem)
    try:
        outcome = _queue(request, conversation, body)
    except Crossed as crossed:
        return crossed_views.answer(request, conversation, body, crossed)
    except SameIdOtherText:
        sentence = "This was sent before with other words. The text is back in the box."
        return answers.refused(request, conversation, body, sentence, status=409)
    if isinstance(outcome.decision, Refuse):
        sentence = answers.why(outcome, conversation)
        return answers.refused(request, conversation, body, sentence)
    return _accepted(request, conversation, outcome.message)


def _accepted(request, conversation, message: Message):
    answers.forget_draft(request, conversation)
    _then(request, conversation, request.POST.get("then", ""))
    if is_scripted(request):
        return answers.bubble(request, conversation, message)
    return done(request, conversation)


def _problem(conversation, body: str) -> str:
    if not body:
        return "There is nothing to send yet."
    limit = TEXT_MAX[conversation.number.kind]
    if conversation.number.is_whatsapp:
        over, unit = len(body) - limit, "characters"
    else:
        over, unit = len(body.encode()) - limit, "bytes"
    if over > 0:
        return f"This is {over} {unit} too long. Nothing was sent."
    return canned.unfilled(body)


def _queue(request, conversation, body: str) -> outbox.Outcome:
    quoted = answers.quoted_wamid(conversation, request.POST.get("reply_to", ""))
    client_id = answers.client_id(request.POST.get("client_id", ""))
    return outbox.queue(
        conversation.id,
        Draught("text", body, id=client_id, reply_to=quoted),
        author=request.user,
        may_send=request.membership.may("reply"),
        seen=crossing.parse(request.POST.get("seen", "")),
    )


@transaction.atomic
def _then(request, conversation, wanted: str) -> None:
    """What becomes of the conversation once its reply is on the way."""
    if wanted not in ("close", "snooze"):
        return
    locked = outbox.lock(conversation.id)
    before = together.snapshot(locked, together.UNDOABLE)
    if wanted == "close":
        closing.close(locked, by=request.user)
    else:
        morning = snoozing.wake_at(snoozing.TOMORROW, "", clock.now())
        closing.snooze(locked, morning, by=request.user)
    together.remember(before, locked, request.user)
    tell({locked.id})


@require_GET
@member("reply")
def ask_again(request, message_id):
    """Before something that may arrive twice: the safe answer first."""
    message = message_for(request, message_id)
    name = words.visible(message.conversation.contact.first_name)
    context = {"message": message, "conversation": message.conversation, "name": name}
    template = "inbox/_again.html" if request.htmx else "inbox/again.html"
    return render(request, template, context)


@require_POST
@member("reply")
def again(request, message_id):
    message = message_for(request, message_id)
    if message.state == State.UNKNOWN and not request.POST.get("knowingly"):
        return redirect(
            "inbox:ask_again", slug=request.workspace.slug, message_id=message.id
        )
    refusal = outbox.queue_again(message.id, may_send=request.membership.may("reply"))
    if refusal:
        sentence = words.say(
            refusal.reason,
            name=words.visible(message.conversation.contact.first_name),
            now=clock.now(),
            until=refusal.until,
            detail=refusal.detail,
        )
        return done(request, message.conversation, f"Not sent. {sentence}")
    return done(request, message.conversation)


@require_POST
@member("reply")
@transaction.atomic
def mark_sent(request, message_id):
    """A person says an unknown message arrived; the thread says who said so."""
    message = message_for(request, message_id)
    conversation = outbox.lock(message.conversation_id)
    if uncertain.mark_sent({message.id: conversation.id}, by=request.user):
        tell({conversation.id})
    return done(request, conversation)


@require_POST
@member("reply")
def check(request, message_id):
    """Look once more whether Meta reported anything about it."""
    message = message_for(request, message_id)
    join_parked()
    message.refresh_from_db()
    if message.state == State.UNKNOWN:
        at = words.clock_time(clock.now(), clock.now())
        return done(request, message.conversation, f"Still no news at {at}.")
    return done(request, message.conversation)


@require_POST
@member("reply")
@transaction.atomic
def discard(request, message_id):
    """Put a failed message aside; with `edit` its text becomes the draft again."""
    message = message_for(request, message_id)
    conversation = outbox.lock(message.conversation_id)
    Message.objects.filter(id=message.id, state__in=TROUBLED).update(
        dismissed_at=clock.now()
    )
    if request.POST.get("edit") and message.kind == "text":
        Draft.objects.update_or_create(
            user=request.user,
            conversation=conversation,
            mode=Draft.REPLY,
            defaults={"workspace": request.workspace, "body": message.body},
        )
    tell({conversation.id})
    return done(request, conversation)


@require_GET
@member("read")
def details(request, message_id):
    """The life of one message, to the second, and its words for support."""
    message = message_for(request, message_id)
    context = {
        "message": message,
        "conversation": message.conversation,
        "attempts": message.attempts.order_by("n"),
        "word": words.TICKS[State(message.state)][1],
    }
    template = "inbox/_details.html" if request.htmx else "inbox/details.html"
    return render(request, template, context)
