"""What a workspace may set: prices per country, and how long to wait between tries."""

from django.db import models
from django.db.models import Q

from accounts.models import Workspace


class Price(models.Model):
    """What Meta charges for one delivered template; the workspace keeps it up to date."""

    CATEGORIES = [
        ("MARKETING", "Marketing"),
        ("UTILITY", "Utility"),
        ("AUTHENTICATION", "Authentication"),
    ]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    country = models.CharField(
        max_length=2, blank=True, help_text="Two letters; empty is any other country."
    )
    category = models.CharField(max_length=16, choices=CATEGORIES)
    amount = models.DecimalField(max_digits=8, decimal_places=4)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "country", "category"], name="price_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="price_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.country or 'others'} {self.category} {self.amount}"


class Ladder(models.Model):
    """A workspace's own waits between tries, in hours; no row is the usual ladder."""

    CAP, HOURS = "cap", "hours"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=5, choices=[(CAP, "Cap"), (HOURS, "Hours")])
    waits = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="ladder_once")
        ]

    def __str__(self):
        return f"{self.kind} {self.waits}"
