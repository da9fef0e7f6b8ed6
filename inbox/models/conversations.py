"""A conversation is one row for ever for a contact and a number, and what the team did in it."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User, Workspace
from business_numbers.models import Number
from inbox.models.contacts import Contact


class ConversationQuerySet(models.QuerySet):
    def with_people(self):
        return self.select_related("contact", "number", "assignee", "last_author")

    def newest_first(self):
        return self.order_by("-last_at", "-id")


class Conversation(models.Model):
    OPEN, SNOOZED, CLOSED = "open", "snoozed", "closed"
    STATES = [(OPEN, "Open"), (SNOOZED, "Snoozed"), (CLOSED, "Closed")]
    BY_REPLY, BY_PHONE, BY_SWITCH = "replied", "replied on the phone", "switch"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="conversations"
    )
    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    state = models.CharField(max_length=8, choices=STATES, default=OPEN)
    snoozed_until = models.DateTimeField(null=True)
    assignee = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    # The window: 24 h after this, by Meta's clock, never by receipt.
    last_inbound_at = models.DateTimeField(null=True)
    # Place of the newest received message in the order of arrival; see ReadMark.
    last_inbound_seq = models.BigIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    last_reply_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)

    takeover = models.BooleanField("human takeover", default=False)
    takeover_at = models.DateTimeField(null=True)
    takeover_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    takeover_reason = models.CharField(max_length=24, blank=True, default="")
    # Rises whenever automation must forget what it had planned here.
    generation = models.PositiveIntegerField(default=0)

    # The row in the list, kept here so that a list is one query.
    last_at = models.DateTimeField(default=timezone.now)
    last_seq = models.BigIntegerField(default=0)
    last_kind = models.CharField(max_length=24, blank=True, default="")
    last_text = models.CharField(max_length=160, blank=True, default="")
    last_origin = models.CharField(max_length=12, blank=True, default="")
    last_author = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Rises with everything a page could show; live events and cached rows carry it.
    version = models.BigIntegerField(default=0)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "number"], name="conversation_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="snoozed", snoozed_until__isnull=False)
                | (~models.Q(state="snoozed") & models.Q(snoozed_until=None)),
                name="conversation_snoozed_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "state", "-last_at", "-id"],
                name="conversation_list",
            ),
            models.Index(
                fields=["workspace", "assignee", "state", "-last_at", "-id"],
                name="conversation_mine",
            ),
            models.Index(
                fields=["workspace", "state", "last_inbound_at"],
                name="conversation_closing",
            ),
            models.Index(
                fields=["workspace", "waiting_since"],
                condition=models.Q(waiting_since__isnull=False),
                name="conversation_waiting",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=models.Q(state="snoozed"),
                name="conversation_wakes",
            ),
        ]

    def __str__(self):
        return f"{self.contact} · {self.number}"


class Note(models.Model):
    """What only the team sees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="notes"
    )
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "conversation", "at"], name="note_thread")
        ]

    def __str__(self):
        return f"Note {self.id}"


class Event(models.Model):
    """Something that happened in a conversation and is shown in its thread."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    data = models.JSONField(default=dict)
    source = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "source"],
                condition=~models.Q(source=""),
                name="event_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "conversation", "at"], name="event_thread"
            ),
            # When conversations began and ended, for reports about a day.
            models.Index(
                fields=["workspace", "at"],
                condition=models.Q(kind__in=["closed", "reopened"]),
                name="event_turns",
            ),
        ]

    def __str__(self):
        return self.kind


class ReadMark(models.Model):
    """How far a person has looked. Unread is personal.

    `seq` is a place in the order of arrival, so a message that comes a day late is
    unread although newer ones were seen. The row without a conversation is the floor:
    what came before its owner joined is not theirs to read.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE)
    seq = models.BigIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "workspace", "conversation"],
                name="read_mark_once",
            ),
            models.UniqueConstraint(
                fields=["user", "workspace"],
                condition=models.Q(conversation=None),
                name="read_floor_once",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.seq}"


class Presence(models.Model):
    """Who looks at a conversation now, or types in it. Old rows mean nothing."""

    VIEWING, REPLYING = "viewing", "replying"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    state = models.CharField(
        max_length=8, choices=[(VIEWING, "viewing"), (REPLYING, "replying")]
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "user"], name="presence_once"
            )
        ]

    def __str__(self):
        return f"{self.user} {self.state}"
