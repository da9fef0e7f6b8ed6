"""Does what a run wants done, in the run's own transaction; calls come after it.

The conversation is locked by whoever calls. Nothing here decides: whether a message may
go is the gate's word, which comes back as the run's next event.
"""

import uuid

from django.contrib.auth import get_user_model

from business_numbers import template_values
from business_numbers.models import Template
from converge import clock
from flows import walk
from flows.messages import Content
from inbox import outbox, outgoing, tags, takeover, words
from inbox.gate import Refuse, Sender
from inbox.models import ContactTag, Conversation, Event, Tag
from inbox.outbox import Draught, Outcome

BY_FLOW = "flow"
RESERVED = {Tag.DND, Tag.DO_NOT_SEND}


def send(run, conversation: Conversation, content: Content, key: str) -> Outcome:
    """`key` names the step of this run: the same step is the same message for ever."""
    return outbox.queue(
        conversation.id,
        _draught(conversation, content, uuid.uuid5(run.public_id, key)),
        sender=Sender.FLOW,
        generation=run.generation,
    )


def refusal(decision: Refuse, conversation: Conversation) -> walk.Refused:
    sentence = words.say(
        decision.reason,
        name=conversation.contact.first_name,
        now=clock.now(),
        until=decision.until,
        detail=decision.detail,
    )
    return walk.Refused(decision.reason.name, sentence, decision.effect)


def perform(action: walk.Action, conversation: Conversation) -> None:
    """Everything but sends and calls."""
    DO[type(action)](action, conversation)


def _draught(conversation, content: Content, pk: uuid.UUID) -> Draught:
    if content.kind != "template":
        return Draught(content.kind, content.body, pk, content.content)
    name, language = content.template
    template = Template.objects.for_number(conversation.number).filter(
        name=name, language=language
    ).first()  # fmt: skip
    if template is None:
        return Draught("template", name, pk)
    values = dict(content.values or {})
    shown = template_values.preview(template, values)
    return Draught(
        "template",
        template_values.plain_text(shown["body"]),
        pk,
        template_values.send_content(template, values)
        if not template_values.missing_values(template, values)
        else {},
        _stored(shown),
        template=template,
        values=values,
    )


def _stored(shown: dict) -> dict:
    plain, header = template_values.plain_text, shown["header"]
    kept = header and {"format": header["format"], "text": plain(header["text"])}
    return shown | {"header": kept, "body": plain(shown["body"])}


def _tag(action: walk.Tag, conversation: Conversation) -> None:
    if action.name.casefold() in RESERVED:
        return  # rules, not labels: only people and the customer's own words set them
    contact, workspace = conversation.contact_id, conversation.workspace_id
    if action.is_set:
        tag = tags.add_label(contact, workspace, action.name, by=None)
        if tag:
            _note(conversation, "tag_added", tag=tag.name)
        return
    own = ContactTag.objects.filter(contact=contact, tag__name__iexact=action.name)
    for tagged in own.select_related("tag"):
        tagged.delete()
        _note(conversation, "tag_removed", tag=tagged.tag.name)


def _set_field(action: walk.SetField, conversation: Conversation) -> None:
    contact = type(conversation.contact).objects.select_for_update(no_key=True).get(
        id=conversation.contact_id
    )  # fmt: skip
    contact.fields = {**contact.fields, action.name: action.value}
    contact.save(update_fields=["fields"])
    conversation.contact.fields = contact.fields


def _assign(action: walk.Assign, conversation: Conversation) -> None:
    user = _member(action.to, conversation)
    if conversation.assignee_id == (user and user.id):
        return
    conversation.assignee = user
    conversation.save(update_fields=["assignee"])
    if user:
        _note(conversation, "assigned", to=user.first_name)
    else:
        _note(conversation, "unassigned")
    outgoing.assigned(conversation, by=None)


def _hand_over(action: walk.HandOver, conversation: Conversation) -> None:
    """The bot falls silent until a person switches it on again."""
    if action.to:
        _assign(walk.Assign(action.to), conversation)
    takeover.turn_on(conversation, by=None, reason=BY_FLOW)


def _member(email: str, conversation: Conversation):
    if not email:
        return None
    return (
        get_user_model()
        .objects.filter(
            email__iexact=email, memberships__workspace=conversation.workspace_id
        )
        .first()
    )


def _note(conversation: Conversation, kind: str, **data) -> None:
    """In the thread, as Converge's own act; triggers pay no attention to these."""
    Event.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        at=clock.now(),
        kind=kind,
        data=data | {"by": BY_FLOW},
    )


DO = {
    walk.Tag: _tag,
    walk.SetField: _set_field,
    walk.Assign: _assign,
    walk.HandOver: _hand_over,
}
