"""Notes that name somebody."""

from converge import clock
from inbox.models import Mention, Note


def write_note(conversation, body: str, by=None) -> Note:
    return Note.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        author=by,
        body=body,
        at=clock.now(),
    )


def mention(conversation, user, by=None) -> Mention:
    note = write_note(conversation, f"@{user.name}, please look.", by)
    return Mention.objects.create(
        workspace=note.workspace, note=note, user=user, at=note.at
    )
