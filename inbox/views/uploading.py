"""A file and its caption: looked at, kept, and put into the outbox like every message."""

import uuid

from accounts.access import is_scripted
from inbox import canned, crossing, outbox, uploads, voice
from inbox.crossing import Crossed
from inbox.gate import Refuse
from inbox.media import ENDINGS
from inbox.models import Attachment
from inbox.outbox import Draught, Outcome, SameIdOtherText
from inbox.uploads import Unsendable
from inbox.views import answers
from inbox.views import crossing as crossed_views
from inbox.views.acts import done

CAPTION_MAX = 1024
WITHOUT_CAPTION = ("audio", "sticker")


def send_file(request, conversation):
    caption = request.POST.get("body", "").strip()
    try:
        attachment = _keep(request, conversation, caption)
    except Unsendable as problem:
        return answers.refused(request, conversation, caption, str(problem))
    try:
        outcome = _queue(request, conversation, attachment, caption)
    except Crossed as crossed:
        uploads.forget(attachment)
        return crossed_views.answer(request, conversation, caption, crossed)
    except SameIdOtherText:
        uploads.forget(attachment)
        sentence = "This was sent before as something else. Nothing was sent."
        return answers.refused(request, conversation, caption, sentence, status=409)
    if not outcome.is_new:
        uploads.forget(attachment)
    if isinstance(outcome.decision, Refuse):
        sentence = answers.why(outcome, conversation)
        return answers.refused(request, conversation, caption, sentence)
    answers.forget_draft(request, conversation)
    if is_scripted(request):
        return answers.bubble(request, conversation, outcome.message)
    return done(request, conversation)


def _keep(request, conversation, caption: str) -> Attachment:
    number = conversation.number
    if (over := len(caption) - CAPTION_MAX) > 0:
        raise Unsendable(
            f"This caption is {over} characters too long. Nothing was sent."
        )
    if problem := canned.unfilled(caption):
        raise Unsendable(problem)
    file = request.FILES["file"]
    if is_voice := bool(request.POST.get("voice")):
        file = voice.note(file, for_whatsapp=number.is_whatsapp)
    kept = uploads.keep(file, number)
    kept.is_voice = is_voice
    return kept


def _queue(request, conversation, attachment: Attachment, caption: str) -> Outcome:
    """The file, with its caption or, where WhatsApp has none, followed by it."""
    client_id = answers.client_id(request.POST.get("client_id", ""))
    quoted = answers.quoted_wamid(conversation, request.POST.get("reply_to", ""))
    draughts = DRAUGHTS[conversation.number.kind](
        attachment, caption, client_id, quoted
    )
    seen = crossing.parse(request.POST.get("seen", ""))
    outcomes = [
        outbox.queue(
            conversation.id,
            draught,
            author=request.user,
            may_send=request.membership.may("reply"),
            seen=seen if draught is draughts[0] else None,
        )
        for draught in draughts
    ]
    return outcomes[0]


def _on_whatsapp(attachment, caption: str, client_id, quoted: str) -> list[Draught]:
    content = {"id": str(attachment.id)}
    follows = bool(caption) and attachment.kind in WITHOUT_CAPTION
    if caption and not follows:
        content["caption"] = caption
    if attachment.is_voice:
        content["voice"] = True
    if attachment.kind == "document":
        content["filename"] = attachment.name or "document"
    file = Draught(
        attachment.kind,
        "" if follows else caption,
        id=client_id,
        content=content,
        reply_to=quoted,
        attachment=attachment,
    )
    return [file, _words(caption, client_id)] if follows else [file]


def _on_instagram(attachment, caption: str, client_id, quoted: str) -> list[Draught]:
    """Nothing there has a caption."""
    ending = ENDINGS.get(attachment.media_type, "bin")
    file = Draught(
        attachment.kind,
        "",
        id=client_id,
        content={"id": str(attachment.id), "name": f"{attachment.kind}.{ending}"},
        reply_to=quoted,
        attachment=attachment,
    )
    return [file, _words(caption, client_id)] if caption else [file]


def _words(caption: str, client_id) -> Draught:
    return Draught("text", caption, id=uuid.uuid5(client_id, "caption"))


DRAUGHTS = {"whatsapp": _on_whatsapp, "instagram": _on_instagram}
