"""What Meta posted to us, kept as it came until it is applied, and what could not be."""

from django.db import models
from django.db.models.functions import Now


class WebhookEvent(models.Model):
    """One POST, byte for byte (jsonb would refuse what customers can type)."""

    WAITING, APPLIED, QUARANTINED = "waiting", "applied", "quarantined"
    STATES = [
        (WAITING, "Waiting"),
        (APPLIED, "Applied"),
        (QUARANTINED, "Quarantined"),
    ]

    channel = models.CharField(max_length=9)
    body = models.BinaryField()
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        max_length=11, choices=STATES, default=WAITING, db_default=WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "webhook event"
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(state="waiting"),
                name="webhook_waiting",
            ),
            models.Index(fields=["received_at"], name="webhook_age"),
        ]

    def __str__(self):
        return f"{self.channel} {self.pk}"


class QuarantinedUpdate(models.Model):
    """One update of an event that could not be applied; the rest of it was."""

    event = models.ForeignKey(
        WebhookEvent, on_delete=models.CASCADE, related_name="quarantined"
    )
    index = models.IntegerField(help_text="Place in the event; -1 is the whole event.")
    error = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    replayed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "quarantined update"
        constraints = [
            models.UniqueConstraint(fields=["event", "index"], name="quarantine_once")
        ]

    def __str__(self):
        return f"{self.event_id}/{self.index}"


class UnknownTarget(models.Model):
    """Webhooks for numbers and accounts nobody here connected: answered 200, counted."""

    kind = models.CharField(max_length=9)
    meta_id = models.CharField(max_length=40)
    updates = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = "unknown number"
        constraints = [
            models.UniqueConstraint(fields=["kind", "meta_id"], name="unknown_once")
        ]

    def __str__(self):
        return self.meta_id
