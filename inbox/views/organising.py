"""What a team does with a conversation besides answering: acts, each a small POST."""

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import is_scripted, member
from converge import asked, bulk, clock
from inbox import (
    blocking,
    closing,
    mentions,
    online,
    outgoing,
    reading,
    snoozing,
    takeover,
    together,
)
from inbox.access import conversation_for
from inbox.models import (
    ContactTag,
    Conversation,
    Draft,
    MergeProposal,
    Note,
    Presence,
)
from inbox.snoozing import Unusable
from inbox.views import rules
from inbox.views.acts import act, done, note_event

NOTE_MAX = 10_000
DRAFT_MAX = 20_000


@act("organise")
def close(request, conversation: Conversation):
    closing.close(conversation, by=request.user)


@act("organise")
def snooze(request, conversation: Conversation):
    chosen, own = request.POST.get("until", ""), request.POST.get("at", "")
    try:
        until = snoozing.wake_at(chosen, own, clock.now())
    except Unusable as problem:
        return str(problem)
    closing.snooze(conversation, until, by=request.user)
    return None


@act("organise")
def reopen(request, conversation: Conversation):
    closing.reopen(conversation, by=request.user)


@act("organise")
def assign(request, conversation: Conversation):
    chosen = request.POST.get("to", "")
    if chosen == "":
        conversation.assignee = None
    else:
        pk = request.user.pk if chosen == "me" else chosen
        conversation.assignee = get_object_or_404(
            get_user_model(),
            pk=asked.number(str(pk), 0),
            memberships__workspace=request.workspace,
        )
    conversation.save(update_fields=["assignee"])
    if conversation.assignee:
        to = conversation.assignee.first_name
        note_event(conversation, "assigned", request.user, to=to)
    else:
        note_event(conversation, "unassigned", request.user)
    outgoing.assigned(conversation, by=request.user)


@act("organise")
def switch_takeover(request, conversation: Conversation):
    wanted = request.POST.get("on")
    is_on = not conversation.takeover if wanted is None else wanted == "true"
    if is_on:
        takeover.turn_on(conversation, by=request.user, reason=Conversation.BY_SWITCH)
    else:
        takeover.turn_off(conversation, by=request.user)


@act("reply")
def add_note(request, conversation: Conversation):
    body = request.POST.get("body", "").strip()[:NOTE_MAX]
    if not body:
        return "A note needs some words."
    now = clock.now()
    note = Note.objects.create(
        workspace=request.workspace,
        conversation=conversation,
        author=request.user,
        body=body,
        at=now,
    )
    conversation.last_at, conversation.last_seq = now, 0
    conversation.last_kind, conversation.last_text = "note", body[:160]
    conversation.last_origin, conversation.last_author = "note", request.user
    conversation.save(
        update_fields=[
            "last_at", "last_seq", "last_kind", "last_text", "last_origin", "last_author",
        ]
    )  # fmt: skip
    _forget_draft(request, conversation, Draft.NOTE)
    unclear = mentions.tell(note)
    return mentions.unclear_words(unclear) if unclear else None


@act("organise")
def add_tag(request, conversation: Conversation):
    name = rules.label(request.POST.get("name", ""))
    if problem := rules.label_problem(name):
        return problem
    order = together.Order(together.TAG, request.user, tag=name)
    together.do(order, request.workspace, [conversation.public_id])
    return None


@act("organise")
def remove_tag(request, conversation: Conversation):
    found = ContactTag.objects.filter(
        contact_id=conversation.contact_id,
        tag__name=request.POST.get("name", ""),
        tag__code="",
    )
    for tagged in found:
        note_event(conversation, "tag_removed", request.user, tag=tagged.tag.name)
    found.delete()


@act("set_dnd")
def switch_dnd(request, conversation: Conversation):
    return rules.switch_dnd(request, conversation.contact, conversation)


@act("lift_do_not_send")
def switch_do_not_send(request, conversation: Conversation):
    rules.switch_do_not_send(request, conversation.contact)


@act("edit_contacts")
def dismiss_twin(request, conversation: Conversation, proposal_id: int):
    """Not the same person: never proposed again."""
    MergeProposal.objects.filter(
        id=proposal_id, contact=conversation.contact, dismissed_at=None
    ).update(dismissed_at=clock.now(), dismissed_by=request.user)


@require_POST
@member("edit_contacts")
def switch_block(request, public_id):
    conversation = conversation_for(request, public_id)
    is_on = request.POST.get("on") == "true"
    changed, sentence = blocking.switch(conversation, is_on=is_on, by=request.user)
    if changed:
        act_name = "contact blocked" if is_on else "contact unblocked"
        audit.record(request, act_name, str(conversation.contact.public_id))
    return done(request, conversation, sentence)


@require_POST
@member("read")
def read(request, public_id):
    """Looked up to a place in the order of arrival. Personal, so nobody else is told."""
    conversation = conversation_for(request, public_id)
    seq = asked.number(request.POST.get("seq", ""))
    if seq is not None:
        reading.mark_read(request.membership, conversation, seq)
    return HttpResponse(status=204)


@require_POST
@member("read")
def unread(request, public_id):
    conversation = conversation_for(request, public_id)
    reading.mark_unread(request.membership, conversation)
    return HttpResponse(status=204, headers={"HX-Trigger": "marked-unread"})


@require_POST
@member("read")
def presence(request, public_id):
    """Seen for a minute; leaving takes it away at once."""
    conversation = conversation_for(request, public_id)
    own = Presence.objects.filter(conversation=conversation, user=request.user)
    state = request.POST.get("state")
    if state not in (Presence.VIEWING, Presence.REPLYING):
        own.delete()
        return HttpResponse(status=204)
    bulk.execute(
        "INSERT INTO inbox_presence (workspace_id, conversation_id, user_id, state, at)"
        " VALUES (%s, %s, %s, %s, clock_timestamp())"
        " ON CONFLICT (conversation_id, user_id)"
        " DO UPDATE SET state = excluded.state, at = excluded.at",
        [request.workspace.id, conversation.id, request.user.id, state],
    )
    online.keep([(request.workspace.id, request.user.id)])
    return HttpResponse(status=204)


@require_POST
@member("reply")
def save_draft(request, public_id):
    """Keep what is being written; a newer draft from another tab is never overwritten."""
    conversation = conversation_for(request, public_id)
    mode = Draft.NOTE if request.POST.get("mode") == Draft.NOTE else Draft.REPLY
    version = request.POST.get("version", "0")
    body = request.POST.get("body", "")[:DRAFT_MAX]
    rows = bulk.fetch(
        "INSERT INTO inbox_draft"
        " (workspace_id, conversation_id, user_id, mode, body, version, saved_at)"
        " VALUES (%s, %s, %s, %s, %s, 1, clock_timestamp())"
        " ON CONFLICT (user_id, conversation_id, mode) DO UPDATE"
        " SET body = excluded.body, version = inbox_draft.version + 1,"
        "   saved_at = excluded.saved_at"
        " WHERE inbox_draft.version <= %s OR inbox_draft.body = ''"
        " RETURNING version",
        [
            request.workspace.id,
            conversation.id,
            request.user.id,
            mode,
            body,
            asked.number(version, 0),
        ],
    )
    if not is_scripted(request):
        return done(request, conversation)
    if rows:
        return HttpResponse(str(rows[0][0]), content_type="text/plain")
    newer = Draft.objects.get(user=request.user, conversation=conversation, mode=mode)
    return HttpResponse(newer.body, status=409, content_type="text/plain")


def _forget_draft(request, conversation, mode: str) -> None:
    Draft.objects.filter(
        user=request.user, conversation=conversation, mode=mode
    ).update(body="")
