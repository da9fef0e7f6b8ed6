"""What search looks at. The database writes it, by triggers; nothing here saves it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from accounts.models import Workspace
from inbox.models.conversations import Conversation


class Searchable(models.Model):
    """A message or a note as search sees it: narrow, and written once (decision 0019).

    `id` is the message's or the note's own. `words` are what it says, each with its
    workspace in front, and facts that never change; see `inbox/tokens.py`.
    """

    id = models.UUIDField(primary_key=True)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    at = models.DateTimeField()
    is_note = models.BooleanField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="searchable_newest"),
            models.Index(fields=["conversation", "-at"], name="searchable_thread"),
            GinIndex(fields=["words"], name="searchable_words"),
        ]

    def __str__(self):
        return f"Words of {self.id}"
