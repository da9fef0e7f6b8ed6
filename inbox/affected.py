"""What the inbox would lose with a number: counted for the page that asks whether to retire it."""

from business_numbers.models import Number
from inbox.models import Conversation


def open_conversations(number: Number) -> str:
    count = Conversation.objects.filter(
        workspace_id=number.workspace_id, number=number, state=Conversation.OPEN
    ).count()
    return f"{count} open conversation{'' if count == 1 else 's'}" if count else ""
