"""What programs asked us to send, and what we tell programs: webhooks and deliveries."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import ApiKey, User, Workspace
from converge.fields import EncryptedTextField
from inbox.models.contacts import Contact
from inbox.models.conversations import Conversation
from inbox.models.messages import Message


class ApiSend(models.Model):
    """A send a program asked for. Its own id for it stands for one message for ever."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="api_send"
    )
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.SET_NULL)
    idempotency_key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, help_text="Of what was asked for.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "idempotency_key"], name="api_send_once"
            )
        ]

    def __str__(self):
        return self.idempotency_key


class OutgoingWebhook(models.Model):
    """An address outside that is told what happens in a workspace."""

    BY_PERSON, BY_FAILING = "person", "failing"
    OFF_BECAUSE = [
        (BY_PERSON, "Switched off"),
        (BY_FAILING, "Switched off after days of failures"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    url = models.CharField("URL", max_length=500)
    secret = EncryptedTextField(blank=True, default="", editable=False)
    events = models.JSONField(default=list)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    off_at = models.DateTimeField(null=True)
    off_because = models.CharField(
        max_length=7, choices=OFF_BECAUSE, blank=True, default=""
    )
    last_success_at = models.DateTimeField(null=True)
    # Failures since the last success; while there are any it is asked rarely and alone.
    failing_since_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)

    def __str__(self):
        return self.url

    @property
    def is_on(self) -> bool:
        return self.off_at is None


class OutgoingDelivery(models.Model):
    """One event for one webhook. What is told is read from its rows when it is sent, so
    no copy of a customer's words is kept here."""

    WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
    STATES = [(WAITING, "Waiting"), (DELIVERED, "Delivered"), (FAILED, "Given up")]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    webhook = models.ForeignKey(
        OutgoingWebhook, on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.UUIDField(help_text="The same at every try.")
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE)
    data = models.JSONField(default=dict)
    source = models.CharField(
        max_length=80, blank=True, default="", help_text="The same thing is told once."
    )
    state = models.CharField(max_length=9, choices=STATES, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")
    tried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "outgoing deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "source"],
                condition=~models.Q(source=""),
                name="delivery_once",
            )
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_newest"),
            models.Index(
                fields=["webhook", "due_at", "id"],
                condition=models.Q(state="waiting"),
                name="delivery_due",
            ),
            models.Index(fields=["at"], name="delivery_age"),
        ]

    def __str__(self):
        return f"{self.kind} {self.event}"
