"""Filters of the inbox somebody gave a name."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User, Workspace


class SavedView(models.Model):
    """A named query of the list: one person's, or without `user` everybody's."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500, help_text="As in the list's address.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace", "user", Lower("name"), name="saved_view_once"
            ),
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                condition=Q(user=None),
                name="shared_view_once",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.user_id is None
