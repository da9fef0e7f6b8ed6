"""Messages, the attempts to send them, and what Meta reported too early to place."""

import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from accounts.models import User, Workspace
from business_numbers.models import Number, Template
from inbox.models.contacts import Contact
from inbox.models.conversations import Conversation
from inbox.states import State


class Message(models.Model):
    """One thing said, by either side. `id` is the browser's id for what it sends."""

    IN, OUT = "in", "out"
    CUSTOMER, AGENT, FLOW, API = "customer", "agent", "flow", "api"
    BROADCAST, PHONE_APP, ELSEWHERE = "broadcast", "phone", "elsewhere"
    ORIGINS = [
        (CUSTOMER, "Customer"),
        (AGENT, "Teammate"),
        (FLOW, "Flow"),
        (API, "API"),
        (BROADCAST, "Broadcast"),
        (PHONE_APP, "Phone app"),
        (ELSEWHERE, "Sent elsewhere"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    direction = models.CharField(max_length=3, choices=[(IN, "In"), (OUT, "Out")])
    origin = models.CharField(max_length=9, choices=ORIGINS)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=24)
    body = models.TextField(blank=True, default="")
    payload = models.JSONField(default=dict)
    wamid = models.CharField(max_length=200, blank=True, default="")
    reply_to = models.CharField(
        max_length=200, blank=True, default="", help_text="wamid of what is quoted."
    )
    template = models.ForeignKey(Template, null=True, on_delete=models.SET_NULL)

    # Order in the thread: Meta's second, then the order of arrival.
    at = models.DateTimeField()
    seq = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    state = models.CharField(max_length=9, choices=State.choices)
    decision = models.JSONField(default=dict, help_text="What the gate said, and when.")
    error_code = models.IntegerField(null=True)
    error_text = models.CharField(max_length=500, blank=True, default="")
    settled_by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who said an unknown message was sent.",
    )
    dismissed_at = models.DateTimeField(null=True)

    # The outbox: what is due, and how urgent (agents 0, flows 1, broadcasts 2).
    priority = models.PositiveSmallIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "wamid"],
                condition=~Q(wamid=""),
                name="message_wamid_once",
            ),
            models.CheckConstraint(
                condition=Q(direction="in", state="received")
                | Q(direction="out") & ~Q(state="received"),
                name="message_state_fits_direction",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False),
                name="message_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(due_at__isnull=False),
                name="message_queued_is_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "-at", "-seq", "-id"], name="message_thread"
            ),
            models.Index(
                fields=["number", "priority", "due_at"],
                condition=Q(state="queued"),
                name="message_queue",
            ),
            models.Index(
                fields=["conversation", "at", "seq"],
                condition=Q(state__in=["queued", "sending"]),
                name="message_in_flight",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state="sending"),
                name="message_leases",
            ),
            models.Index(
                fields=["conversation"],
                condition=Q(state__in=["failed", "unknown"], dismissed_at=None),
                name="message_trouble",
            ),
            models.Index(
                fields=["conversation", "seq"],
                condition=Q(direction="in"),
                name="message_unread",
            ),
            # What came in when, by page ranges: rows are written in order of time.
            BrinIndex(fields=["at"], name="message_times"),
            models.Index(
                fields=["at"], condition=Q(state="sent"), name="message_unreported"
            ),
        ]

    def __str__(self):
        return f"{self.direction} {self.kind} {self.id}"

    @property
    def is_out(self) -> bool:
        return self.direction == self.OUT

    @property
    def is_automatic(self) -> bool:
        is_written_so = self.origin in (self.FLOW, self.BROADCAST, self.API)
        return is_written_so and not self.is_sent_by_hand

    @property
    def is_sent_by_hand(self) -> bool:
        """A person said "send again", whoever wrote it."""
        return bool(self.decision.get("by_hand"))


class AttemptQuerySet(models.QuerySet):
    def known_as(self, wamid: str):
        """Named with every number, because that is how the index of wamids begins."""
        return self.filter(number__in=Number.objects.values("id"), wamid=wamid)


class Attempt(models.Model):
    """One call to Meta. Its id travels as `biz_opaque_callback_data` and comes back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attempts"
    )
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    n = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices)
    wamid = models.CharField(max_length=200, blank=True, default="")
    error_code = models.IntegerField(null=True)
    error = models.JSONField(default=dict, help_text="Meta's words, for support.")
    status_at = models.DateTimeField(null=True, help_text="By Meta's clock.")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "n"], name="attempt_numbered"),
            models.UniqueConstraint(
                fields=["number", "wamid"],
                condition=~Q(wamid=""),
                name="attempt_wamid_once",
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "-started_at"], name="attempt_of_contact"),
            models.Index(
                fields=["contact"],
                condition=Q(state__in=["sending", "unknown"]),
                name="attempt_unsettled",
            ),
        ]

    def __str__(self):
        return f"{self.n} of {self.message_id}"


class ParkedStatus(models.Model):
    """A status whose message we do not know (yet): joined later, by every ingest pass."""

    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    wamid = models.CharField(max_length=200)
    callback = models.UUIDField(null=True)
    state = models.CharField(max_length=9, choices=State.choices)
    at = models.DateTimeField()
    error = models.JSONField(default=dict)
    parked_at = models.DateTimeField(auto_now_add=True)
    is_external = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "parked statuses"
        constraints = [
            models.UniqueConstraint(
                fields=["number", "wamid", "state"], name="parked_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["parked_at"],
                condition=Q(is_external=False),
                name="parked_waiting",
            )
        ]

    def __str__(self):
        return f"{self.state} {self.wamid}"


class Reaction(models.Model):
    """The newest reaction of one side to one message, which may not have come yet."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    target = models.CharField(max_length=200, help_text="wamid reacted to.")
    is_ours = models.BooleanField(default=False)
    emoji = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()
    message = models.ForeignKey(
        Message,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The newest send of it, when it is ours.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "target", "is_ours"], name="reaction_newest"
            )
        ]

    def __str__(self):
        return self.emoji


class Attachment(models.Model):
    """A file of a message. Fetched at receipt: Meta keeps it 7 days, its link 5 minutes."""

    WAITING, STORED, GONE, FAILED, LARGE = (
        "waiting",
        "stored",
        "gone",
        "failed",
        "large",
    )
    STATES = [
        (WAITING, "Waiting"),
        (STORED, "Stored"),
        (GONE, "No longer at Meta"),
        (FAILED, "Failed"),
        (LARGE, "Too large"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments"
    )
    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)
    media_id = models.CharField(max_length=200, blank=True, default="")
    url = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=12)
    claimed_type = models.CharField(max_length=120, blank=True, default="")
    media_type = models.CharField(
        max_length=120, blank=True, default="", help_text="As we sniffed it."
    )
    name = models.CharField(max_length=240, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    file = models.CharField(max_length=200, blank=True, default="")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=7, choices=STATES, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "position"], name="attachment_placed"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state="waiting"),
                name="attachment_waiting",
            )
        ]

    def __str__(self):
        return self.name or self.kind


class ParkedChange(models.Model):
    """An edit or deletion that came before the message it is about."""

    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    target = models.CharField(max_length=200, help_text="wamid of the message.")
    at = models.DateTimeField()
    body = models.TextField(null=True, help_text="Empty: deleted.")  # noqa: DJ001
    parked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "target"], name="parked_change_once"
            )
        ]

    def __str__(self):
        return self.target
