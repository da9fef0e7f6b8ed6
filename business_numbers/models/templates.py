"""Message templates as Meta last described them, per WABA."""

from django.db import models

from accounts.models import Workspace
from business_numbers.models.accounts import BusinessAccount


class TemplateQuerySet(models.QuerySet):
    def for_number(self, number):
        return self.filter(account_id=number.account_id, deleted_at=None)

    def sendable_first(self):
        return self.annotate(
            is_sendable=models.Case(models.When(status="APPROVED", then=0), default=1)
        ).order_by("is_sendable", "name", "language")


class Template(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    account = models.ForeignKey(
        BusinessAccount, on_delete=models.CASCADE, related_name="templates"
    )
    meta_id = models.CharField(max_length=40)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=12)
    category = models.CharField(max_length=20)
    status = models.CharField(max_length=24)
    quality = models.CharField(max_length=12, blank=True)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    components = models.JSONField(default=list)
    rejected_reason = models.CharField(max_length=200, blank=True)
    paused_until = models.DateTimeField(null=True)
    status_changed_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    used_count = models.PositiveIntegerField(default=0)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "meta_id"], name="template_once")
        ]
        indexes = [
            models.Index(
                fields=["workspace", "account", "name", "language"],
                name="template_by_name",
            )
        ]

    def __str__(self):
        return f"{self.name} ({self.language})"

    @property
    def is_marketing(self) -> bool:
        return self.category == "MARKETING"
