"""Figures of whole days, kept so that a year is read as quickly as a week.

People and templates are plain ids (0: nobody, none), so that figures outlive them.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Workspace
from business_numbers.models import Number


class CountedDay(models.Model):
    """Which days are counted, by which clock, and when that was last done."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    date = models.DateField()
    zone = models.CharField(max_length=64, help_text="Whose midnight ends the day.")
    hours = models.JSONField(default=list, help_text="Business hours it counted with.")
    edition = models.PositiveSmallIntegerField(
        default=1, help_text="Of the statements."
    )
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "date"], name="day_once")
        ]

    def __str__(self):
        return f"{self.date} of {self.workspace}"


class ServedDay(models.Model):
    """What a person did on a number on a day; the times stay whole, for percentiles.

    Rows with a tag say the same again, by the tags of the contacts, for nobody."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    date = models.DateField()
    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    person = models.BigIntegerField(help_text="Id of a user; 0 is nobody.")
    tag = models.BigIntegerField(default=0, help_text="Id of a tag; 0 is no tag asked.")
    opened = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    first_seconds = ArrayField(models.IntegerField())
    answer_seconds = ArrayField(models.IntegerField())
    first_open_seconds = ArrayField(models.IntegerField(), default=list)
    answer_open_seconds = ArrayField(models.IntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "date", "number", "person", "tag"],
                name="served_once",
            )
        ]

    def __str__(self):
        return f"{self.date} {self.person}"


class HeardDay(models.Model):
    """Messages of customers in an hour of a day, by the workspace's clock."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    date = models.DateField()
    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    hour = models.PositiveSmallIntegerField()
    messages = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "date", "number", "hour"], name="heard_once"
            )
        ]

    def __str__(self):
        return f"{self.date} {self.hour}:00 {self.messages}"


class DeliveredDay(models.Model):
    """Messages that left on a day, by what became of them."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    date = models.DateField()
    number = models.ForeignKey(Number, on_delete=models.CASCADE)
    template = models.BigIntegerField(help_text="Id of a template; 0 is none.")
    state = models.CharField(max_length=9)
    code = models.IntegerField(help_text="Meta's code of a failure; -1 is none.")
    messages = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "date", "number", "template", "state", "code"],
                name="delivered_once",
            )
        ]

    def __str__(self):
        return f"{self.date} {self.state} {self.messages}"
